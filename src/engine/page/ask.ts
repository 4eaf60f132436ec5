import { dateParameters } from '../../providers/dates.js';
import { forLog } from '../../providers/logs.js';
import { usualPlace } from '../../providers/placed.js';
import type { ParameterPlace, Provider, WireFilter } from '../../providers/provider.js';
import { isFirstPlace, type PagingStyle, pagingStyle } from '../paging.js';
import type { PageRequest } from '../request.js';
import { jsonBody, type ParameterValue } from './body.js';

/** What is sent for a page. */
export interface PageAsk {
  readonly url: URL;
  /** The JSON body of a POST; absent: it is a GET. */
  readonly post?: string;
}

interface Parameter {
  readonly name: string;
  readonly value: ParameterValue;
}

/** The request for a page: the vendor's own parameters only. */
export function pageAsk(vendor: Provider, base: URL, request: PageRequest): PageAsk {
  const provider = forLog(vendor, request.stream.log);
  const style = pagingStyle(provider.paging);
  const address = style.address(request.place);
  const isFirst = isFirstPlace(style, request.place);
  const isAlone = style.isAlone && !isFirst;
  const sent = parametersOf(provider, style, request, isAlone);
  const path = isFirst ? provider.path : (style.path ?? provider.path);
  const url = address === undefined ? urlOf(path, base, request) : linkUrl(address, provider.paging.size, request);
  if (address === undefined) setQuery(url, [...fixedOf(provider, request), ...sent.query]);
  if (provider.method !== 'POST') return { url };
  return { url, post: jsonBody(isAlone ? {} : (provider.body ?? {}), sent.body, { org: request.stream.org }) };
}

/** The parameters of a request, by the place that they go to. */
function parametersOf(
  { method, filters, filtersIn, dates, paging }: Provider,
  style: PagingStyle,
  { stream, window, place, size }: PageRequest,
  isAlone: boolean,
): Readonly<Record<ParameterPlace, readonly Parameter[]>> {
  const sent: Record<ParameterPlace, Parameter[]> = { query: [], body: [] };
  const usual = usualPlace(method);
  const add = (where: ParameterPlace = usual, name: string | undefined, value: ParameterValue | undefined): void => {
    if (name !== undefined && value !== undefined) sent[where].push({ name, value });
  };
  if (!isAlone) {
    for (const [filter, value] of Object.entries(stream.filters)) add(filtersIn, filters[filter as WireFilter], value);
    for (const [name, value] of dateParameters(dates, window)) add(dates.in, name, value);
    add(paging.in, paging.size, size);
  }
  const own = style.parameter(place);
  if (own !== undefined) {
    const [name, value] = own;
    // The cursor may be one end of the range.
    sent[dates.in ?? usual] = sent[dates.in ?? usual].filter((one) => one.name !== name);
    const isNumber = style.nextIn.where === 'time' && dates.format.startsWith('epoch');
    add(paging.in, name, isNumber && typeof value === 'string' ? Number(value) : value);
  }
  return sent;
}

function fixedOf({ fixed }: Provider, { stream }: PageRequest): readonly Parameter[] {
  return Object.entries(fixed ?? {}).map(([name, value]) => ({ name, value: value === '{org}' ? stream.org : value }));
}

function urlOf(path: string, base: URL, { stream }: PageRequest): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}${path.replaceAll('{org}', encodeURIComponent(stream.org))}`;
  return url;
}

/** A parameter that comes twice is sent twice: both ends of a range may have one name. */
export function setQuery(url: URL, parameters: readonly Parameter[]): void {
  for (const { name } of parameters) url.searchParams.delete(name);
  for (const { name, value } of parameters)
    url.searchParams.append(name, typeof value === 'object' ? value.json : String(value));
}

/** The server's own address of a page. Only a page of another size (see page.ts) is asked for with that size. */
function linkUrl(address: string, parameter: string | undefined, { size, isPart }: PageRequest): URL {
  const url = new URL(address);
  if (isPart === true && parameter !== undefined) url.searchParams.set(parameter, String(size));
  return url;
}
