import { configDir } from '../config/dir.js';
import { makeFolders } from '../files/folders.js';
import { takeLock } from '../files/lock.js';
import type { Secret } from '../keys.js';
import { dropFromKeychain, putInKeychain } from './keychain.js';
import { writePrivateFile } from './private.js';
import {
  accountOf,
  type KeyOwner,
  type KeyWorld,
  keysFile,
  placeOf,
  readSaved,
  type Saved,
  type SavedKey,
} from './store.js';

/** Saves a key in the keychain, or in the private file without a keychain or with `insecure`; returns which. Replaces the profile's earlier key. */
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
  const { profile, origin, tokens } = owner;
  const all = new Map(await readSaved(world));
  const before = all.get(profile);
  const inKeychain = !insecure && (await putInKeychain(world, accountOf(owner), key));
  const bound = { origin, ...(tokens === undefined ? {} : { tokens }) };
  const saved: Saved = inKeychain ? { ...bound, store: 'keychain' } : { ...bound, store: 'file', key: key.reveal() };
  await writeSaved(world, all.set(profile, saved));
  if (before?.store === 'keychain' && (!inKeychain || before.origin !== origin))
    await dropFromKeychain(world, accountOf({ profile, origin: before.origin }));
  return { store: saved.store, place: placeOf(world, saved) };
}

/** Removes a profile's key. Returns where it was; undefined if there was none. */
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

/** How long to wait for another run that changes saved keys, ms. */
const WAIT = 10_000;

/** Locks the private file while `action` reads and replaces it. */
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

async function writeSaved(world: KeyWorld, all: ReadonlyMap<string, Saved>): Promise<void> {
  await writePrivateFile(keysFile(world), `${JSON.stringify(Object.fromEntries(all), undefined, 2)}\n`, world.pid);
}
