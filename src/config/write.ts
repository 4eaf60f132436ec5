import { chmod } from 'node:fs/promises';
import { localError, systemCode } from '../errors.js';
import { makeFolders } from '../files/folders.js';
import type { LockWorld } from '../files/holder.js';
import { takeLock } from '../files/lock.js';
import { type ConfigWorld, configDir, configFile } from './dir.js';
import { type Config, readConfig } from './read.js';

/** How long to wait for another run that changes the settings, ms. */
const WAIT = 10_000;

/**
 * Reads the saved settings, and saves what `change` makes of them, unless it gives the same. No other run can change them between. What `change`
 * throws leaves them as they are.
 */
export async function changeConfig(
  world: ConfigWorld & LockWorld,
  change: (config: Config) => Config | Promise<Config>,
): Promise<void> {
  const file = configFile(world);
  try {
    await makeFolders(configDir(world));
  } catch (error) {
    throw cannotWrite(file, error);
  }
  const lock = await takeLock(world, `${file}.lock`, file, { wait: WAIT });
  try {
    const before = await readConfig(world);
    const after = await change(before);
    if (after !== before) await writeConfig(world, after);
  } finally {
    await lock.release();
  }
}

/** Replaces the saved settings, in one step and readable by us alone. */
async function writeConfig(world: ConfigWorld, config: Config): Promise<void> {
  const file = configFile(world);
  try {
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
    throw cannotWrite(file, error);
  }
}

function cannotWrite(file: string, error: unknown): unknown {
  const code = systemCode(error);
  if (code === '') return error;
  return localError(`cannot write ${file} (${code})`, 'AUDITLOG_CONFIG_DIR names another folder', error);
}
