import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { toProviderFile } from '../../../src/providers/file/parse.js';
import { serveVendor, type VendorServer, type Ways } from '../../helpers/vendorserver.js';
import { makeHome, NOW, type Ran, run } from '../../helpers/world.js';

const DAY = 86_400_000;

const ACME = {
  name: 'acme',
  path: '/log',
  auth: { header: 'x-token' },
  items: 'data',
  total: { path: 'total' },
  dates: { from: 'since', to: 'until', format: 'day' },
  fields: { id: 'id', time: 'at', action: 'did', actor: { name: 'who' } },
};

/** Pages hold 100 entries at most. */
const STYLES = {
  page: { ...ACME, paging: { style: 'page', page: 'p', size: 'n', max: 100 } },
  offset: { ...ACME, paging: { style: 'offset', offset: 'skip', size: 'n', max: 100 } },
  'beginnings only': {
    ...ACME,
    dates: { from: 'since', format: 'day' },
    paging: { style: 'offset', offset: 'skip', size: 'n', max: 100 },
  },
  cursor: { ...ACME, paging: { style: 'cursor', cursor: 'after', next: 'next', size: 'n', max: 100 } },
} as const;
type Style = keyof typeof STYLES;

const COUNTS = {
  exact: (matching: number) => matching,
  'of the page': (_: number, rows: number) => rows,
  'of the page and whether there is more': (matching: number, rows: number) => rows + Number(matching > rows),
  'never above 100': (matching: number) => Math.min(matching, 100),
  missing: () => undefined,
  'one below the rows': (_: number, rows: number) => Math.max(0, rows - 1),
  'one without rows': (_: number, rows: number) => Math.max(1, rows),
} satisfies Record<string, NonNullable<Ways['count']>>;
type CountName = keyof typeof COUNTS;

const styles = Object.keys(STYLES) as Style[];
const names = Object.keys(COUNTS) as CountName[];
const TABLE = styles.flatMap((style) => names.map((count) => [style, count] as const));

interface Row {
  readonly id: string;
  readonly at: string;
  readonly did: string;
  readonly who: string;
}

function entry(id: string, time: number): Row {
  return { id, at: new Date(time).toISOString(), did: 'door.opened', who: 'Ada' };
}

/** So many entries over 60 days, newest first. */
function entries(n: number): Row[] {
  return Array.from({ length: n }, (_, at) => entry(`e${at}`, NOW - 3_600_000 - (at * 60 * DAY) / n));
}

const servers: VendorServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function site(style: Style, count: CountName, rows: readonly Row[]) {
  const home = await makeHome();
  await writeFile(join(home, 'acme.json'), JSON.stringify(STYLES[style]));
  const ways: { count: NonNullable<Ways['count']>; cap?: number } = { count: COUNTS[count] };
  const server = await serveVendor(toProviderFile(STYLES[style], 'acme.json').provider, rows, NOW, ways);
  servers.push(server);
  const connection = `--provider ./acme.json --base-url ${server.base} --rate off`;
  const ask = (line: string): Promise<Ran> => run(line, { home, env: { AUDITLOG_API_KEY: server.key } });
  return { ways, server, ask, connection };
}

describe('stats counts what there is, whatever the server says', () => {
  interface Report {
    readonly answered_by: string;
    readonly rows: readonly { readonly events: number }[];
  }

  /** What fits on a page: reading it needs no more than that. */
  const few = entries(90);
  const truth = (from: string, length: number) => {
    const counts = new Map<string, number>();
    for (const { at } of few.filter((one) => one.at >= from))
      counts.set(at.slice(0, length), (counts.get(at.slice(0, length)) ?? 0) + 1);
    return [...counts].sort().map(([, events]) => events);
  };

  // Reading waits for a count that is missing or contradicts the page: here that would be real seconds.
  const SLOW: readonly CountName[] = ['missing', 'one below the rows', 'never above 100'];

  test.each(TABLE.filter(([, count]) => !SLOW.includes(count)))(
    '%s paging with a count that is %s',
    async (style, count) => {
      const { ask, connection } = await site(style, count, few);
      for (const [every, from, length] of [
        ['month', '2026-11-01', 7],
        ['month', '2026-10-01', 7],
        ['day', '2026-11-12', 10],
        ['day', '2026-11-19', 10],
      ] as const) {
        const line = `stats --every ${every} --from ${from} --format json ${connection}`;
        const { stdout, stderr } = await ask(line);
        const { rows, answered_by } = JSON.parse(stdout) as Report;
        expect(
          rows.map(({ events }) => events).filter((events) => events > 0),
          line,
        ).toEqual(truth(from, length));
        // One or two entries a day may well be counted: each of those counts is looked at by itself.
        if (every === 'day' && count !== 'exact') continue;
        const isRead = style === 'cursor' || count !== 'exact';
        expect(answered_by, line).toBe(isRead ? 'entries' : 'counts');
        if (isRead && style !== 'cursor') expect(stderr).toContain('reading every event instead');
      }
    },
  );

  test.each(styles.filter((style) => style !== 'cursor'))(
    'by %s, the first month is that of the oldest entry, whatever page size the server has',
    async (style) => {
      const rows = entries(420);
      const { ask, ways, connection } = await site(style, 'exact', rows);
      const months = [9, 10, 11].map((month) => rows.filter(({ at }) => Number(at.slice(5, 7)) === month).length);
      for (const cap of [25, 50, 100]) {
        ways.cap = cap;
        const { stdout } = await ask(`stats --every month --format json ${connection}`);
        const { rows, answered_by } = JSON.parse(stdout) as Report;
        expect({ answered_by, events: rows.map(({ events }) => events) }, `${cap}`).toEqual({
          answered_by: 'counts',
          events: months,
        });
      }
    },
  );
});

