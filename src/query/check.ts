import { usageError } from '../errors.js';
import { FILTERS, type FilterRow, flagOf } from '../filters.js';
import { isGlob } from '../providers/glob.js';
import type { Provider } from '../providers/provider.js';
import type { Query } from '../query.js';

/** A filter that a server may have. */
export type WireRow = Extract<FilterRow, { readonly wire: string }>;

/** Servers filter people by id: emails and patterns are compared here. */
export function isSendable({ key }: WireRow, value: string): boolean {
  return (key !== 'users' && key !== 'targets') || !(value.includes('@') || isGlob(value));
}

/** Throws a usage error for a filter that this vendor's entries cannot answer, or a value that the vendor would reject. */
export function checkFilters(provider: Provider, query: Query): void {
  for (const row of FILTERS) {
    const flag = flagOf(row);
    if ((row.key === 'search' || row.key === 'notSearch') && query[row.key].includes(''))
      throw usageError(`${flag} has an empty value`);
    if (!('field' in row) || query[row.key].length === 0) continue;
    const { field } = row;
    const values = query[row.key];
    if (provider.fields[field] === undefined) {
      const has = FILTERS.filter((one) => !('negates' in one) && hasField(provider, one)).map(flagOf);
      throw usageError(
        `${flag} does not apply to ${provider.title}: its entries have no ${field}`,
        `${provider.title} has: ${has.join(', ')}`,
      );
    }
    if (values.includes('')) throw usageError(`${flag} has an empty value`);
    const email = values.find((value) => value.includes('@'));
    if (email !== undefined && (field === 'actor' || field === 'target') && knowsOnlyIds(provider, field))
      throw usageError(
        `${flag} ${email} does not apply to ${provider.title}: its entries have no email address there`,
        'Use an id, or --search',
      );
    const max = provider.filterMax ?? Number.POSITIVE_INFINITY;
    if ('wire' in row && values.some((value) => isSendable(row, value) && [...value].length > max)) {
      throw usageError(`${flag}: an id is longer than the ${max} characters that ${provider.title} accepts`);
    }
  }
  if (((query.ids?.length ?? 0) > 0 || query.idPrefix !== undefined) && provider.fields.id === undefined)
    throw usageError(
      `${provider.title}'s events have no ids`,
      'auditlog show --nth 3, for the third row of the last list',
    );
}

/** Whether a vendor's entries have the field that a filter reads. */
export function hasField({ fields }: Provider, row: FilterRow): boolean {
  return !('field' in row) || fields[row.field] !== undefined;
}

function knowsOnlyIds({ fields }: Provider, field: 'actor' | 'target'): boolean {
  const places = [fields[field] ?? []].flat();
  return places.every(({ id, name, email }) => id !== undefined && name === undefined && email === undefined);
}
