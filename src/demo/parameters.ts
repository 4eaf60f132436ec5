import { usualPlace } from '../providers/placed.js';
import type { ParameterPlace, Provider, WireFilter } from '../providers/provider.js';
import { linkParameter, PAGING } from './paging.js';
import type { KnownParameter } from './sent.js';

/** The parameters of a vendor's requests, by what they are for. */
export interface ParameterNames {
  readonly all: readonly KnownParameter[];
  readonly size: KnownParameter | undefined;
  /** Of the page number, the first row or the cursor. */
  readonly place: KnownParameter | undefined;
  readonly from: KnownParameter | undefined;
  readonly to: KnownParameter | undefined;
  readonly search: KnownParameter | undefined;
  readonly filters: readonly (readonly [WireFilter, KnownParameter])[];
}

export function parametersOf(provider: Provider): ParameterNames {
  const { paging, dates, filters, filtersIn } = provider;
  const usual = usualPlace(provider.method);
  const pagesIn = paging.in ?? usual;
  const datesIn = dates.in ?? usual;
  const known = (
    place: ParameterPlace,
    name: string | undefined,
    kind: KnownParameter['kind'],
  ): KnownParameter | undefined => (name === undefined || name === '' ? undefined : { place, name, kind });

  const dateKind = dates.format.startsWith('epoch') ? 'number' : 'text';
  const isTwice = dates.from !== undefined && dates.from === dates.to;
  const from = known(datesIn, dates.from, dateKind);
  const search = known(datesIn, dates.search?.parameter, 'text');
  const isCursor = paging.style === 'cursor';
  const placeKind = !isCursor ? 'number' : isCursor && paging.json === true ? 'any' : 'text';
  const isOfEntry = isCursor && typeof paging.next === 'object' && !('header' in paging.next);
  // The server's own links have their place in the query.
  const place =
    paging.style === 'link'
      ? known('query', linkParameter(provider), 'text')
      : known(pagesIn, PAGING[paging.style].parameter(paging), isOfEntry ? 'any' : placeKind);
  const names = {
    size: known(pagesIn, paging.size, 'number'),
    place,
    from: isTwice && from !== undefined ? { ...from, isTwice } : from,
    to: known(datesIn, dates.to, dateKind),
    search,
    filters: (Object.entries(filters) as [WireFilter, string][]).map(
      ([filter, name]) => [filter, { place: filtersIn ?? usual, name, kind: 'text' }] as const,
    ),
  };
  const all = [
    names.size,
    place,
    names.from,
    isTwice ? undefined : names.to,
    search,
    ...names.filters.map(([, one]) => one),
  ];
  return { ...names, all: all.filter((one) => one !== undefined) };
}
