import type { Client } from '../../http/client.js';
import { dateParameters } from '../../providers/dates.js';
import type { Provider, WireFilter } from '../../providers/provider.js';
import { isFirstPlace, pagingStyle } from '../paging.js';
import type { FetchPage, FetchPart, PageRequest } from '../request.js';
import { pageReader } from './answer.js';
import { openChained } from './chained.js';
import { openParts } from './parts.js';
import { refusing } from './refused.js';
import { PageSizer } from './sizer.js';

/**
 * Asks the API for pages. The client retries, keeps the rate and adds the key; this function makes URLs and reads answers.
 *
 * If a page is too large, or the server answers 500 to it again and again, smaller pages are asked for: one bad entry must not take the others with
 * it. Pages by number and offset are joined from smaller ones, and a bad entry is named in `unreadable` (parts.ts). Behind a cursor or a link a
 * smaller page is an answer of its own; a bad entry is an error that names the place, as nothing leads past it (chained.ts). The size that
 * worked is kept for the pages that follow, and grows again.
 */
export function pageFetcher(client: Client, provider: Provider, base: URL): FetchPage {
  const read = pageReader(provider);
  const style = pagingStyle(provider.paging);
  const fetch: FetchPart = (request, shrinkable) => {
    const url = pageUrl(provider, base, request);
    const continues = style.access === 'chain' && !isFirstPlace(style, request.place);
    return client.get(url, (response) => read(response, url), { shrinkable, continues });
  };
  const open = style.access === 'chain' ? openChained : openParts;
  return open(refusing(fetch, style), style, new PageSizer());
}

/** The URL of a page: the vendor's own parameters only. */
export function pageUrl(provider: Provider, base: URL, request: PageRequest): URL {
  const { paging, dates } = provider;
  const style = pagingStyle(paging);
  const address = style.address(request.place);
  if (address !== undefined) return linkUrl(address, paging.size, request);
  const url = new URL(base);
  const path = provider.path.replace('{org}', encodeURIComponent(request.stream.org));
  url.pathname = `${url.pathname.replace(/\/$/, '')}${path}`;
  const set = (name: string | undefined, value: string | number | undefined): void => {
    if (name !== undefined && value !== undefined) url.searchParams.set(name, String(value));
  };
  for (const [name, value] of Object.entries(provider.fixed ?? {})) set(name, value);
  for (const [filter, value] of Object.entries(request.stream.filters))
    set(provider.filters[filter as WireFilter], value);
  for (const [name, value] of dateParameters(dates, request.window)) set(name, value);
  set(paging.size, request.size);
  const parameter = style.parameter(request.place);
  if (parameter !== undefined) set(...parameter);
  return url;
}

/** The server's own address of a page. Only a page of another size (see above) is asked for with that size. */
function linkUrl(address: string, parameter: string | undefined, { size, isPart }: PageRequest): URL {
  const url = new URL(address);
  if (isPart === true && parameter !== undefined) url.searchParams.set(parameter, String(size));
  return url;
}
