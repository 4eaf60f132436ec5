import { join } from 'node:path';
import type { KeyWorld } from '../../src/keys/store.js';
import { makeHome } from '../helpers/world.js';

/** A world with an empty folder of settings, and the real clock. */
export async function worldWith(env: Record<string, string> = {}): Promise<KeyWorld> {
  const home = await makeHome();
  return {
    env: { AUDITLOG_CONFIG_DIR: join(home, 'config'), ...env },
    home,
    cwd: home,
    platform: 'linux',
    pid: process.pid,
    uid: process.getuid?.(),
    isRunning: (pid) => pid === process.pid,
    random: Math.random,
    clock: {
      now: () => Date.now(),
      monotonic: () => performance.now(),
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    },
    signal: new AbortController().signal,
  };
}
