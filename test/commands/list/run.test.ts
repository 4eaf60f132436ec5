import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeHome, run, runCli, spawnCli } from '../../helpers/world.js';

function ids(ndjson: string): string[] {
  return ndjson
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: string }).id);
}

describe('the number of events', () => {
  test('is 50 by default, and the footer says of how many and how to see more', async () => {
    const { code, stdout, stderr } = await run('list --demo');
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(51);
    expect(stderr).toMatch(/^Showing 1–50 of \d\d,\d\d\d\. More: --page 2, or --all\n$/);
  });

  test('can be chosen, also with -n', async () => {
    const { stdout } = await run('ls --demo -n 7 --format ndjson');
    expect(ids(stdout)).toHaveLength(7);
  });

  test('on pages adds up without gap or overlap', async () => {
    const whole = await run('list --demo -n 30 --format ndjson');
    const pages = await Promise.all([1, 2, 3].map((page) => run(`list --demo -n 10 --page ${page} --format ndjson`)));
    expect(pages.flatMap(({ stdout }) => ids(stdout))).toEqual(ids(whole.stdout));
    expect(pages[2]?.stderr).toMatch(/^Showing 21–30 of \d\d,\d\d\d\. More: --page 4, or --all\n/);
  });

  test('of a month with --all is what the server counts', async () => {
    const { stdout, stderr } = await run('list --demo --all --from last-month --to last-month --format ndjson');
    const count = new Set(ids(stdout)).size;
    expect(stderr).toContain(`\n${count} events\n`);
    expect(count).toBeGreaterThan(200);
  });

  test('may be zero, which is no error', async () => {
    const { code, stdout, stderr } = await run('list --demo --ip 203.0.113.254 --from 2d --format ndjson');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('no events match');
  });

  test('is not printed with --quiet', async () => {
    const { code, stdout, stderr } = await run('list --demo --quiet -n 5 --from yesterday');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toHaveLength(6);
  });
});

