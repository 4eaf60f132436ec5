import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../context.js';

/** The operating system's own store of secrets. */
export interface Keychain {
  /** Undefined when it holds none. Rejects when it is locked or broken. */
  get(account: string): Promise<string | undefined>;
  set(account: string, secret: string): Promise<void>;
  remove(account: string): Promise<void>;
}

const SERVICE = 'auditlog';

/** The keychain of this machine; undefined where there is none that survives the session. Asking it may show the user a prompt. */
export async function openKeychain(ctx: Pick<Context, 'env' | 'platform' | 'signal'>): Promise<Keychain | undefined> {
  if (ctx.platform === 'linux' && !hasSessionBus(ctx.env)) return undefined;
  try {
    const { AsyncEntry } = await import('@napi-rs/keyring');
    // Without this it keeps secrets in the kernel's memory where no secret service runs, and they are gone with the session.
    const entry = (account: string) => new AsyncEntry(SERVICE, account, { linux: { store: 'secret-service' } });
    return {
      get: async (account) => (await entry(account).getPassword(ctx.signal)) ?? undefined,
      set: (account, secret) => entry(account).setPassword(secret, ctx.signal),
      remove: async (account) => void (await entry(account).deletePassword(ctx.signal)),
    };
  } catch {
    // It is an optional package: not every platform has one.
    return undefined;
  }
}

function hasSessionBus(env: Context['env']): boolean {
  if ((env.DBUS_SESSION_BUS_ADDRESS ?? '') !== '') return true;
  const runtime = env.XDG_RUNTIME_DIR ?? '';
  return runtime !== '' && existsSync(join(runtime, 'bus'));
}
