import { join } from 'node:path';
import { type ConfigWorld, configDir } from '../config/dir.js';
import { keyError } from '../errors.js';
import { makeFolders } from '../files/folders.js';
import type { LockWorld } from '../files/holder.js';
import { takeLock } from '../files/lock.js';
import { eitherOf, type Is, isText, mapOf, objectOf, oneOf } from '../json/is.js';
import { makeDestinationSecret, makeSecret, type Secret } from '../keys.js';
import { dropFromKeychain, putInKeychain, readKeychain } from './keychain.js';
import { readPrivateFile, writePrivateFile } from './private.js';

/** The part of the world that saved keys live in. */
export type KeyWorld = ConfigWorld & LockWorld;

/** The profile of a key, or its `destinationName`, and the origin that it may be sent to. */
export interface KeyOwner {
  readonly profile: string;
  readonly origin: string;
}

/** A profile's saved key, except for the key itself. */
export interface SavedKey {
  readonly origin: string;
  readonly store: 'keychain' | 'file';
  /** The keychain, or the file's path. */
  readonly place: string;
  /** Rejects with a `keyError` when the keychain does not give it. */
  read(): Promise<Secret>;
}

/** What the private file has of each key: its origin, and the key itself where there is no keychain. */
const isSaved = eitherOf(
  objectOf({ origin: isText, store: oneOf('keychain') }),
  objectOf({ origin: isText, store: oneOf('file'), key: isText }),
);
const isSavedMap = mapOf(isSaved);
type Saved = typeof isSaved extends Is<infer T> ? T : never;

const DESTINATION = 'destination ';

/** The name under which the secret of a destination is saved. No profile has a blank in its name. */
export function destinationName(origin: string): string {
  return `${DESTINATION}${origin}`;
}

/** The private file. It may hold keys, and always has the origins that they are bound to. */
export function keysFile(world: ConfigWorld): string {
  return join(configDir(world), 'keys.json');
}

/** What is saved for a profile; undefined when nothing is. */
export async function findSavedKey(world: KeyWorld, profile: string): Promise<SavedKey | undefined> {
  const saved = (await readSaved(world)).get(profile);
  if (saved === undefined) return undefined;
  const { origin, store } = saved;
  return { origin, store, place: placeOf(world, saved), read: () => readKey(world, profile, saved) };
}

async function readKey(world: KeyWorld, profile: string, saved: Saved): Promise<Secret> {
  const isDestination = profile.startsWith(DESTINATION);
  const make = isDestination ? makeDestinationSecret : makeSecret;
  const place = placeOf(world, saved);
  if (saved.store === 'file') return make(saved.key, place);
  const again = `To save it again: auditlog ${isDestination ? 'destination login URL' : 'auth login'}`;
  const key = await readKeychain(world, accountOf({ profile, origin: saved.origin }), again);
  if (key === undefined)
    throw keyError(`the key of ${isDestination ? '' : 'profile '}${profile} is no longer in the keychain`, again);
  return make(key, place);
}

/**
 * Saves a key in the keychain, or in the private file where there is none or `insecure` is set; gives which. Replaces the key that was saved
 * for the profile before.
 */
export async function saveKey(
  world: KeyWorld,
  owner: KeyOwner,
  key: Secret,
  { insecure }: { readonly insecure: boolean },
): Promise<Pick<SavedKey, 'store' | 'place'>> {
  return locked(world, () => replaceKey(world, owner, key, insecure));
}

async function replaceKey(
  world: KeyWorld,
  owner: KeyOwner,
  key: Secret,
  insecure: boolean,
): Promise<Pick<SavedKey, 'store' | 'place'>> {
  const { profile, origin } = owner;
  const all = new Map(await readSaved(world));
  const before = all.get(profile);
  const inKeychain = !insecure && (await putInKeychain(world, accountOf(owner), key));
  const saved: Saved = inKeychain ? { origin, store: 'keychain' } : { origin, store: 'file', key: key.reveal() };
  await writeSaved(world, all.set(profile, saved));
  if (before?.store === 'keychain' && (!inKeychain || before.origin !== origin))
    await dropFromKeychain(world, accountOf({ profile, origin: before.origin }));
  return { store: saved.store, place: placeOf(world, saved) };
}

/** Removes a profile's key. Gives where it was; undefined when there was none. */
export async function removeKey(
  world: KeyWorld,
  profile: string,
): Promise<Pick<SavedKey, 'origin' | 'place'> | undefined> {
  if (!(await readSaved(world)).has(profile)) return undefined;
  return locked(world, async () => {
    const all = new Map(await readSaved(world));
    const saved = all.get(profile);
    if (saved === undefined) return undefined;
    const { origin, store } = saved;
    if (store === 'keychain') await dropFromKeychain(world, accountOf({ profile, origin }));
    all.delete(profile);
    await writeSaved(world, all);
    return { origin, place: placeOf(world, saved) };
  });
}

/** How long to wait for another run that changes the saved keys, ms. */
const WAIT = 10_000;

/** No other run changes the private file while `action` reads and replaces it. */
async function locked<T>(world: KeyWorld, action: () => Promise<T>): Promise<T> {
  const path = keysFile(world);
  await makeFolders(configDir(world));
  const lock = await takeLock(world, `${path}.lock`, path, { wait: WAIT });
  try {
    return await action();
  } finally {
    await lock.release();
  }
}

function placeOf(world: KeyWorld, { store }: Saved): string {
  return store === 'keychain' ? 'the keychain' : keysFile(world);
}

function accountOf({ profile, origin }: KeyOwner): string {
  return `${profile} ${origin}`;
}

async function readSaved(world: KeyWorld): Promise<ReadonlyMap<string, Saved>> {
  const path = keysFile(world);
  const text = await readPrivateFile(path, world);
  if (text === undefined || text.trim() === '') return new Map();
  try {
    const value: unknown = JSON.parse(text);
    if (isSavedMap(value)) return new Map(Object.entries(value));
  } catch {
    // Explained below.
  }
  throw keyError(`${path} cannot be understood`, 'Remove it, then save the key again: auditlog auth login');
}

async function writeSaved(world: KeyWorld, all: ReadonlyMap<string, Saved>): Promise<void> {
  await writePrivateFile(keysFile(world), `${JSON.stringify(Object.fromEntries(all), undefined, 2)}\n`, world.pid);
}