describe('formats of list', () => {
  test('hold the same events in the same order', async () => {
    const [json, ndjson, csv] = await Promise.all(
      ['json', 'ndjson', 'csv'].map((format) => run(`list --demo -n 12 --format ${format}`)),
    );
    const wanted = ids(ndjson?.stdout ?? '');
    expect((JSON.parse(json?.stdout ?? '') as { id: string }[]).map(({ id }) => id)).toEqual(wanted);
    const rows = (csv?.stdout ?? '').trimEnd().split('\r\n');
    expect(rows[0]?.startsWith('id,time,action,actor.id,')).toBe(true);
    expect(rows.slice(1).map((row) => row.split(',')[0])).toEqual(wanted);
  });

  test('a column that is empty for every event is named', async () => {
    const { code, stderr } = await run('list --demo -n 3 --columns id,metadata.colour_of_the_sky');
    expect(code).toBe(0);
    expect(stderr).toContain('warning: column metadata.colour_of_the_sky is empty for every event\n');
  });

  test('columns are chosen and ordered by --columns', async () => {
    const { stdout } = await run('list --demo -n 1 --format csv --columns action,id,actor.email');
    expect(stdout.split('\r\n')[0]).toBe('action,id,actor.email');
    expect(stdout.split('\r\n')[1]).toMatch(/^[a-z_.]+,al_\w+,/);
  });

  test('a table is coloured by what an action does, for a terminal alone', async () => {
    const line = "list --demo -n 3 --action 'member.joined,member.role_changed,member.removed'";
    expect((await run(line)).stdout).not.toContain('\x1b');
    expect((await run(line, { tty: { columns: 120 } })).stdout).toMatch(/\x1b\[3[124]m/);
    expect((await run(`${line} --no-color`, { tty: { columns: 120 } })).stdout).not.toContain('\x1b[3');
    expect((await run(line, { tty: { columns: 120 }, env: { NO_COLOR: '1' } })).stdout).not.toContain('\x1b[3');
    expect((await run(`${line} --color always`)).stdout).toContain('\x1b[3');
  });

  test('the ending of -o tells the format', async () => {
    const home = await makeHome();
    const { code, stdout } = await run('list --demo -n 4 -o newest.json', { home });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(JSON.parse(await readFile(join(home, 'newest.json'), 'utf8'))).toHaveLength(4);
    expect((await readdir(home)).filter((name) => name.startsWith('newest'))).toEqual(['newest.json']);
  });
});

describe('the query of list', () => {
  test('is told on stderr with the range that was meant', async () => {
    const { stderr } = await run('list --demo -n 1 --from 2026-11-01 --to 2026-11-02 --tz Europe/Paris');
    expect(stderr.split('\n')[0]).toBe('from 2026-11-01T00:00:00+01:00 until 2026-11-03T00:00:00+01:00');
  });

  test('may mix filters of the server with filters of ours', async () => {
    const { stdout } = await run(
      "list --demo -n 20 --action 'assistant.*' --not-action assistant.deleted --source api --format ndjson",
    );
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { action: string; source: string });
    expect(events.length).toBeGreaterThan(3);
    expect(new Set(events.map(({ source }) => source))).toEqual(new Set(['api']));
    for (const { action } of events) expect(action).toMatch(/^assistant\.(?!deleted)/);
  });

  test('an action that does not exist is refused with the one that was meant', async () => {
    const { code, stderr } = await run('list --demo --action member.role_change');
    expect(code).toBe(2);
    expect(stderr).toContain('error: Invent has no action "member.role_change"\nDid you mean member.role_changed?');
  });

  test.each([
    ['--all --page 2', '--all'],
    ['--all -n 5', '--all'],
    ['--csv-raw', '--csv-raw needs CSV'],
    ['--columns id --format json', '--columns does not apply to json'],
    ['--force', '--force needs -o FILE'],
    ['--base-url http://127.0.0.1:1', '--base-url'],
    ['--profile x', '--profile'],
    ['--from 2026-01-01 --since 2026-01-01', '--since'],
    ['--to 2026-01-01 --until 2026-01-01', '--until'],
    ['--from today --to yesterday', 'empty'],
    ['--action member.left --not-action member.left', 'both wanted'],
    ['--not-action all', '--not-action all leaves nothing'],
    ['--from 31.12.2025', 'invalid --from "31.12.2025": did you mean 2025-12-31?'],
    ['--tz Mars', 'invalid --tz "Mars": unknown time zone'],
    ['--resource :x', '--resource'],
    ['-o out.csv --format json', 'ends like csv'],
    ['-o out.html', 'out.html: reports are written by auditlog report\nauditlog report -o out.html\n'],
    ['log.ndjson', 'too many arguments: expected 0, got 1\nTo read a file: --input FILE\n'],
    ['--kind deleted', 'invalid --kind "deleted": expected create, update, delete or other\nDid you mean delete?\n'],
    ['-o out.xyz', 'cannot tell the format from the file name "out.xyz"'],
    ['-o missing/out.csv', 'folder missing does not exist'],
    ['--columns ids --format csv', 'Did you mean id'],
    ['--rate fast', '--rate'],
    ['--max-wait long', '--max-wait'],
  ])('that contradicts itself is refused before anything is asked: %s', async (flags, hint) => {
    const { code, stdout, stderr } = await run(`list --demo ${flags}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(hint);
  });
});

describe('list without a key', () => {
  test('says where keys come from', async () => {
    const { code, stdout, stderr } = await run('list');
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toContain('auditlog auth login');
  });

  test('a key of the wrong form is told, not shown', async () => {
    const { code, stderr } = await run('list', { env: { AUDITLOG_API_KEY: '"quoted-key-1234567890"' } });
    expect(code).toBe(4);
    expect(stderr).toContain('quotes');
    expect(stderr).not.toContain('1234567890');
  });
});

describe('list as a process', () => {
  test('ends at once when it is done', async () => {
    const { code, stdout } = await runCli(['list', '--demo', '-n', '2']);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toHaveLength(4);
  });

  test('a reader that goes away is no failure', async () => {
    const { child, ended } = await spawnCli(['list', '--demo', '--all', '--format', 'ndjson']);
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { code, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
