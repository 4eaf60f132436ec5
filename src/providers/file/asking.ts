import { writesDays } from '../instants.js';
import { usualPlace } from '../placed.js';
import type { ParameterPlace, Provider } from '../provider.js';
import { below, type Problem } from '../shape/check.js';

type Found = readonly (readonly [path: string, message: string])[];

/** Checks the description of pages and ranges for parts that contradict one another. */
export function checkAsking(provider: Provider): readonly Problem[] {
  const found = [bodyOf, placesOf, parametersOf, formatOf, rangeOf, nextOf, pagesOf].flatMap((rule) => rule(provider));
  return found.map(([path, message]) => ({ path, message }));
}

function bodyOf({ method, body, logs = {} }: Provider): Found {
  const bodies: readonly (readonly [string, unknown])[] = [
    ['$.body', body],
    ...Object.entries(logs).map(([name, log]) => [`${below('$.logs', name)}.body`, log.body] as const),
  ];
  const given = bodies.filter(([, one]) => one !== undefined);
  if (method !== 'POST')
    return given.map(([path]) => [path, 'a GET has no body: say "method": "POST" as well, or leave it out'] as const);
  if (given.length > 0) return [];
  return [['$.body', 'a POST needs one: {} where the parameters of pages and dates are all that it has']];
}

function placesOf({ method, dates, paging, filtersIn }: Provider): Found {
  if (method === 'POST') return [];
  const places: readonly (readonly [string, ParameterPlace | undefined])[] = [
    ['$.dates.in', dates.in],
    ['$.paging.in', paging.in],
    ['$.filtersIn', filtersIn],
  ];
  return places.flatMap(([path, place]) =>
    place === 'body'
      ? [[path, 'a GET has no body that they could go into: say "method": "POST" as well'] as const]
      : [],
  );
}

/** Finds parameters that share a name, except the ends of a range, which may, and a cursor that replaces an end. */
function parametersOf(provider: Provider): Found {
  const { dates } = provider;
  const taken = new Map<string, string>();
  return namedIn(provider).flatMap(([at, name, place]) => {
    const key = `${place} ${name}`;
    const before = taken.get(key);
    if (before === undefined) taken.set(key, at);
    const isRange = at === '$.dates.to' && before === '$.dates.from' && place === 'query';
    const isOwn = at === '$.paging.cursor' && (name === dates.from || name === dates.to);
    return before === undefined || isRange || isOwn ? [] : [[at, sameName(name, before, place)] as const];
  });
}

function sameName(name: string, before: string, place: ParameterPlace): string {
  const twice = before === '$.dates.from' && place === 'body' ? ', and a body cannot have it twice' : '';
  return `the parameter ${name} is ${before} already${twice}`;
}

/** Every parameter of a request: its path in the file, its name and where it goes. */
function namedIn({
  method,
  fixed,
  filters,
  filtersIn,
  dates,
  paging,
}: Provider): readonly (readonly [string, string, ParameterPlace])[] {
  const usual = usualPlace(method);
  const pages = paging.in ?? usual;
  const range = dates.in ?? usual;
  const named: readonly (readonly [string, string | undefined, ParameterPlace])[] = [
    ['$.paging.size', paging.size, pages],
    ['$.paging.page', 'page' in paging ? paging.page : undefined, pages],
    ['$.paging.offset', 'offset' in paging ? paging.offset : undefined, pages],
    ['$.dates.from', dates.from, range],
    ['$.dates.to', dates.to, range],
    ['$.paging.cursor', 'cursor' in paging ? paging.cursor : undefined, pages],
    ['$.dates.search.parameter', dates.search?.parameter, range],
    ...Object.entries(filters).map(([filter, name]) => [`$.filters.${filter}`, name, filtersIn ?? usual] as const),
    ...Object.keys(fixed ?? {}).map((name) => [below('$.fixed', name), name, 'query'] as const),
  ];
  return named.flatMap(([at, name, place]) => (name === undefined ? [] : [[at, name, place] as const]));
}

function formatOf({ dates: { format, pattern } }: Provider): Found {
  if (format === 'pattern' && pattern === undefined)
    return [['$.dates.pattern', 'missing: the format "pattern" needs one, such as YYYY-MM-DD HH:mm:ss']];
  if (format === 'pattern' || pattern === undefined) return [];
  return [['$.dates.pattern', `it belongs to "format": "pattern", and the format is "${format}"`]];
}

function rangeOf({ dates: { required, from, to, search } }: Provider): Found {
  if (required === true && from === undefined && search === undefined)
    return [['$.dates.required', 'a range can only be sent with $.dates.from or $.dates.search']];
  if (search === undefined || (from === undefined && to === undefined)) return [];
  return [['$.dates.search', 'either words of a search or parameters of their own, not both']];
}

function nextOf({ paging, dates }: Provider): Found {
  if (!('next' in paging) || typeof paging.next !== 'object') return [];
  const { next } = paging;
  if (!('lastTime' in next)) return [];
  if (next.lastTime !== true) return [['$.paging.next.lastTime', 'it can only be true']];
  if (dates.from === undefined && dates.to === undefined)
    return [['$.paging.next.lastTime', 'a page that begins at a time needs $.dates.from or $.dates.to']];
  if (!writesDays(dates)) return [];
  return [['$.paging.next.lastTime', 'a page that begins at a time needs a $.dates.format finer than days']];
}

function pagesOf({ paging }: Provider): Found {
  const { style, size, reach, hasMore, isLast, nextKnown } = paging;
  const isNumbered = style === 'page' || style === 'offset';
  return [
    ...(hasMore !== undefined && isLast !== undefined
      ? [['$.paging.isLast', 'it says the same as $.paging.hasMore: leave out one of them'] as const]
      : []),
    ...(nextKnown !== undefined && size !== undefined
      ? [['$.paging.nextKnown', 'with $.paging.size a smaller page shows it: leave it out'] as const]
      : []),
    ...(style === 'offset' && size === undefined
      ? [['$.paging.size', 'pages that begin at any row need the parameter of their size'] as const]
      : []),
    ...(reach !== undefined && !isNumbered
      ? [['$.paging.reach', `pages of the style ${style} lead to one another as far as there are any`] as const]
      : []),
  ];
}
