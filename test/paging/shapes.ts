import type { Answer } from './ends.js';
import type { Row } from './log.js';

/** A request as the stand-in reads it: `limit`, `after`, `page` or `offset`, and the ends of a range. */
export type Parameters = URLSearchParams;

interface ShapedAnswer {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A way to ask for pages and to write them that real vendors have, beside the plain styles. */
export interface Shape {
  readonly name: string;
  /** What the provider file says in place of the plain one. */
  readonly file: Readonly<Record<string, unknown>>;
  readonly read: (url: URL, body: unknown) => Parameters;
  /** Whether an entry is in the range; absent: as the days say. */
  readonly isIn?: (row: Row, parameters: Parameters) => boolean;
  readonly write: (answer: Answer, asked: Parameters) => ShapedAnswer;
  /** Whether it asks for what is still to come. */
  readonly isFuture?: (asked: Parameters, now: number) => boolean;
  /** One answer has everything, whatever is asked for. */
  readonly isWhole?: boolean;
  /** Where a page begins is the time that is asked for. */
  readonly startsAtTime?: boolean;
  /** It refuses pages that end behind so many entries. */
  readonly reach?: number;
  /** The answer says whether there is more. */
  readonly saysMore?: boolean;
  /** It names the next page itself. */
  readonly namesNext?: boolean;
}

/** The size of a page that the provider files let us ask for. */
export const SIZE = 20;
const CURSOR = { style: 'cursor', cursor: 'after', size: 'limit', max: SIZE };
/** Where requests with a cursor go, for a shape that says so. */
export const FURTHER = '/v1/log/further';
const asWritten = (url: URL): Parameters => url.searchParams;
const DAYS = { from: 'from', to: 'to', format: 'day' };

export const SHAPES: readonly Shape[] = [
  {
    name: 'the id of the last entry',
    file: { items: 'rows', dates: DAYS, paging: { ...CURSOR, next: { last: 'id' } } },
    read: asWritten,
    write: ({ rows }) => ({ body: { rows: rows?.map(textOf) } }),
  },
  {
    name: 'the id of the last entry, and a word for more',
    file: { items: 'rows', dates: DAYS, paging: { ...CURSOR, next: { last: 'id' }, hasMore: 'has_more' } },
    read: asWritten,
    write: ({ rows, more }) => ({ body: { rows: rows?.map(textOf), has_more: more ? 'yes' : 'no' } }),
    saysMore: true,
  },
  ...([1, 1000] as const).map(
    (unit): Shape => ({
      name: `the time of the last entry, in ${unit === 1 ? 'ms' : 's'}`,
      file: {
        items: 'rows',
        dates: { from: 'since', to: 'until', format: unit === 1 ? 'epoch-ms' : 'epoch-s' },
        paging: { ...CURSOR, cursor: 'until', next: { lastTime: true } },
      },
      read: asWritten,
      isIn: ({ time }, asked) =>
        time >= unit * Number(asked.get('since') ?? 0) && time <= unit * Number(asked.get('until') ?? 1e15),
      write: ({ rows }) => ({ body: { rows: rows?.map(textOf) } }),
      startsAtTime: true,
    }),
  ),
  {
    name: 'JSON of a header into the body, range in the body',
    file: {
      method: 'POST',
      body: { service: ['all'] },
      items: '',
      dates: { from: 'from', to: 'range.to', format: 'day', required: true, defaultDays: 45 },
      paging: { ...CURSOR, cursor: 'search_after', next: { header: 'X-Search-After' }, json: true },
    },
    read: (_, body) => {
      const { search_after: after, limit, from, range } = body as Readonly<Record<string, unknown>>;
      const to = (range as { to?: string } | undefined)?.to;
      return of({ limit, from, to, after: Array.isArray(after) ? after[1] : undefined });
    },
    write: ({ rows, next }) => ({
      body: rows?.map(textOf) ?? null,
      ...(next !== undefined && { headers: { 'x-search-after': `[12345678901234567890, ${JSON.stringify(next)}]` } }),
    }),
    namesNext: true,
  },
  {
    name: 'a cursor alone in the body, and a word for more',
    file: {
      method: 'POST',
      body: {},
      items: 'items',
      dates: { from: 'start_time', format: 'day' },
      paging: { ...CURSOR, cursor: 'cursor', next: 'cursor', hasMore: 'has_more', alone: true },
    },
    read: (_, body) => {
      const { cursor, ...first } = body as Readonly<Record<string, unknown>>;
      // A cursor holds the size and the range that it was made with.
      if (typeof cursor !== 'string') return of({ limit: first.limit, from: first.start_time });
      if (Object.keys(first).length > 0) return of({ after: 'nothing else may stand beside a cursor' });
      const [after, limit, from] = cursor.split('~');
      return of({ after, limit, from: from === '' ? undefined : from });
    },
    write: ({ rows, more, next }, asked) => ({
      body: {
        items: rows?.map(textOf),
        has_more: more,
        cursor: next === undefined ? undefined : `${next}~${asked.get('limit')}~${asked.get('from') ?? ''}`,
      },
    }),
    saysMore: true,
    namesNext: true,
  },
  {
    name: 'a cursor alone at a path of its own',
    file: {
      method: 'POST',
      body: {},
      items: 'events',
      dates: { from: 'time.start', to: 'time.end', format: 'day' },
      paging: { ...CURSOR, cursor: 'cursor', next: 'cursor', hasMore: 'has_more', alone: true, path: FURTHER },
    },
    read: ({ pathname }, body) => {
      const { cursor, ...first } = body as Readonly<Record<string, unknown>>;
      const { start: from, end: to } = (first.time ?? {}) as Readonly<Record<string, unknown>>;
      if (pathname !== FURTHER) return of({ limit: first.limit, from, to, after: cursor });
      const [after = 'there is none', limit, since, until] = String(cursor ?? '').split('~');
      return of({ after, limit, from: since === '' ? undefined : since, to: until === '' ? undefined : until });
    },
    write: ({ rows, more, next }, asked) => ({
      body: {
        events: rows?.map(textOf),
        has_more: more,
        cursor:
          next === undefined
            ? undefined
            : [next, asked.get('limit'), asked.get('from') ?? '', asked.get('to') ?? ''].join('~'),
      },
    }),
    saysMore: true,
    namesNext: true,
  },
  {
    name: 'a word for the last page, and no size',
    file: {
      items: 'records',
      dates: DAYS,
      paging: { style: 'cursor', cursor: 'after', next: 'next', isLast: 'done' },
    },
    read: (url) => {
      const asked = new URLSearchParams(url.searchParams);
      asked.set('limit', String(SIZE));
      return asked;
    },
    write: ({ rows, more, next }) => ({ body: { records: rows?.map(textOf), done: !more, next } }),
    saysMore: true,
    namesNext: true,
  },
  {
    name: 'a next page that the last one leaves out, and no size',
    file: {
      items: 'records',
      dates: DAYS,
      paging: { style: 'cursor', cursor: 'after', next: 'next', nextKnown: true },
    },
    read: (url) => {
      const asked = new URLSearchParams(url.searchParams);
      asked.set('limit', String(SIZE));
      return asked;
    },
    write: ({ rows, next }) => ({ body: { records: rows?.map(textOf), next } }),
    namesNext: true,
  },
  {
    name: 'a cursor in the place of the beginning of a range',
    file: {
      items: 'data',
      dates: { from: 'since', format: 'day' },
      paging: { ...CURSOR, cursor: 'since', next: 'end' },
    },
    read: (url) => {
      const [limit, since = ''] = [url.searchParams.get('limit'), ...url.searchParams.getAll('since')];
      if (!since.includes('~')) return of({ limit, from: since === '' ? undefined : since });
      const [after, from] = since.split('~');
      return of({ limit, after, from: from === '' ? undefined : from });
    },
    write: ({ rows, next }, asked) => ({
      body: { data: rows?.map(textOf), end: next === undefined ? null : `${next}~${asked.get('from') ?? ''}` },
    }),
    namesNext: true,
  },
  {
    name: 'GraphQL',
    file: {
      method: 'POST',
      body: { query: 'query Log($first: Int) { log { totalCount } }', variables: { org: 'acme' } },
      items: 'data.log.edges',
      each: 'node',
      total: { path: 'data.log.totalCount' },
      dates: { from: 'variables.filter.from', to: 'variables.filter.to', format: 'day' },
      paging: {
        ...CURSOR,
        cursor: 'variables.after',
        size: 'variables.first',
        next: 'data.log.pageInfo.endCursor',
        hasMore: 'data.log.pageInfo.hasNextPage',
      },
    },
    read: (_, body) => {
      const { variables } = body as { variables: Record<string, unknown> };
      return of({ limit: variables.first, after: variables.after, ...(variables.filter as object | undefined) });
    },
    write: ({ rows, more, next, total }) => ({
      body: {
        data: {
          log: {
            totalCount: total,
            edges: rows?.map((row) => ({ cursor: row.id, node: textOf(row) })),
            pageInfo: { hasNextPage: more, endCursor: next ?? null },
          },
        },
      },
    }),
    saysMore: true,
    namesNext: true,
  },
  {
    name: 'pages from 0 without a size, wrapped',
    file: {
      items: '',
      each: 'items',
      dates: DAYS,
      paging: { style: 'page', page: 'page', first: 0 },
    },
    read: (url) => {
      const asked = new URLSearchParams(url.searchParams);
      asked.set('limit', String(SIZE));
      return asked;
    },
    write: ({ rows }) => ({
      body: [{ items: rows?.slice(0, 3).map(textOf) ?? null }, { items: rows?.slice(3).map(textOf) ?? null }],
    }),
  },
  {
    name: 'numbered pages that reach 40 entries',
    file: {
      items: 'rows',
      dates: DAYS,
      paging: { style: 'page', page: 'page', first: 0, size: 'limit', max: SIZE, reach: 40 },
    },
    read: asWritten,
    write: ({ rows }) => ({ body: { rows: rows?.map(textOf) } }),
    reach: 40,
  },
  {
    name: 'rows that reach 45 entries, and a count',
    file: {
      items: 'rows',
      total: { path: 'total' },
      dates: DAYS,
      paging: { style: 'offset', offset: 'offset', size: 'limit', max: SIZE, reach: 45 },
    },
    read: asWritten,
    write: ({ rows, total }) => ({ body: { rows: rows?.map(textOf), total } }),
    reach: 45,
  },
  {
    name: 'one answer of a week, in seconds',
    file: {
      items: 'logs',
      dates: { from: 'start', to: 'end', format: 'epoch-s', required: true, defaultDays: 45, longestDays: 7 },
      paging: { style: 'none' },
    },
    read: asWritten,
    isIn: ({ time }, asked) => time >= 1000 * Number(asked.get('start')) && time <= 1000 * Number(asked.get('end')),
    isFuture: (asked, now) => 1000 * Number(asked.get('end')) > now,
    write: ({ rows }) => ({ body: { logs: rows?.map(textOf) } }),
    isWhole: true,
  },
  {
    name: 'one answer, by a range that leaves out its ends',
    file: {
      items: 'logs',
      dates: {
        from: 'start',
        to: 'end',
        format: 'instant-s',
        start: 'excluded',
        end: 'excluded',
        required: true,
        defaultDays: 45,
        longestDays: 20,
      },
      paging: { style: 'none' },
      fields: { time: 'at', action: 'action', actor: { id: 'by.id' } },
    },
    read: asWritten,
    isIn: ({ time }, asked) => time > Date.parse(asked.get('start') ?? '') && time < Date.parse(asked.get('end') ?? ''),
    isFuture: (asked, now) => Date.parse(asked.get('end') ?? '') > now,
    write: ({ rows }) => ({ body: { logs: rows?.map(textOf) ?? null } }),
    isWhole: true,
  },
  {
    name: 'both ends of a range by one parameter, and a next page always',
    file: {
      items: 'data',
      dates: { from: 'created[]', to: 'created[]', format: 'pattern', pattern: 'MM/DD/YYYY' },
      paging: { ...CURSOR, next: 'next_page.offset', emptyEnds: true },
    },
    read: (url) => {
      const [from, to] = url.searchParams
        .getAll('created[]')
        .map((day) => day.replace(/(\d+)\/(\d+)\/(\d+)/, '$3-$1-$2'));
      return of({ limit: url.searchParams.get('limit'), after: url.searchParams.get('after'), from, to });
    },
    write: ({ rows, next }) => ({ body: { data: rows?.map(textOf), next_page: { offset: next ?? 'end' } } }),
    namesNext: true,
  },
];

function of(values: Readonly<Record<string, unknown>>): Parameters {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return new URLSearchParams(Object.fromEntries(given.map(([name, value]) => [name, String(value)])));
}

export function textOf({ id, time, action }: Row): object {
  const by = `u${Number(id.slice(1)) % 7}`;
  return { id, at: new Date(time).toISOString(), action, by: { id: by, name: `User ${by}` } };
}