describe('collect delivers each entry once, whatever the server counts', () => {
  const lines = ({ stdout }: Ran): readonly string[] =>
    stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as Row).id)
      .sort();

  test.each(TABLE)('%s paging with a count that is %s', async (style, count) => {
    const rows = entries(420);
    const ids = rows.map(({ id }) => id).sort();
    const { ask, server, ways, connection } = await site(style, count, rows);
    ways.cap = 50;
    const made = await ask(`collect try --create --dest - ${connection}`);
    expect(made.code, made.stderr).toBe(0);
    const first = await ask('collect try');
    expect({ ids: lines(first), code: first.code }, first.stderr).toEqual({ ids, code: 0 });
    rows.push(entry('new', NOW - 60_000), entry('late', NOW - 4 * DAY));
    const second = await ask('collect try');
    expect({ ids: lines(second), code: second.code }, second.stderr).toEqual({ ids: ['late', 'new'], code: 0 });
    const before = server.targets.length;
    const third = await ask('collect try');
    expect({ ids: lines(third), code: third.code }, third.stderr).toEqual({ ids: [], code: 0 });
    if (count === 'exact' && style !== 'beginnings only') expect(server.targets.length - before).toBeLessThan(5);
    expect(await ask('collect gaps try')).toMatchObject({ code: 0, stderr: 'try: no gaps\n' });
  });

  test.each(TABLE.filter(([, count]) => count !== 'one without rows'))(
    'by %s, where a quiet log begins empty, with a count that is %s',
    async (style, count) => {
      const rows: Row[] = [];
      const { ask, connection } = await site(style, count, rows);
      expect((await ask(`collect try --create --dest - ${connection}`)).code).toBe(0);
      const found: string[] = [];
      for (const [id, time] of [
        [undefined, 0],
        ['a', NOW - 5 * DAY],
        ['b', NOW - 6 * DAY],
        ['c', NOW - 5 * DAY + 1],
        ['d', NOW - 60_000],
        ['e', NOW - 50_000],
        ['f', NOW - 40_000],
      ] as const) {
        if (id !== undefined) rows.push(entry(id, time));
        const cycle = await ask('collect try');
        expect(cycle.code, cycle.stderr).toBe(0);
        found.push(...lines(cycle));
      }
      expect(found).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    },
  );

  test.each(styles)(
    'by %s, what an earlier count has hidden is brought once counts are not believed',
    async (style) => {
      const rows = entries(210);
      const { ask, ways, connection } = await site(style, 'exact', rows);
      expect((await ask(`collect try --create --dest - ${connection}`)).code).toBe(0);
      expect(lines(await ask('collect try'))).toHaveLength(210);
      rows.push(entry('old', NOW - 40 * DAY));
      ways.count = COUNTS['of the page'];
      const next = await ask('collect try');
      expect({ ids: lines(next), code: next.code }, next.stderr).toEqual({ ids: ['old'], code: 0 });
      ways.count = COUNTS.exact;
      rows.push(entry('older', NOW - 50 * DAY));
      const last = await ask('collect try');
      expect({ ids: lines(last), code: last.code }, last.stderr).toEqual({ ids: ['older'], code: 0 });
    },
  );
});

describe('verify --online compares with usable counts only', () => {
  test.each(TABLE)('%s paging with a count that is %s', async (style, count) => {
    const { ask, ways, server, connection } = await site(style, 'exact', entries(420));
    const made = await ask(`export --to 2026-11-15 -o part.ndjson --manifest ${connection}`);
    expect(made.code, made.stderr).toBe(0);
    ways.count = COUNTS[count];
    const before = server.targets.length;
    const { code, stdout, stderr } = await ask(`verify --online part.ndjson ${connection}`);
    if (count === 'exact') {
      expect({ code, requests: server.targets.length - before }, stderr).toEqual({ code: 0, requests: 1 });
      return;
    }
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toContain('the server reports no usable count to compare with');
    expect(server.targets.length - before).toBeLessThanOrEqual(3);
  });
});
