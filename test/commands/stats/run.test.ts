import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeHome, run } from '../../helpers/world.js';

interface Json {
  readonly total: number;
  readonly zone: string;
  readonly answered_by: string;
  readonly rows: readonly { readonly events: number; readonly [name: string]: unknown }[];
}

async function json(line: string, home?: string): Promise<Json> {
  const { code, stdout, stderr } = await run(`stats --format json ${line}`, home === undefined ? {} : { home });
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Json;
}

describe('auditlog stats', () => {
  test('counts actions, and equals the server’s own count', async () => {
    const { code, stdout, stderr } = await run('stats --demo --from 30d --top 3');
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^Action +Events +Share$/);
    expect(lines).toHaveLength(6);
    expect(lines[4]).toMatch(/^other \(\d+\) /);
    expect(stderr).toMatch(/^Counted [\d,]+ events\. Complete: the server reports the same count \(checked /m);
  });

  test.each([
    ['email', 'warning: column email is empty for every event\nDid you mean --by actor.email?\n'],
    ['metadata.colour', 'warning: column metadata.colour is empty for every event\nCounted '],
    ['user', 'events are counted together only where all are equal\nDid you mean --by actor?\n'],
    ['org.config', 'events are counted together only where all are equal\nDid you mean --by org.config.'],
  ])('--by %s warns that it does not group', async (name, warning) => {
    const { code, stderr } = await run(`stats --demo --from 3d --by ${name}`);
    expect(code).toBe(0);
    expect(stderr).toContain(warning);
  });

  test.each(['actor', 'country', 'metadata.new_role'])('--by %s warns of nothing', async (name) => {
    const { stderr } = await run(`stats --demo --from 30d --by ${name}`);
    expect(stderr).not.toMatch(/^warning|^Did you mean/m);
  });

  test('counts exactly what list lists', async () => {
    const listed = await run('list --demo --from 20d --all --format ndjson --quiet');
    const actors = new Map<string, number>();
    for (const line of listed.stdout.trimEnd().split('\n')) {
      const { actor } = JSON.parse(line) as { actor: { email: string } | null };
      const name = actor?.email ?? 'System';
      actors.set(name, (actors.get(name) ?? 0) + 1);
    }
    const { rows, total } = await json('--demo --from 20d --by actor --quiet');
    expect(new Map(rows.map(({ actor, events }) => [actor, events]))).toEqual(actors);
    expect(total).toBe([...actors.values()].reduce((sum, one) => sum + one, 0));
  });

  test('answers months of a year from 12 counts, and says so', async () => {
    const range = '--every month --from 2025-11-01 --to 2026-10-31';
    const counted = await run(`stats --demo ${range} --debug`);
    expect(counted.code).toBe(0);
    expect(counted.stderr.match(/^debug: GET /gm)).toHaveLength(12);
    expect(counted.stderr).toMatch(
      /^The server reports [\d,]+ events \(checked 2026-11-20 14:\d\d UTC, 12 requests\)\. Its days begin at midnight/m,
    );
    const fromCounts = await json(`--demo ${range} --quiet`);
    const fromEntries = await json(`--demo ${range} --exact --quiet`);
    expect(fromCounts).toEqual({ ...fromEntries, answered_by: 'counts', zone: 'vendor' });
  });

  test('reads every event when days of another zone are asked for', async () => {
    const { answered_by, zone } = await json('--demo --every day --from 7d --tz Asia/Tokyo --quiet');
    expect({ answered_by, zone }).toEqual({ answered_by: 'entries', zone: 'Asia/Tokyo' });
  });

  test('gives the same result for an earlier export', async () => {
    const home = await makeHome();
    await run('export --demo --from 10d -o x.csv.gz', { home });
    for (const how of ['--by category,kind', '--every day', '--by weekday,hour', '--by actor --every week --top 2']) {
      const asked = await run(`stats --demo --from 10d ${how} --quiet`, { home });
      const found = await run(`stats --input x.csv.gz --from 10d ${how} --quiet`, { home });
      expect(found, how).toEqual(asked);
    }
  });

  test('gives the same result for one history, whichever vendor logs it', async () => {
    for (const how of [
      '--every month --from 2026-05-01 --to 2026-10-31',
      '--by weekday,hour --from 40d',
      '--every week --from 40d',
    ]) {
      const told = [];
      for (const provider of ['invent', 'chipp', 'rpawatch', 'yura']) {
        const { rows, total } = await json(`--demo --provider ${provider} ${how} --quiet`);
        told.push({ rows: rows.map((row) => JSON.stringify(row)).sort(), total });
      }
      expect(told[0]?.total).toBeGreaterThan(500);
      for (const one of told) expect(one, how).toEqual(told[0]);
    }
  });

  test('finds the night of the mass deletions', async () => {
    const { code, stdout } = await run('stats --demo --kind delete --by actor --every hour --over 20 --quiet');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Hour +Actor +Events +Share\n2026-11-\d\dT02:00Z +rowan\.pike@lumenharbor\.example +\d\d +\S+ % +█+\ntotal /,
    );
  });

  test('writes CSV and NDJSON', async () => {
    const csv = await run('stats --demo --from 30d --by kind --format csv --quiet');
    expect(csv.stdout).toMatch(/^kind,events,share\r\n(?:\w+,\d+,0\.\d+\r\n)+$/);
    const ndjson = await run('stats --demo --from 2d --every day --format ndjson --quiet');
    for (const line of ndjson.stdout.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('day');
  });

  test.each(['github', 'asana', 'tines'])(
    'reads a file of %s without the names that its address needs',
    async (vendor) => {
      const home = await makeHome();
      const file = join(home, 'empty.ndjson');
      writeFileSync(file, '');
      const { code, stdout, stderr } = await run(['stats', '--provider', vendor, '--input', file, '--format', 'json'], {
        home,
      });
      expect(code, stderr).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ total: 0 });
    },
  );

  test('does not count a person who is called System, or has that id, with what nobody did', async () => {
    const home = await makeHome();
    const lines = [null, { id: 'System', name: 'System' }, { id: 'usr_1', name: 'System' }, null].map((actor, at) =>
      JSON.stringify({ id: `al_${at}`, created_at: `2026-11-20T0${at}:00:00Z`, action: 'chat.deleted', actor }),
    );
    writeFileSync(join(home, 'in.ndjson'), `${lines.join('\n')}\n`);
    const { stdout } = await run('stats --provider invent --input in.ndjson --by actor -f json', { home });
    expect(JSON.parse(stdout).rows.map((row: Record<string, unknown>) => [row.actor, row.events])).toEqual([
      ['System', 2],
      ['System (System)', 1],
      ['System (usr_1)', 1],
    ]);
  });

  test('has completions for --by', async () => {
    const { stdout } = await run(['complete', '=action,co', '--', 'stats', '--by']);
    expect(stdout).toBe('action,country\t\n:none\n');
    expect((await run(['complete', '=', '--', 'stats', '--every'])).stdout).toBe(
      'hour\t\nday\t\nweek\t\nmonth\t\n:none\n',
    );
    expect((await run(['complete', '=', '--', 'stats', '--input'])).stdout).toBe(':files\n');
  });

  test.each([
    ['stats --demo --by actoin', 'column "actoin" does not exist'],
    ['stats --demo --every year', 'invalid --every "year": expected hour, day, week, month'],
    ['stats --demo --top 3 --over 2', '--over and --top cannot be combined'],
    ['stats --demo --over many', 'invalid --over "many": expected a whole number'],
  ])('stats %s is rejected', async (line, message) => {
    const { code, stderr } = await run(line);
    expect(code).toBe(2);
    expect(stderr).toContain(`error: ${message}`);
  });
});
