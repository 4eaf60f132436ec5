import type { SettingName } from '../config.js';
import type { Context } from '../context.js';
import { PROVIDERS } from '../providers/index.js';
import { parseBase, parseMaxWait, parseOrgs, parseRate, parseZone } from './parse.js';
import type { Choice } from './pick.js';
import { checkSavedProvider, openProvider } from './provider.js';

type Places = Pick<Context, 'env' | 'home' | 'platform' | 'cwd'>;

const CHECKS: Readonly<Record<SettingName, (choice: Choice, places: Places) => unknown>> = {
  provider: async (choice, places) => {
    checkSavedProvider(choice, places);
    await openProvider(places, choice);
  },
  baseUrl: (choice) => parseBase(choice, PROVIDERS[0]!),
  org: (choice) => parseOrgs(choice, PROVIDERS[0]!),
  rate: parseRate,
  maxWait: parseMaxWait,
  tz: parseZone,
};

/** Rejects with a usage error when the text is no value of that setting: better when it is saved than whenever it is used. */
export async function checkSetting(places: Places, name: SettingName, choice: Choice): Promise<void> {
  await CHECKS[name](choice, places);
}
