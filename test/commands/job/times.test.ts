import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { inventRow, ofDays, type RowServer, serveRows } from '../../helpers/rowserver.js';
import { makeHome, NOW, type Ran, type RunOptions, run } from '../../helpers/world.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const env = { AUDITLOG_API_KEY: 'key_of_the_judged_tests_012345' };

const servers: RowServer[] = [];
afterAll(async () => {
  for (const server of servers) await server.close();
});

/** Entries of the last hours, newest first, with a row put in the place of the fourth. */
function withRow(row: string): readonly string[] {
  return Array.from({ length: 25 }, (_, at) => (at === 3 ? row : inventRow(`e${at}`, NOW - at * HOUR - 60_000)));
}

async function serve(rows: readonly string[]): Promise<RowServer> {
  const server = await serveRows({ rows: () => rows });
  servers.push(server);
  return server;
}

async function ask(line: string, rows: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { base } = await serve(rows);
  return run(`${line} --base-url ${base} --rate off`, { env, ...options });
}

/** Stops a tail once something of it has been seen. */
async function tailed(line: string, rows: readonly string[], until: RegExp): Promise<Ran> {
  const stop = new AbortController();
  let seen = '';
  const onStderr = (chunk: string): void => {
    seen += chunk;
    if (until.test(seen)) setTimeout(() => stop.abort(new Error('seen')), 100);
  };
  setTimeout(() => stop.abort(new Error('too late')), 8000);
  return ask(line, rows, { signal: stop.signal, onStderr });
}

const FOREIGN = inventRow('al_1', NOW - 3 * HOUR, 'member.left');
const FAR = inventRow('al_2', NOW - 90 * DAY);
const UNTIMED = inventRow('al_3', 'soon');

interface Case {
  readonly what: string;
  readonly row: string;
  readonly flags: string;
  /** What is said, and whether it spoils the answer. */
  readonly said: RegExp;
  readonly exit: 0 | 3;
  /** Whether the row is in the output. */
  readonly kept: boolean;
}

const cases: readonly Case[] = [
  {
    what: 'a row of another action',
    row: FOREIGN,
    flags: '--action member.joined',
    said: /the server returned 1 event of another action \(member\.left, id al_1\) than member\.joined, which was asked for; it was dropped/,
    exit: 3,
    kept: false,
  },
  {
    what: 'a row of another action in a range',
    row: FOREIGN,
    flags: '--action member.joined --from 2d',
    said: /the server returned 1 event of another action/,
    exit: 3,
    kept: false,
  },
  {
    what: 'a row far outside the days',
    row: FAR,
    flags: '--from 5d',
    said: /the server returned 1 event outside the requested days \(id al_2\)/,
    exit: 3,
    kept: false,
  },
  {
    what: 'a row without a valid time in a range',
    row: UNTIMED,
    flags: '--from 5d',
    said: /1 event without a valid time cannot be compared with the range \(id al_3\); it is in the output/,
    exit: 3,
    kept: true,
  },
  {
    what: 'a row without a valid time, and no range',
    row: UNTIMED,
    flags: '',
    said: /1 event has no valid time \(id al_3\)/,
    exit: 0,
    kept: true,
  },
];

describe.each(cases)('$what', ({ row, flags, said, exit, kept }) => {
  const rows = withRow(row);
  const id = (JSON.parse(row) as { id: string }).id;

  test.each(['list --format ndjson', 'list --all --format ndjson', 'list --page 1 -n 60 --format ndjson', 'export'])(
    '%s',
    async (command) => {
      const { code, stdout, stderr } = await ask(`${command} ${flags}`, rows);
      expect(stderr).toMatch(said);
      expect(code).toBe(exit);
      expect(stdout.includes(`"${id}"`)).toBe(kept);
      expect(stderr.match(said)).toHaveLength(1);
    },
  );

  test('stats says which times cannot be read', async () => {
    const { code, stderr } = await ask(`stats --by actor ${flags}`, rows);
    expect(stderr).toMatch(said);
    expect(code).toBe(exit);
  });

  test('export -o and its manifest report times that cannot be read', async () => {
    const home = await makeHome();
    const { code, stderr } = await ask(`export -o out.ndjson --manifest ${flags}`, rows, { home });
    expect(stderr).toMatch(said);
    expect(code).toBe(exit);
    const manifest = await readFile(join(home, 'out.ndjson.manifest.json'), 'utf8');
    expect(said.test(manifest)).toBe(exit === 3);
  });

  test('export --split day keeps entries whose times cannot be read apart', async () => {
    const from = flags.includes('--from') ? flags.replace(/--from \dd/, '--from 2026-11-16') : flags;
    const { code, stderr } = await ask(`export --split day -o days/ ${from}`, rows);
    expect(stderr).toMatch(said);
    expect(code).toBe(exit);
  });

  test('tail says which times cannot be read', async () => {
    const since = `--since 2d ${flags.replace(/--from \dd/, '')}`;
    if (exit === 0) return;
    const { stderr, stdout } = await tailed(`tail --format ndjson ${since}`, rows, said);
    expect(stderr).toMatch(said);
    expect(stdout.includes(`"${id}"`)).toBe(kept);
  });
});

