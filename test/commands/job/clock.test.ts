import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { inventRow, ofDays, type RowServer, type RowServing, serveRows } from '../../helpers/rowserver.js';
import { makeHome, NOW, type RunOptions, run } from '../../helpers/world.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const env = { AUDITLOG_API_KEY: 'key_of_the_clock_tests_0123456' };

/** One every half an hour for twenty days, newest first; the server's clock is NOW. */
const TIMES = Array.from({ length: 20 * 48 }, (_, at) => NOW - 10 * MINUTE - at * 30 * MINUTE);
const ROWS = TIMES.map((time, at) => inventRow(`e${String(at).padStart(3, '0')}`, time));
const since = (from: number): number => TIMES.filter((time) => time >= from).length;

const servers: RowServer[] = [];
afterAll(async () => {
  for (const server of servers) await server.close();
});

async function serve(serving: Partial<RowServing> = {}): Promise<RowServer> {
  const server = await serveRows({ rows: (query) => ofDays(ROWS, query), ...serving });
  servers.push(server);
  return server;
}

interface Skewed {
  readonly what: string;
  /** Our clock minus the server's. */
  readonly ahead: number;
}

const SKEWS: readonly (Skewed & { readonly says: string })[] = [
  { what: 'two hours ahead', ahead: 2 * HOUR, says: '2 hours ahead of' },
  { what: 'two hours behind', ahead: -2 * HOUR, says: '2 hours behind' },
  { what: 'three days ahead', ahead: 3 * DAY, says: '3 days ahead of' },
  { what: 'three days behind', ahead: -3 * DAY, says: '3 days behind' },
  { what: 'a year ahead', ahead: 365 * DAY, says: '365 days ahead of' },
];

const lines = (text: string): number => text.split('\n').filter((line) => line !== '').length;
const TODAY = Date.parse('2026-11-20T00:00:00Z');

async function tailed(line: string, options: RunOptions, rows: number): Promise<Awaited<ReturnType<typeof run>>> {
  const stop = new AbortController();
  let seen = 0;
  const onStdout = (chunk: string): void => {
    seen += lines(chunk);
    if (seen >= rows) setTimeout(() => stop.abort(new Error('seen')), 150);
  };
  setTimeout(() => stop.abort(new Error('too late')), 8000);
  return run(line, { ...options, signal: stop.signal, onStdout });
}

