import { isAbsolute, join } from 'node:path';
import type { Context } from '../context.js';

type Places = Pick<Context, 'env' | 'home' | 'platform' | 'cwd'>;

/** The folder of settings and private files: `$AUDITLOG_CONFIG_DIR`, else `$XDG_CONFIG_HOME/auditlog`, else the platform's place. It may not exist. */
export function configDir({ env, home, platform, cwd }: Places): string {
  const own = env.AUDITLOG_CONFIG_DIR ?? '';
  if (own !== '') return isAbsolute(own) ? own : join(cwd, own);
  const xdg = env.XDG_CONFIG_HOME ?? '';
  // A relative one counts for nothing, says the XDG specification.
  if (isAbsolute(xdg)) return join(xdg, 'auditlog');
  if (platform === 'win32') return join(env.APPDATA || join(home, 'AppData', 'Roaming'), 'auditlog');
  if (platform === 'darwin') return join(home, 'Library', 'Preferences', 'auditlog');
  return join(home, '.config', 'auditlog');
}

/** The file that `config` and `profile` commands write. */
export function configFile(places: Places): string {
  return join(configDir(places), 'config.json');
}
