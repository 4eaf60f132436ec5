import type { SettingName } from '../config.js';
import { findProvider, PROVIDERS } from '../providers/index.js';
import { parseBase, parseMaxWait, parseOrgs, parseRate, parseZone } from './parse.js';
import type { Choice } from './pick.js';

const CHECKS: Readonly<Record<SettingName, (choice: Choice) => unknown>> = {
  provider: ({ text }) => findProvider(text),
  baseUrl: (choice) => parseBase(choice, PROVIDERS[0]!),
  org: (choice) => parseOrgs(choice, PROVIDERS[0]!),
  rate: parseRate,
  maxWait: parseMaxWait,
  tz: parseZone,
};

/** Throws a usage error when the text is no value of that setting: better when it is saved than whenever it is used. */
export function checkSetting(name: SettingName, choice: Choice): void {
  CHECKS[name](choice);
}
