import { isAbsolute, join } from 'node:path';
import type { Context } from '../context.js';

/** The part of the world that says where saved settings are. */
export type ConfigWorld = Pick<Context, 'env' | 'home' | 'platform' | 'cwd'>;

/** The folder of settings and private files: `$AUDITLOG_CONFIG_DIR`, else `$XDG_CONFIG_HOME/auditlog`, else the platform's own. It may not exist. */
export function configDir({ env, home, platform, cwd }: ConfigWorld): string {
  const own = env.AUDITLOG_CONFIG_DIR ?? '';
  if (own !== '') return isAbsolute(own) ? own : join(cwd, own);
  const xdg = env.XDG_CONFIG_HOME ?? '';
  // The XDG specification ignores relative ones.
  if (isAbsolute(xdg)) return join(xdg, 'auditlog');
  if (platform === 'win32') return join(env.APPDATA || join(home, 'AppData', 'Roaming'), 'auditlog');
  if (platform === 'darwin') return join(home, 'Library', 'Preferences', 'auditlog');
  return join(home, '.config', 'auditlog');
}

/** The file of the settings and profiles. */
export function configFile(world: ConfigWorld): string {
  return join(configDir(world), 'config.json');
}
