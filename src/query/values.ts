import { usageError } from '../errors.js';
import { FILTERS, type FilterRow, flagOf } from '../filters.js';
import type { Provider } from '../providers/provider.js';
import { suggest } from '../suggest.js';
import { addressMatcher } from './address.js';
import { countryCode, meantCountry } from './country.js';

type Check = (value: string, flag: string, provider: Provider) => void;

/** Throws a usage error, with the nearest valid value, for a value that no entry of the vendor can have. `values`: as written, by filter. */
export function checkValues(provider: Provider, values: Readonly<Record<FilterRow['key'], readonly string[]>>): void {
  for (const row of FILTERS) {
    if ('field' in row && provider.fields[row.field] === undefined) continue;
    const check = CHECKS['negates' in row ? row.negates : row.key];
    if (check !== undefined) for (const value of values[row.key]) check(value, flagOf(row), provider);
  }
}

const CHECKS: Readonly<Partial<Record<FilterRow['key'], Check>>> = {
  countries: (value, flag) => {
    if (/^[a-z][a-z0-9]$/i.test(value) && countryCode(value) !== undefined) return;
    const meant = meantCountry(value);
    throw usageError(
      `invalid ${flag} "${value}": expected a country code of two letters`,
      meant === undefined ? `For Norway: ${flag} NO` : `For ${meant.name}: ${flag} ${meant.code}`,
    );
  },
  ips: (value, flag) => {
    if (typeof addressMatcher([value]) !== 'string') return;
    throw usageError(
      `invalid ${flag} "${value}": expected an address or a network`,
      `Examples: ${flag} 203.0.113.7, ${flag} 2001:db8::1, ${flag} 203.0.113.0/24`,
    );
  },
  sources: (value, flag, { title, sources = [] }) => {
    if (sources.length === 0 || sources.some((known) => known.toLowerCase() === value.toLowerCase())) return;
    const near = suggest(value, sources);
    throw usageError(
      `invalid ${flag} "${value}": ${title} has no such source`,
      `${near === undefined ? '' : `Did you mean ${near}? `}Sources: ${sources.join(', ')}`,
    );
  },
};
