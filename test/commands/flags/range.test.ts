import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inventRow, ofDays, type RowServer, serveRows } from '../../helpers/rowserver.js';
import { makeHome, NOW, run } from '../../helpers/world.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const env = { AUDITLOG_API_KEY: 'key_of_the_usual_range_0123456' };

/** Four a day for ninety days, newest first. */
const TIMES = Array.from({ length: 360 }, (_, at) => NOW - 60_000 - at * 6 * HOUR);
const ROWS = TIMES.map((time, at) => inventRow(`e${String(at).padStart(3, '0')}`, time));
const within = (days: number): number => TIMES.filter((time) => time >= NOW - days * DAY).length;
const lines = (text: string): number => text.split('\n').filter((line) => line !== '').length;

/** A vendor in Invent's words that has a first day alone. */
function vendor(dates: object): object {
  return {
    name: 'acme',
    title: 'Acme',
    path: '/log',
    auth: { header: 'Authorization', scheme: 'Bearer' },
    paging: { style: 'page', page: 'page', size: 'take', max: 100 },
    total: { header: 'pagination-count' },
    dates: { from: 'from', format: 'day', ...dates },
    fields: { id: 'id', time: 'created_at', action: 'action', actor: { id: 'actor.id', name: 'actor.name' } },
  };
}

interface Case {
  readonly what: string;
  readonly dates: object;
  /** What the server does without a first day. */
  readonly refuses: boolean;
  readonly days: number;
}

const cases: readonly Case[] = [
  { what: 'refuses a request without a range', dates: { required: true }, refuses: true, days: 30 },
  { what: 'gives its last days only', dates: { defaultDays: 7 }, refuses: false, days: 7 },
  { what: 'gives a day, and refuses no range', dates: { defaultDays: 1, required: true }, refuses: true, days: 1 },
];

describe.each(cases)('a vendor that $what', ({ dates, refuses, days }) => {
  let home = '';
  let server: RowServer;
  beforeAll(async () => {
    home = await makeHome();
    await writeFile(join(home, 'acme.json'), JSON.stringify(vendor(dates)));
    server = await serveRows({
      rows: (query) => ofDays(ROWS, query),
      refuse: (query) => (refuses && !query.has('from') ? [400, 'from is required'] : undefined),
    });
  });
  afterAll(() => server.close());

  const ask = (line: string, more: Parameters<typeof run>[1] = {}) =>
    run(`${line} --provider ./acme.json --base-url ${server.base} --rate off`, { env, home, ...more });
  const said = `without --from Acme gives the last ${days === 1 ? 'day' : `${days} days`} only: use --from for more`;

  test.each([
    ['list --all --format ndjson', within(days)],
    ['list -n 3 --format ndjson', Math.min(3, within(days))],
    ['export', within(days)],
    ['export --action member.joined', within(days)],
    ['list --all --format ndjson --to 2026-11-19', 4 * days],
    ['list --format json --search e000', 1],
  ])('%s', async (command, rows) => {
    const { code, stdout, stderr } = await ask(command);
    expect(code, stderr).toBe(0);
    expect(command.includes('json --search') ? JSON.parse(stdout).length : lines(stdout)).toBe(rows);
    expect(stderr.split(said)).toHaveLength(2);
    expect(stderr).toMatch(/from 2026-1[01]-\d\dT\S+ until /);
  });

  test.each(['list --all --format ndjson --from 60d', 'export --from 2026-09-21T14:00:00Z'])(
    '%s is asked for as it is',
    async (command) => {
      const { code, stdout, stderr } = await ask(command);
      expect(code, stderr).toBe(0);
      expect(lines(stdout)).toBe(within(60));
      expect(stderr).not.toContain('without --from');
    },
  );

  test.each(['stats --every day', 'stats --every day --exact', 'stats --by actor'])('%s', async (command) => {
    const { code, stdout, stderr } = await ask(`${command} --format json`);
    expect(code, stderr).toBe(0);
    expect((JSON.parse(stdout) as { readonly total: number }).total).toBe(within(days));
    expect(stderr).toContain(said);
  });

  test('show --latest and show ID find events of the usual range', async () => {
    const latest = await ask('show --latest --format json');
    expect(latest.stdout.trim()).toBe(ROWS[0]);
    const old = await ask('show e300');
    expect(old.code).toBe(2);
    expect(old.stderr).toContain('Was it at another time?');
    expect((await ask('show e300 --from 89d --format json')).stdout.trim()).toBe(ROWS[300]);
  });

  test.each([
    ['tail --format ndjson', 0],
    ['list --follow -n 3 --format ndjson', Math.min(3, within(days))],
    ['tail --since 1d --format ndjson', 4],
  ])('%s', async (command, rows) => {
    const stop = new AbortController();
    let out = '';
    const began = setTimeout(() => stop.abort(new Error('too late')), 8000);
    const { stdout, stderr } = await ask(command, {
      signal: stop.signal,
      onStderr: (chunk) => {
        out += chunk;
        if (out.includes('looking for new events')) setTimeout(() => stop.abort(new Error('seen')), 100);
      },
    });
    clearTimeout(began);
    expect(lines(stdout), stderr).toBe(rows);
    expect(stderr).toContain('looking for new events');
    expect(stderr.includes(said)).toBe(command.startsWith('list'));
  });

  test('collect and export --split day begin where they are told to', async () => {
    for (const command of ['collect c --create', 'export --split day -o days/']) {
      const { code, stderr } = await ask(command);
      expect(code).toBe(2);
      expect(stderr).toContain('missing --from: without it Acme starts in the middle of a day');
    }
    const made = await run(`collect c --create --from 2026-10-01 --provider ./acme.json --base-url ${server.base}`, {
      env,
      home,
      cwd: home,
    });
    expect(made.code, made.stderr).toBe(0);
    const ran = await run('collect c --rate off', { env, home, cwd: home });
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toContain(`${TIMES.filter((time) => time >= Date.parse('2026-10-01')).length} new events`);
  });

  test('doctor and auth login request days that the vendor has', async () => {
    const doctor = await ask('doctor');
    expect(doctor.stdout).not.toContain('from is required');
    const login = await ask('auth login', { typed: env.AUDITLOG_API_KEY });
    expect(login.stderr).not.toContain('from is required');
  });
});
