import { chmod } from 'node:fs/promises';
import { localError, systemCode } from '../errors.js';
import { makeFolders } from '../files/folders.js';
import { type ConfigWorld, configDir, configFile } from './dir.js';
import type { Config } from './read.js';

/** Replaces the saved settings, in one step and readable by us alone. What the file has and `config` has not is lost. */
export async function writeConfig(world: ConfigWorld, config: Config): Promise<void> {
  const file = configFile(world);
  try {
    await makeFolders(configDir(world));
    const { default: Conf } = await import('conf');
    const store = new Conf<Record<string, unknown>>({
      cwd: configDir(world),
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
    await chmod(file, 0o600);
  } catch (error) {
    const code = systemCode(error);
    if (code === '') throw error;
    throw localError(`cannot write ${file} (${code})`, 'AUDITLOG_CONFIG_DIR names another folder.', error);
  }
}