test.each([
  ['--latest --action member.joined', [FOREIGN], 3, /another action/],
  ['--latest --action member.joined', [FOREIGN, inventRow('e1', NOW - 4 * HOUR)], 3, /another action/],
  ['--latest --from 5d', [UNTIMED, inventRow('e1', NOW - HOUR)], 3, /without a valid time/],
  ['--latest', [UNTIMED, inventRow('e1', NOW - HOUR)], 0, /has no valid time/],
])('show %s', async (flags, rows, exit, said) => {
  const { code, stderr } = await ask(`show ${flags}`, rows);
  expect(stderr).toMatch(said);
  expect(code).toBe(exit);
});

test.each([
  ['list --from 3d -n 5', 25],
  ['show --latest --from 3d', 25],
  // More than can be read to the end for want of another way.
  ['list --from 9d -n 5', 1200],
])('a row of another day in the place of a new one is met before there is enough: %s', async (line, size) => {
  for (const place of [0, 3]) {
    const rows = Array.from({ length: size }, (_, at) =>
      at === place ? FAR : inventRow(`e${at}`, NOW - (at * 8 * DAY) / size - 60_000),
    );
    const server = await serveRows({
      rows: (query) => rows.filter((row) => row === FAR || ofDays([row], query).length > 0),
    });
    servers.push(server);
    const { code, stderr } = await run(`${line} --base-url ${server.base} --rate off`, { env });
    expect(stderr).toContain('outside the requested days (id al_2)');
    expect(code).toBe(3);
  }
});

describe('a collector', () => {
  test.each([
    ['--action member.joined', FOREIGN, 3, /another action \(member\.left, id al_1\)/],
    ['--from 2026-11-15', FAR, 3, /outside the requested days \(id al_2\)/],
    ['', UNTIMED, 0, /1 event has no valid time \(id al_3\)/],
    ['--from 2026-11-15', UNTIMED, 0, /1 event has no valid time \(id al_3\)/],
  ])('with %s', async (flags, row, exit, said) => {
    const home = await makeHome();
    const { base } = await serve(withRow(row));
    const made = await run(`collect c --create --base-url ${base} ${flags}`, { env, home });
    expect(made.code, made.stderr).toBe(0);
    for (const again of [false, true]) {
      const { code, stderr } = await run('collect c --rate off', { env, home });
      expect(code, stderr).toBe(exit);
      if (exit === 3 || !again) expect(stderr).toMatch(said);
    }
  });
});

test('an earlier export with times that cannot be read is judged alike', async () => {
  const stdin = `${withRow(UNTIMED).join('\n')}\n`;
  const ranged = await run('list --input - --from 5d', { stdin });
  expect(ranged.stderr).toMatch(/without a valid time cannot be compared with the range \(id al_3\)/);
  expect(ranged.code).toBe(3);
  const whole = await run('export --input -', { stdin });
  expect(whole.stderr).toMatch(/1 event has no valid time/);
  expect(whole.code).toBe(0);
});

test('what an interrupted run has found is still said by the run that goes on', async () => {
  // Enough for several windows: the foreign row is in the newest, the server fails in an older one.
  const days = 60;
  const rows = Array.from({ length: 6500 }, (_, at) =>
    inventRow(
      `e${String(at).padStart(5, '0')}`,
      NOW - 60_000 - Math.floor((at * days * DAY) / 6500),
      at === 3 ? 'member.left' : 'member.joined',
    ),
  );
  let failing = true;
  const server = await serveRows({
    rows: (query) => ofDays(rows, query),
    refuse: (query) =>
      failing && Number(query.get('page')) > 20 && (query.get('to') ?? '9') < '2026-11-01'
        ? [403, 'not now']
        : undefined,
  });
  servers.push(server);
  const home = await makeHome();
  const line = `export --action member.joined -o out.ndjson --base-url ${server.base} --rate off`;
  const first = await run(line, { env, home });
  expect(first.code).not.toBe(0);
  failing = false;
  const second = await run(line, { env, home });
  expect(second.stderr).toContain('resuming after');
  expect(second.stderr).toContain('another action (member.left, id e00003)');
  expect(second.code).toBe(3);
});
