import { join } from 'node:path';
import { type ConfigWorld, configDir } from '../config/dir.js';
import { keyError } from '../errors.js';
import type { LockWorld } from '../files/holder.js';
import { eitherOf, type Is, isText, mapOf, objectOf, oneOf } from '../json/is.js';
import { makeDestinationSecret, makeSecret, type Secret } from '../keys.js';
import { readKeychain } from './keychain.js';
import { readPrivateFile } from './private.js';

/** The parts of the world that hold saved keys. */
export type KeyWorld = ConfigWorld & LockWorld;

/** The profile of a key, or its `destinationName`, and the only origin that may receive it. */
export interface KeyOwner {
  readonly profile: string;
  readonly origin: string;
  /** The origin where tokens are made, if it differs: the key has to be saved for it, too. */
  readonly tokens?: string | undefined;
}

/** A profile's saved key, except for the key itself. */
export interface SavedKey {
  readonly origin: string;
  readonly store: 'keychain' | 'file';
  /** The keychain, or the file's path. */
  readonly place: string;
  readonly tokens?: string | undefined;
  /** Rejects with a `keyError` if the keychain fails. `make` checks its form. */
  read(make?: typeof makeSecret): Promise<Secret>;
}

/** A key in the private file: its origin, and the key itself if there is no keychain. */
const isSaved = eitherOf(
  objectOf({ origin: isText, store: oneOf('keychain') }, { tokens: isText }),
  objectOf({ origin: isText, store: oneOf('file'), key: isText }, { tokens: isText }),
);
const isSavedMap = mapOf(isSaved);
export type Saved = typeof isSaved extends Is<infer T> ? T : never;

const DESTINATION = 'destination ';

/** The name for a destination's saved secret. No profile has a space in its name. */
export function destinationName(origin: string): string {
  return `${DESTINATION}${origin}`;
}

/** The private file. It may hold keys, and always has the origins that they are bound to. */
export function keysFile(world: ConfigWorld): string {
  return join(configDir(world), 'keys.json');
}

/** The saved entry of a profile; undefined if there is none. */
export async function findSavedKey(world: KeyWorld, profile: string): Promise<SavedKey | undefined> {
  const saved = (await readSaved(world)).get(profile);
  if (saved === undefined) return undefined;
  const { origin, store, tokens } = saved;
  const usual = profile.startsWith(DESTINATION) ? makeDestinationSecret : makeSecret;
  return {
    origin,
    store,
    tokens,
    place: placeOf(world, saved),
    read: (make = usual) => readKey(world, profile, saved, make),
  };
}

/** Every saved key, except for the keys themselves. `name`: of its profile, or its `destinationName`. */
export async function listSavedKeys(
  world: KeyWorld,
): Promise<readonly { readonly name: string; readonly origin: string; readonly place: string }[]> {
  return [...(await readSaved(world))].map(([name, saved]) => ({
    name,
    origin: saved.origin,
    place: placeOf(world, saved),
  }));
}

async function readKey(world: KeyWorld, profile: string, saved: Saved, make: typeof makeSecret): Promise<Secret> {
  const isDestination = profile.startsWith(DESTINATION);
  const place = placeOf(world, saved);
  if (saved.store === 'file') return make(saved.key, place);
  const again = `To save it again: auditlog ${isDestination ? 'destination login URL' : 'auth login'}`;
  const key = await readKeychain(world, accountOf({ profile, origin: saved.origin }), again);
  if (key === undefined)
    throw keyError(`the key of ${isDestination ? '' : 'profile '}${profile} is no longer in the keychain`, again);
  return make(key, place);
}

export function placeOf(world: KeyWorld, { store }: Saved): string {
  return store === 'keychain' ? 'the keychain' : keysFile(world);
}

export function accountOf({ profile, origin }: KeyOwner): string {
  return `${profile} ${origin}`;
}

export async function readSaved(world: KeyWorld): Promise<ReadonlyMap<string, Saved>> {
  const path = keysFile(world);
  const text = await readPrivateFile(path, world);
  if (text === undefined || text.trim() === '') return new Map();
  try {
    const value: unknown = JSON.parse(text);
    if (isSavedMap(value)) return new Map(Object.entries(value));
  } catch {
    // Explained below.
  }
  throw keyError(`${path} is damaged`, 'Remove it, then save the key again: auditlog auth login');
}
