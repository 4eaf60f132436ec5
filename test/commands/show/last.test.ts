import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeHome, NOW, run } from '../../helpers/world.js';

const STATE = '.local/state/auditlog/last-list.json';

const line = (id: string | undefined, n: number, name = `Person ${n}`) =>
  JSON.stringify({
    ...(id === undefined ? {} : { id }),
    created_at: new Date(NOW - n * 60_000).toISOString(),
    action: 'member.joined',
    actor: { id: `usr_${n}`, name, email: `p${n}@x.io` },
    org: { id: 'org_1' },
  });

async function exported(lines: readonly string[]): Promise<string> {
  const home = await makeHome();
  await writeFile(join(home, 'log.ndjson'), `${lines.join('\n')}\n`);
  return home;
}

describe('show --nth', () => {
  test('shows a row of the last list, whose file is private and has no content of events', async () => {
    const home = await makeHome();
    await run('list --demo -n 5', { home });
    // Not a table: it does not count as a list.
    const listed = await run('list --demo -n 6 -f ndjson', { home });
    const third = JSON.parse(listed.stdout.split('\n')[2] ?? '') as { id: string; actor: { name: string } };
    const { code, stdout, stderr } = await run('show --demo --nth 3 -f json', { home });
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { id: string }).id).toBe(third.id);
    expect(stderr).toBe('row 3 of: auditlog list --demo -n 5\n');
    const saved = await readFile(join(home, STATE), 'utf8');
    expect((await stat(join(home, STATE))).mode & 0o777).toBe(0o600);
    expect(saved).toContain(third.id);
    expect(saved).not.toContain(third.actor.name);
  });

  test.each(['chipp', 'rpawatch', 'yura'])('works for %s', async (vendor) => {
    const home = await makeHome();
    await run(`list --demo --provider ${vendor} -n 4`, { home });
    const listed = await run(`list --demo --provider ${vendor} -n 4 -f ndjson`, { home });
    const { code, stdout } = await run(`show --demo --provider ${vendor} --nth 4 -f json`, { home });
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${listed.stdout.split('\n')[3]}\n` });
  });

  test('works for an earlier export, also without ids', async () => {
    const home = await exported([line(undefined, 1), line(undefined, 2, 'Bo'), line('id_3', 3)]);
    await run('list --input log.ndjson', { home });
    const { stdout } = await run('show --input log.ndjson --nth 2', { home });
    expect(stdout).toContain('Bo <p2@x.io>');
    expect((await run('show --input log.ndjson --nth 3', { home })).stdout).toContain('id_3');
  });

  test('counts the rows of the page that was shown', async () => {
    const home = await exported(Array.from({ length: 9 }, (_, n) => line(`id_000${n}`, n)));
    await run('list --input log.ndjson -n 3 --page 2', { home });
    expect((await run('show --input log.ndjson --nth 1', { home })).stdout).toContain('id_0003');
  });

  test('says that there is no list, too few rows, or a list of another log', async () => {
    const home = await exported([line('id_000001', 1), line('id_000002', 2)]);
    const none = await run('show --input log.ndjson --nth 1', { home });
    expect(none).toMatchObject({ code: 2, stdout: '' });
    expect(none.stderr).toBe('error: --nth 1: no list was made yet\nauditlog list --input log.ndjson\n');
    await run('list --input log.ndjson', { home });
    const few = await run('show --input log.ndjson --nth 3', { home });
    expect(few).toMatchObject({ code: 2, stdout: '' });
    expect(few.stderr).toBe(
      'error: --nth 3: the last list has 2 rows to choose from\nauditlog list --input log.ndjson -n 3\n',
    );
    const other = await run('show --demo --nth 1', { home });
    expect(other).toMatchObject({ code: 2, stdout: '' });
    expect(other.stderr).toBe(
      'error: --nth 1: the last list was of another log: auditlog list --input log.ndjson\nauditlog show --nth 1 --input log.ndjson\n',
    );
  });

  test('says that the event is gone rather than show another', async () => {
    const home = await exported([line(undefined, 1), line(undefined, 2)]);
    await run('list --input log.ndjson', { home });
    await writeFile(join(home, 'log.ndjson'), `${line(undefined, 1, 'Changed')}\n${line(undefined, 2)}\n`);
    const { code, stdout, stderr } = await run('show --input log.ndjson --nth 1', { home });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('error: --nth 1: the log no longer has this event');
  });

  test('a damaged file of the last list is none, and a list is no less right where it cannot be saved', async () => {
    const home = await exported([line('id_000001', 1)]);
    await run('list --input log.ndjson', { home });
    await writeFile(join(home, STATE), '{}');
    expect((await run('show --input log.ndjson --nth 1', { home })).stderr).toContain('no list was made yet');
    const env = { AUDITLOG_STATE_DIR: join(home, 'log.ndjson') };
    expect(await run('list --input log.ndjson', { home, env })).toMatchObject({ code: 0, stderr: '1 event\n' });
  });
});

describe('show with the beginning of an id', () => {
  const LOG = [line('al_abcdefgh', 1), line('al_abcdzzzz', 2), line('al_abcdefghij', 3), line('al_qqqqqqqq', 4)];

  test.each<[string, string, string]>([
    ['its first characters', 'al_qqq', 'al_qqqqqqqq'],
    ['all of it, also where another one begins so', 'al_abcdefgh', 'al_abcdefgh'],
    ['all of a longer one', 'al_abcdefghij', 'al_abcdefghij'],
    ['enough of it', 'al_abcdz', 'al_abcdzzzz'],
  ])('takes %s', async (_, typed, id) => {
    const home = await exported(LOG);
    const { code, stdout } = await run(`show --input log.ndjson ${typed}`, { home });
    expect(code).toBe(0);
    expect(stdout).toContain(`  Id      ${id}\n`);
  });

  test('lists the events where several begin so', async () => {
    const home = await exported(LOG);
    const { code, stdout, stderr } = await run('show --input log.ndjson al_abcd', { home });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(`error: id al_abcd is ambiguous: 3 events have ids that begin so
Give more of the id:
al_abcdefgh  2026-11-20T13:59:00Z  Member Joined  Person 1
al_abcdzzzz  2026-11-20T13:58:00Z  Member Joined  Person 2
al_abcdefghij  2026-11-20T13:57:00Z  Member Joined  Person 3
`);
  });

  test('needs six characters', async () => {
    const home = await exported(LOG);
    const { code, stderr } = await run('show --input log.ndjson al_qq', { home });
    expect(code).toBe(2);
    expect(stderr).toContain('no event al_qq among');
    expect(stderr).toContain('The beginning of an id needs 6 characters\n');
  });

  test('takes an id with white space around it, and tells a row from an id', async () => {
    const home = await exported(LOG);
    const found = await run(['show', '--input', 'log.ndjson', ' al_abcdefgh\r'], { home });
    expect(found).toMatchObject({ code: 0 });
    const { stderr } = await run('show --input log.ndjson 2', { home });
    expect(stderr).toContain('For row 2 of the last list: auditlog show --nth 2\n');
  });

  test('looks at the whole log, and takes a short id of the last list as that list meant it', async () => {
    const home = await makeHome();
    const listed = await run('list --demo -n 4 --ids --no-color --no-pager', { home, tty: { columns: 80 } });
    const short = listed.stdout.split('\n')[3]!.split(' ')[0]!;
    expect(short).toHaveLength(8);
    const quick = await run(`show --demo ${short} -f json`, { home });
    const { id } = JSON.parse(quick.stdout) as { id: string };
    expect(id.startsWith(short)).toBe(true);
    expect(quick.stderr).toBe(`${short} is ${id} of the last list\n`);
    const whole = await run(`show --demo --from 3d ${short.slice(0, 7)} -f json`, { home });
    expect(whole.stdout).toBe(quick.stdout);
    expect(whole.stderr).toMatch(/\nfound among the [\d,]+ (?:newest of|events)/);
  });
});

describe('a vendor without ids', () => {
  test.each(['show --demo --provider yura abcdefgh', 'list --demo --provider yura --ids'])('%s', async (command) => {
    const { code, stdout, stderr } = await run(command);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain("Yura's events have no ids\n");
    expect(stderr).toContain('auditlog show --nth 3');
  });
});

describe('show on a terminal', () => {
  test('wraps texts under their label, and goes through the pager where it is longer than the screen', async () => {
    const tty = { columns: 60, rows: 12 };
    const env = { AUDITLOG_PAGER: 'sed s/^/paged:/' };
    const { stdout } = await run('show --demo --latest --no-color --no-pager', { tty });
    expect(stdout).toMatch(/\n {2}User agent {2}\S.*\n {14}\S/);
    for (const text of stdout.split('\n')) expect([...text].length).toBeLessThanOrEqual(60);
    const paged = await run('show --demo --latest --no-color', { tty, env });
    expect(paged.stdout).toBe('');
    expect((await run('show --demo --latest --no-color', { tty: { columns: 60, rows: 90 }, env })).stdout).toBe(stdout);
  });

  test('without a network names --input', async () => {
    const env = { AUDITLOG_API_KEY: 'k_1234567890abcdef' };
    const { code, stderr } = await run('show al_1 --base-url http://127.0.0.1:1', { env });
    expect(code).toBe(5);
    expect(stderr).toContain('Offline, read an earlier export: auditlog show ID --input FILE\n');
  });
});

describe('the table of list on a terminal', () => {
  test.each<[string, RegExp]>([
    ['--from yesterday', /^\S+ \d\d \d\d:\d\d:\d\d$/],
    ['--around 2026-11-19T12:00 --window 9d', /^\S+ \d\d \d\d:\d\d:\d\d$/],
    ['--outside 20:00-21:00', /^\S+ \d\d \d\d:\d\d:\d\d$/],
    ['--from 30d', /^(?:\S+ \d\d \d\d:\d\d|\d+m ago|just now)$/],
    ['--time relative', / ago$|^just now$/],
    ['--time iso', /^2026-11-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/],
  ])('with %s has times of one form', async (flags, form) => {
    const home = await exported([5, 12, 300, 700].map((n) => line(`id_${n}`, n)));
    const { stdout } = await run(`list --input log.ndjson --no-color --no-pager ${flags}`, {
      home,
      tty: { columns: 100 },
    });
    const rows = stdout.trimEnd().split('\n').slice(1);
    expect(rows).toHaveLength(4);
    for (const one of rows) expect(one.split(/ {2,}/).at(-1)).toMatch(form);
  });

  test('says below what it hides, and how to see that', async () => {
    const home = await exported([5, 300].map((n) => line(`id_${n}`, n, `Person With A Long Name ${n}`)));
    const { stderr } = await run('list --input log.ndjson --no-pager', { home, tty: { columns: 80 } });
    expect(stderr).toContain(
      'hidden to fit 80 columns: emails and Source\nto see all of a row: auditlog show --nth 1 --input log.ndjson\n',
    );
    expect((await run('list --input log.ndjson', { home })).stderr).not.toContain('hidden');
  });

  test('takes --time and --ids for tables alone', async () => {
    for (const flag of ['--time iso', '--ids']) {
      const { code, stderr } = await run(`list --demo ${flag} -f csv`);
      expect(code).toBe(2);
      expect(stderr).toContain('needs a table: the format is csv');
    }
  });
});
