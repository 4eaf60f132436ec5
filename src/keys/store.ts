import { join } from 'node:path';
import { configDir } from '../config.js';
import type { Context } from '../context.js';
import { keyError } from '../errors.js';
import { makeDestinationSecret, makeSecret, type Secret } from '../keys.js';
import { openKeychain } from './keychain.js';
import { readPrivateFile, writePrivateFile } from './private.js';

/** The part of the world that saved keys live in. */
export type KeyWorld = Pick<Context, 'env' | 'home' | 'platform' | 'cwd' | 'pid' | 'uid' | 'signal'>;

/** Where a key is kept. */
export type Store = 'keychain' | 'file';

/** That there is a key, and for which origin it was saved; the key itself is here only where there is no keychain. */
interface Saved {
  readonly origin: string;
  readonly store: Store;
  readonly key?: string;
}

/** The name under which the secret of a destination is kept, where others have the name of a profile: no profile has a blank in its name. */
export function destinationName(origin: string): string {
  return `${DESTINATION}${origin}`;
}

const DESTINATION = 'destination ';

/** What messages call that for which a key is kept, and what saves it again. */
function termsOf(name: string): { readonly title: string; readonly again: string; readonly make: typeof makeSecret } {
  return name.startsWith(DESTINATION)
    ? { title: name, again: 'auditlog destination login URL', make: makeDestinationSecret }
    : { title: `profile ${name}`, again: 'auditlog auth login', make: makeSecret };
}

/** A profile's saved key, as far as it may be told. */
export interface SavedKey {
  readonly origin: string;
  readonly store: Store;
  /** The keychain, or the file's path. */
  readonly place: string;
  /** Rejects with a `keyError` when the keychain does not give it. */
  read(): Promise<Secret>;
}

/** Private: it may hold keys, and always says which origins they are bound to. */
export function keysFile(world: Pick<Context, 'env' | 'home' | 'platform' | 'cwd'>): string {
  return join(configDir(world), 'keys.json');
}

/** What is saved for a profile; undefined when nothing is. */
export async function findSavedKey(world: KeyWorld, profile: string): Promise<SavedKey | undefined> {
  const saved = (await readSaved(world)).get(profile);
  if (saved === undefined) return undefined;
  const place = saved.store === 'keychain' ? 'the keychain' : keysFile(world);
  return { origin: saved.origin, store: saved.store, place, read: () => readKey(world, profile, saved, place) };
}

async function readKey(world: KeyWorld, profile: string, saved: Saved, place: string): Promise<Secret> {
  const { title, again: command, make } = termsOf(profile);
  if (saved.store === 'file') return make(saved.key ?? '', place);
  const again = `To save it again: ${command}`;
  const keychain = await openKeychain(world);
  if (keychain === undefined) throw keyError('the key is in a keychain that cannot be reached from here', again);
  const key = await keychain.get(accountOf(profile, saved.origin)).catch((error: unknown) => {
    if (world.signal.aborted) throw world.signal.reason;
    throw keyError(
      `the keychain does not give the key: ${error instanceof Error ? error.message : String(error)}`,
      'Is it locked? Unlock it and try again.',
    );
  });
  if (key === undefined) throw keyError(`the key of ${title} is no longer in the keychain`, again);
  return make(key, place);
}

/**
 * Saves a profile's key, bound to an origin, in the keychain, or in the private file where there is none or `insecure` is set; tells which.
 * What was saved for the profile before is gone.
 */
export async function saveKey(
  world: KeyWorld,
  profile: string,
  origin: string,
  key: Secret,
  { insecure }: { readonly insecure: boolean },
): Promise<{ readonly store: Store; readonly place: string }> {
  const all = new Map(await readSaved(world));
  const before = all.get(profile);
  const inKeychain = !insecure && (await putInKeychain(world, accountOf(profile, origin), key));
  const saved: Saved = inKeychain ? { origin, store: 'keychain' } : { origin, store: 'file', key: key.reveal() };
  await writeSaved(world, all.set(profile, saved));
  if (before?.store === 'keychain' && (!inKeychain || before.origin !== origin))
    await dropFromKeychain(world, profile, before);
  return { store: saved.store, place: inKeychain ? 'the keychain' : keysFile(world) };
}

/** Forgets a profile's key. Tells where it was; undefined when there was none. */
export async function removeKey(
  world: KeyWorld,
  profile: string,
): Promise<{ readonly origin: string; readonly place: string } | undefined> {
  const all = new Map(await readSaved(world));
  const saved = all.get(profile);
  if (saved === undefined) return undefined;
  if (saved.store === 'keychain') await dropFromKeychain(world, profile, saved);
  all.delete(profile);
  await writeSaved(world, all);
  return { origin: saved.origin, place: saved.store === 'keychain' ? 'the keychain' : keysFile(world) };
}

async function putInKeychain(world: KeyWorld, account: string, key: Secret): Promise<boolean> {
  const keychain = await openKeychain(world);
  if (keychain === undefined) return false;
  try {
    await keychain.set(account, key.reveal());
    // Some stores take a secret and do not keep it.
    return (await keychain.get(account)) === key.reveal();
  } catch {
    if (world.signal.aborted) throw world.signal.reason;
    return false;
  }
}

async function dropFromKeychain(world: KeyWorld, profile: string, saved: Saved): Promise<void> {
  const keychain = await openKeychain(world);
  await keychain?.remove(accountOf(profile, saved.origin)).catch((error: unknown) => {
    throw keyError(
      `the keychain does not remove the key: ${error instanceof Error ? error.message : String(error)}`,
      'Is it locked? Unlock it and try again.',
    );
  });
}

function accountOf(profile: string, origin: string): string {
  return `${profile} ${origin}`;
}

async function readSaved(world: KeyWorld): Promise<ReadonlyMap<string, Saved>> {
  const path = keysFile(world);
  const text = await readPrivateFile(path, world);
  if (text === undefined || text.trim() === '') return new Map();
  const broken = () =>
    keyError(`${path} cannot be understood`, 'Remove it, then save the key again: auditlog auth login');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw broken();
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw broken();
  const entries = Object.entries(value as Record<string, unknown>);
  if (!entries.every((entry): entry is [string, Saved] => isSaved(entry[1]))) throw broken();
  return new Map(entries);
}

function isSaved(value: unknown): value is Saved {
  if (typeof value !== 'object' || value === null) return false;
  const { origin, store, key } = value as Record<string, unknown>;
  return typeof origin === 'string' && (store === 'keychain' || (store === 'file' && typeof key === 'string'));
}

async function writeSaved(world: KeyWorld, all: ReadonlyMap<string, Saved>): Promise<void> {
  await writePrivateFile(keysFile(world), `${JSON.stringify(Object.fromEntries(all), undefined, 2)}\n`, world.pid);
}
