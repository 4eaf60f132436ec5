import type { ConfigWorld } from '../config/dir.js';
import type { SettingName } from '../config/settings.js';
import { PROVIDERS } from '../providers/index.js';
import { parseBase, parseMaxWait, parseOrgs, parseRate, parseTimeout, parseZone } from './parse.js';
import type { Choice } from './pick.js';
import { checkSavedProvider, openProvider } from './provider.js';
import { parseVariables } from './variables.js';

const CHECKS: Readonly<Record<SettingName, (choice: Choice, world: ConfigWorld) => unknown>> = {
  provider: async (choice, world) => {
    checkSavedProvider(choice, world);
    await openProvider(world, choice);
  },
  baseUrl: (choice) => parseBase(choice, PROVIDERS[0]!),
  tokenUrl: (choice) => parseBase(choice, PROVIDERS[0]!),
  vars: parseVariables,
  org: (choice) => parseOrgs(choice, PROVIDERS[0]!),
  rate: parseRate,
  maxWait: parseMaxWait,
  timeout: parseTimeout,
  tz: parseZone,
};

/** Rejects with a usage error if the text is not a valid value of that setting: on saving, not on first use. */
export async function checkSetting(world: ConfigWorld, name: SettingName, choice: Choice): Promise<void> {
  await CHECKS[name](choice, world);
}
