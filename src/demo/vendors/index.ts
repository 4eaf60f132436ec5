import type { Provider } from '../../providers/provider.js';
import type { Log } from '../contract.js';
import { demoEntries } from '../entry.js';
import type { Organization } from '../organization.js';
import { toChipp } from './chipp.js';
import { happeningOf, type Translate } from './happening.js';
import { toRpawatch } from './rpawatch.js';
import { valueLog } from './values.js';
import { toYura } from './yura.js';

/** The same history in the entries of other vendors. */
export const TRANSLATIONS: Readonly<Record<string, Translate>> = {
  chipp: toChipp,
  rpawatch: toRpawatch,
  yura: toYura,
};

/** An organization's log in the entries of one of `TRANSLATIONS`, newest first. */
export function translatedLog(provider: Provider, organization: Organization): Log<number> {
  const translate = TRANSLATIONS[provider.name]!;
  const entry = demoEntries(organization);
  const { size, row } = organization;
  const numberOf = (n: number): number => size - 1 - n;
  return valueLog(provider, {
    size,
    time: (n) => row(numberOf(n)).time,
    value: (n) => translate(happeningOf(entry(numberOf(n)))),
  });
}
