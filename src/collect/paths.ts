import { createHash } from 'node:crypto';
import { isAbsolute, join } from 'node:path';
import type { Context } from '../context.js';
import { usageError } from '../errors.js';
import { writeFault } from '../files/faults.js';
import { type Files, realFiles } from '../files/files.js';
import { makeFolders } from '../files/folders.js';
import { isReserved } from '../files/names.js';

type StateHost = Pick<Context, 'env' | 'home' | 'platform' | 'cwd'>;

/** The folder of all state: `$AUDITLOG_STATE_DIR`, else `$XDG_STATE_HOME/auditlog`, else the platform's default. It may not exist. */
export function stateDir({ env, home, platform, cwd }: StateHost): string {
  const own = env.AUDITLOG_STATE_DIR ?? '';
  if (own !== '') return isAbsolute(own) ? own : join(cwd, own);
  const xdg = env.XDG_STATE_HOME ?? '';
  // The XDG specification says to ignore relative paths.
  if (isAbsolute(xdg)) return join(xdg, 'auditlog');
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'auditlog');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'auditlog');
  return join(home, '.local', 'state', 'auditlog');
}

/** The folder of all collectors, each in a folder of its name. */
export function collectorsDir(places: StateHost): string {
  return join(stateDir(places), 'collectors');
}

/** Throws a usage error for a name that cannot be a folder on every platform. */
export function checkCollectorName(name: string): void {
  if (/^[a-z0-9][a-z0-9_-]{0,63}$/.test(name) && !TAKEN.has(name) && !isReserved(name)) return;
  throw usageError(
    `invalid name of a collector: ${name}`,
    'Use lower-case letters, digits, - and _, at most 64, and no subcommand of collect',
  );
}

const TAKEN: ReadonlySet<string> = new Set(['list', 'show', 'status', 'gaps', 'remove', 'help']);

/** A collector's private folder, and its file system: a port, so that tests can interrupt it between any two steps. */
export interface CollectorFolder {
  readonly path: string;
  readonly files: Files;
  /** Makes a private folder unless it exists. */
  readonly makeFolder: (path: string) => Promise<void>;
}

export function collectorFolder(places: StateHost, name: string): CollectorFolder {
  checkCollectorName(name);
  return {
    path: join(collectorsDir(places), name),
    files: realFiles,
    makeFolder: async (path) => {
      try {
        await makeFolders(path);
      } catch (error) {
        throw writeFault(error, path);
      }
    },
  };
}

/** In a collector's folder; held while it runs. */
export const LOCK = 'lock';

/** The folder of one organization's state. Its id is foreign text, and two ids may differ only in case. */
export function orgFolder({ path }: Pick<CollectorFolder, 'path'>, org: string): string {
  const readable = org.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64);
  return join(path, 'orgs', `${readable}-${createHash('sha256').update(org).digest('hex').slice(0, 8)}`);
}
