import { chmod, mkdir } from 'node:fs/promises';
import type { Context } from '../context.js';
import { localError } from '../errors.js';
import { configDir, configFile } from './dir.js';
import type { Config } from './read.js';

/** Saves all of it, in one step and for our eyes only. Read it first: what the file has and `config` has not is gone. */
export async function writeConfig(
  ctx: Pick<Context, 'env' | 'home' | 'platform' | 'cwd'>,
  config: Config,
): Promise<void> {
  const dir = configDir(ctx);
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const { default: Conf } = await import('conf');
    const store = new Conf<Record<string, unknown>>({
      cwd: dir,
      configName: 'config',
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
      projectSuffix: '',
    });
    store.store = {
      ...(config.profile === undefined ? {} : { profile: config.profile }),
      ...config.defaults,
      profiles: Object.fromEntries(config.profiles),
    };
    await chmod(configFile(ctx), 0o600);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw localError(`cannot write ${configFile(ctx)} (${code})`, 'AUDITLOG_CONFIG_DIR names another folder.', error);
  }
}
