import type { DemoEntry } from '../../src/demo/entry.js';
import { happeningOf } from '../../src/demo/vendors/happening.js';
import { TRANSLATIONS } from '../../src/demo/vendors/index.js';
import { filteredBy } from '../../src/demo/vendors/values.js';
import { type Provider, WIRE_FILTERS } from '../../src/providers/provider.js';
import type { ModelEntry } from './entry.js';

/** The same entry as another vendor's API would tell it; Invent's own stay as they are. */
export function vendorEntry(provider: Provider, entry: ModelEntry): ModelEntry {
  const translate = TRANSLATIONS[provider.name];
  if (translate === undefined) return entry;
  const value = translate(happeningOf(JSON.parse(entry.text) as DemoEntry));
  const values = WIRE_FILTERS.map((filter) => [filter, filteredBy(provider, value, filter)] as const);
  return {
    text: JSON.stringify(value),
    id: provider.fields.id === undefined ? undefined : entry.id,
    time: entry.time,
    values: Object.fromEntries(values.filter(([, found]) => found !== undefined)),
  };
}