describe.each(SKEWS)('our clock is $what', ({ ahead, says }) => {
  const options = { env, now: NOW + ahead };
  const said = `this machine's clock is ${says} the server's; relative times use the server's clock`;
  const check = (stderr: string): void => expect(stderr.split(said)).toHaveLength(2);

  test.each([
    ['list --all --format ndjson --from 1h', since(NOW - HOUR)],
    ['list -n 500 --format ndjson --from 5h', since(NOW - 5 * HOUR)],
    ['list -n 500 --format ndjson --from today', since(TODAY)],
    ['list -n 500 --format ndjson --from yesterday --to yesterday', 48],
    ['list -n 500 --format ndjson --around 3h --window 1h', since(NOW - 4 * HOUR) - since(NOW - 2 * HOUR)],
    ['export --since 2d --until 1h', since(NOW - 2 * DAY) - since(NOW - HOUR)],
    ['export --from this-week --to now', since(Date.parse('2026-11-16T00:00:00Z'))],
    ['export --action member.joined --from 1h', since(NOW - HOUR)],
  ])('%s', async (command, rows) => {
    const { base } = await serve();
    const { code, stdout, stderr } = await run(`${command} --base-url ${base} --rate off`, options);
    expect(lines(stdout)).toBe(rows);
    expect(code).toBe(0);
    check(stderr);
    // Two hours on either side it is the same day.
    const isSame = Math.abs(ahead) < DAY && /today|yesterday/.test(command);
    expect(/from 2026-11-\S+ until \S+, by the server's clock/.test(stderr)).toBe(!isSame);
  });

  test('export --from today -o FILE and its manifest go by the server’s clock', async () => {
    const { base } = await serve();
    const home = await makeHome();
    const line = `export --from today -o out.ndjson --manifest --base-url ${base} --rate off`;
    const { code, stderr } = await run(line, { ...options, home });
    expect(code).toBe(0);
    check(stderr);
    expect(lines(await readFile(join(home, 'out.ndjson'), 'utf8'))).toBe(since(TODAY));
    const manifest = JSON.parse(await readFile(join(home, 'out.ndjson.manifest.json'), 'utf8')) as {
      readonly query: { readonly from: string; readonly before: string | null };
    };
    expect(manifest.query).toMatchObject({ from: '2026-11-20T00:00:00Z', before: null });
  });

  test('export --split day --from yesterday can be run twice', async () => {
    const { base } = await serve();
    const home = await makeHome();
    const line = `export --split day --from yesterday -o days/ --base-url ${base} --rate off`;
    for (const again of [false, true]) {
      const { code, stderr } = await run(line, { ...options, home });
      expect(code, stderr).toBe(0);
      check(stderr);
      expect(stderr, String(again)).toContain('2026-11-19 to 2026-11-20');
    }
  });

  test.each(['', '--exact', '--by action'])('stats --from this-week --every day %s', async (flags) => {
    const { base } = await serve();
    const line = `stats --from this-week --every day --format json ${flags} --base-url ${base} --rate off`;
    const { code, stdout, stderr } = await run(line, options);
    expect(code).toBe(0);
    check(stderr);
    const honest = await run(line, { env });
    expect(JSON.parse(stdout)).toEqual(JSON.parse(honest.stdout));
    expect((JSON.parse(stdout) as { readonly total: number }).total).toBe(since(Date.parse('2026-11-16T00:00:00Z')));
  });

  test.each(['stats --from 7d --every day', 'stats --every day'])('%s', async (command) => {
    const { base } = await serve();
    const line = `${command} --format json --base-url ${base} --rate off`;
    const { code, stdout, stderr } = await run(line, options);
    expect(code).toBe(0);
    check(stderr);
    const honest = await run(line, { env });
    const days = (text: string) => JSON.parse(text) as { readonly periods?: unknown; readonly total: number };
    expect(days(stdout).total).toBe(days(honest.stdout).total);
  });

  test('tail --since 1h goes by the server’s clock', async () => {
    const { base } = await serve();
    const rows = since(NOW - HOUR);
    const { stdout, stderr } = await tailed(
      `tail --since 1h --format ndjson --base-url ${base} --rate off`,
      options,
      rows,
    );
    expect(lines(stdout)).toBe(rows);
    check(stderr);
  });

  test('tail shows nothing of the past', async () => {
    let extra: readonly string[] = [];
    const { base, asked } = await serve({ rows: (query) => ofDays([...extra, ...ROWS], query) });
    setTimeout(() => {
      extra = [inventRow('new', NOW)];
    }, 500);
    const { stdout } = await tailed(`tail --interval 1s --format ndjson --base-url ${base} --rate off`, options, 1);
    expect(asked.length).toBeGreaterThan(1);
    expect(stdout.trimEnd().split('\n')).toEqual([inventRow('new', NOW)]);
  });

  test('show --latest --from 2h goes by the server’s clock', async () => {
    const { base } = await serve();
    const { code, stdout, stderr } = await run(
      `show --latest --from 2h --format json --base-url ${base} --rate off`,
      options,
    );
    expect(code).toBe(0);
    expect(stdout.trim()).toBe(ROWS[0]);
    check(stderr);
  });

  test('a vendor with days of its own is asked for them', async () => {
    const { base } = await serve();
    const { code, stdout, stderr } = await run(
      `list --all --format ndjson --provider yura --base-url ${base} --rate off`,
      options,
    );
    // Yura's words for pages are others: only what was asked and said matters here.
    expect([0, 3, 5]).toContain(code);
    expect(stdout).toBeDefined();
    expect(stderr).toContain('without --from Yura gives the last 7 days only: use --from for more');
    expect(stderr).toMatch(/from 2026-11-13T14:0\S+ until now, by the server's clock/);
  });

  test.each(['list -n 1', 'export --from 2026-11-19', 'stats --every day', 'show --latest', 'export -o out.csv'])(
    'is said where the range does not go by it: %s',
    async (command) => {
      const { base } = await serve();
      const { code, stderr } = await run(`${command} --base-url ${base} --rate off`, options);
      expect(code).toBe(0);
      check(stderr);
    },
  );

  test('a collector whose beginning was settled by our clock says so', async () => {
    const { base } = await serve();
    const home = await makeHome();
    const made = await run(`collect c --create --from 7d --base-url ${base}`, { ...options, home });
    expect(made.code).toBe(0);
    const { stderr } = await run('collect c --rate off', { ...options, home });
    check(stderr);
    expect(stderr).toContain("--from 7d by this machine's clock when the collector was created");
  });

  test('a server that refuses days to come is asked again', async () => {
    const { base } = await serve({
      refuse: (query) => ((query.get('from') ?? '') > '2026-11-20' ? [400, 'from is in the future'] : undefined),
    });
    const { code, stdout } = await run(`export --from 1h --base-url ${base} --rate off`, options);
    expect(code).toBe(0);
    expect(lines(stdout)).toBe(since(NOW - HOUR));
  });
});

describe('no page is requested twice', () => {
  test.each([
    ['the clocks agree', 0, '--from 1h'],
    ['they are less than a minute apart', 50_000, '--from 1h'],
    ['they differ, and the times are absolute', 3 * DAY, '--from 2026-11-20T13:00:00Z'],
    ['they differ, and the range is the same by both', 2 * HOUR, '--from today'],
    ['they differ, and there is no range', 3 * DAY, '-n 50'],
  ])('where %s', async (_, ahead, flags) => {
    const { base, asked } = await serve();
    const { code } = await run(`list --format ndjson ${flags} --base-url ${base} --rate off`, {
      env,
      now: NOW + ahead,
    });
    expect(code).toBe(0);
    expect(asked).toHaveLength(1);
  });
});

test('the age of a cached answer is added to its time', async () => {
  const now = () => NOW - 2 * DAY;
  const { base } = await serve({ now, headers: { age: String((2 * DAY) / 1000) } });
  const { stdout, stderr } = await run(`export --from 1h --base-url ${base} --rate off`, { env });
  expect(stderr).not.toContain("this machine's clock");
  expect(lines(stdout)).toBe(since(NOW - HOUR));
});

test('the clock of a server that is years off is ignored', async () => {
  const { base } = await serve({ now: () => 0 });
  const { stdout, stderr } = await run(`export --from 1h --base-url ${base} --rate off`, { env });
  expect(stderr).not.toContain("this machine's clock");
  expect(lines(stdout)).toBe(since(NOW - HOUR));
});

test('an interrupted export goes on with the instants that it began with', async () => {
  let failing = true;
  const serving: RowServing = {
    rows: (query) => ofDays(MANY, query),
    refuse: (query) =>
      failing && Number(query.get('page')) > 20 && (query.get('to') ?? '9') < '2026-11-05'
        ? [403, 'not now']
        : undefined,
  };
  const { base } = await serve(serving);
  const home = await makeHome();
  const line = `export --from 30d -o out.ndjson --manifest --base-url ${base} --rate off`;
  const options = { env, home, now: NOW + 3 * DAY };
  expect((await run(line, options)).code).not.toBe(0);
  failing = false;
  const second = await run(line, { ...options, now: NOW + 5 * DAY });
  expect(second.stderr).toContain('resuming after');
  expect(second.code).toBe(0);
  const text = await readFile(join(home, 'out.ndjson.manifest.json'), 'utf8');
  expect((JSON.parse(text) as { readonly query: { readonly from: string } }).query.from).toMatch(/^2026-10-21T14:00/);
  expect(lines(await readFile(join(home, 'out.ndjson'), 'utf8'))).toBe(
    MANY.filter((row) => (JSON.parse(row) as { readonly created_at: string }).created_at >= '2026-10-21T14:00:00')
      .length,
  );
});

const MANY = Array.from({ length: 8000 }, (_, at) =>
  inventRow(`m${String(at).padStart(5, '0')}`, NOW - MINUTE - Math.floor((at * 40 * DAY) / 8000)),
);
