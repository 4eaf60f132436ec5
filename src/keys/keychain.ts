import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../context.js';
import { type AuditlogError, keyError } from '../errors.js';
import type { Secret } from '../keys.js';

export type KeychainWorld = Pick<Context, 'env' | 'platform' | 'signal'>;

/** The operating system's own store of secrets. Calls reject if it is locked or broken. */
interface Keychain {
  /** Undefined if it holds none. */
  get(account: string): Promise<string | undefined>;
  set(account: string, secret: string): Promise<void>;
  remove(account: string): Promise<void>;
}

/** The text saved for an account; undefined without one. Rejects with a `keyError`; `again` is the hint if there is no keychain. */
export async function readKeychain(world: KeychainWorld, account: string, again: string): Promise<string | undefined> {
  const keychain = await openKeychain(world);
  if (keychain === undefined) throw keyError('the key is in a keychain that cannot be reached from here', again);
  return keychain.get(account).catch((error: unknown) => {
    if (world.signal.aborted) throw world.signal.reason;
    throw locked('give', error);
  });
}

/** Saves a key and reads it back; false if the keychain did not keep it. */
export async function putInKeychain(world: KeychainWorld, account: string, key: Secret): Promise<boolean> {
  const keychain = await openKeychain(world);
  if (keychain === undefined) return false;
  try {
    await keychain.set(account, key.reveal());
    // Some stores accept a secret and do not keep it.
    return (await keychain.get(account)) === key.reveal();
  } catch {
    if (world.signal.aborted) throw world.signal.reason;
    return false;
  }
}

export async function dropFromKeychain(world: KeychainWorld, account: string): Promise<void> {
  const keychain = await openKeychain(world);
  await keychain?.remove(account).catch((error: unknown) => {
    throw locked('remove', error);
  });
}

function locked(verb: 'give' | 'remove', error: unknown): AuditlogError {
  return keyError(
    `the keychain did not ${verb} the key: ${error instanceof Error ? error.message : String(error)}`,
    'Unlock it and try again',
  );
}

const SERVICE = 'auditlog';

/** Undefined if this machine has no keychain that survives the session. Each call on it may prompt the user. */
async function openKeychain({ env, platform, signal }: KeychainWorld): Promise<Keychain | undefined> {
  if (platform === 'linux' && !hasSessionBus(env)) return undefined;
  try {
    const { AsyncEntry } = await import('@napi-rs/keyring');
    // Without a secret service, the default keeps secrets in the kernel's memory, where they end with the session.
    const entry = (account: string) => new AsyncEntry(SERVICE, account, { linux: { store: 'secret-service' } });
    return {
      get: async (account) => (await entry(account).getPassword(signal)) ?? undefined,
      set: (account, secret) => entry(account).setPassword(secret, signal),
      remove: async (account) => void (await entry(account).deletePassword(signal)),
    };
  } catch {
    // An optional package that not every platform has.
    return undefined;
  }
}

function hasSessionBus(env: Context['env']): boolean {
  if ((env.DBUS_SESSION_BUS_ADDRESS ?? '') !== '') return true;
  const runtime = env.XDG_RUNTIME_DIR ?? '';
  return runtime !== '' && existsSync(join(runtime, 'bus'));
}
