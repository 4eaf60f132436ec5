import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { BY_HAND } from '../../../src/report/html/cover.js';
import { makeHome, NOW, run } from '../../helpers/world.js';
import { usualEntries, usualEntry } from '../../report/entries.js';
import { type ReadPage, readPage, sha256 } from './page.js';

/** A clock that stands still, so that two runs are the same to the millisecond. */
const STILL = { now: () => NOW, monotonic: () => performance.now(), sleep: async () => {} };

let home = '';
let page: ReadPage;
const at = (name: string) => join(home, name);
const RANGE = '--from 2026-10-22 --to 2026-11-19';

beforeAll(async () => {
  home = await makeHome();
  const ran = await run(`report --demo ${RANGE} -o demo.html`, { home });
  expect(ran).toMatchObject({ code: 0, stdout: '' });
  expect(ran.stderr).toMatch(/wrote demo\.html: \d+ events, \d+ kB, SHA-256 [0-9a-f]{64}\n/);
  page = readPage(readFileSync(at('demo.html'), 'utf8'));
  await run(`export --demo ${RANGE} -o demo.ndjson`, { home });
});

describe('a report of the demo', () => {
  test('is a private file, and its SHA-256 is the one that was printed', async () => {
    expect(statSync(at('demo.html')).mode & 0o777).toBe(0o600);
    const ran = await run(`report --input demo.ndjson ${RANGE} -o again.html`, { home });
    const over = await run(`report --input demo.ndjson ${RANGE} -o again.html --force`, { home });
    expect([ran.code, over.code]).toEqual([0, 0]);
    expect(over.stderr).toContain(sha256(readFileSync(at('again.html'))));
  });

  test('holds the events of an export, byte for byte', async () => {
    const stdout = readFileSync(at('demo.ndjson'), 'utf8');
    expect(page.events).toBe(stdout);
    expect(page.rows.length).toBe(stdout.split('\n').length - 1);
    expect(page.text('cover')).toContain(sha256(stdout));
  });

  test('says on its cover what it is, and that it is complete', () => {
    const cover = page.text('cover');
    for (const words of [
      'Invent · Lumen Harbor',
      '22 October to 19 November 2026',
      'Complete',
      'Time zone UTC',
      '09:00-18:00 on weekdays, UTC',
      'Filters None',
    ])
      expect(cover).toContain(words);
    expect(page.record).toMatchObject({ status: 'complete', provider: 'invent', total: page.rows.length });
  });

  test('counts what stats counts', async () => {
    const counted = async (by: string) => {
      const { stdout } = await run(`stats --input demo.ndjson ${RANGE} --by ${by} -f json`, { home });
      const { rows } = JSON.parse(stdout) as { rows: readonly { events: number }[] };
      return rows.map(({ events }) => events).sort((a, b) => b - a);
    };
    const top = (title: string) =>
      Object.entries(page.ranking(title))
        .filter(([name]) => !/ more$/.test(name))
        .map(([, count]) => count)
        .filter((count) => count > 0)
        .sort((a, b) => b - a);
    for (const [title, by] of [
      ['By category', 'category'],
      ['By kind', 'kind'],
      ['Most active people', 'actor'],
      ['Most frequent actions', 'action'],
      ['Countries', 'country'],
      ['Sources', 'source'],
    ] as const) {
      const expected = await counted(by);
      expect([title, top(title)]).toEqual([title, expected.slice(0, 10)]);
      const all = Object.values(page.ranking(title)).reduce((sum, one) => sum + one, 0);
      expect([title, all]).toEqual([title, page.rows.length]);
    }
  });

  test('finds the night in which somebody deletes what is left', () => {
    expect(page.table('bursts')).toEqual([
      [
        '2026-11-14 02:14',
        '2026-11-14 02:37',
        'Rowan Pike rowan.pike@lumenharbor.example',
        '44',
        expect.stringMatching(/^Chat Deleted \d+, .* and \d other actions$/),
        'MD 192.0.2.203',
      ],
    ]);
    const [who, count, , , , from] = page.table('outside')[0]!;
    expect([who, from]).toEqual([
      'Rowan Pike rowan.pike@lumenharbor.example',
      expect.stringContaining('MD 192.0.2.203'),
    ]);
    expect(Number(count)).toBeGreaterThanOrEqual(45);
  });

  test('finds each role change, with the old and the new role', async () => {
    const { stdout } = await run(`export --input demo.ndjson --action '*role_changed'`, { home });
    const roles = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { metadata: Record<string, string> })
      .map(({ metadata }) => `${metadata.previous_role} → ${metadata.new_role}`);
    expect(page.table('roles').map(([, , role]) => role)).toEqual(roles);
    expect(roles.length).toBeGreaterThan(3);
    for (const [time, whose, , what, who] of page.table('roles')) {
      expect(time).toMatch(/^2026-1[01]-\d\d \d\d:\d\d:\d\d$/);
      expect([whose, who]).toEqual([
        expect.stringMatching(/ \S+@lumenharbor\.example$/),
        expect.stringMatching(/ \S+@lumenharbor\.example$/),
      ]);
      expect(what).toMatch(/Member Role Changed$/);
    }
  });

  test('finds who was removed, and the key that was made and deleted', () => {
    expect(page.table('members')).toContainEqual([
      expect.stringMatching(/^2026-11-16 07:35/),
      'Member Removed',
      'Rowan Pike rowan.pike@lumenharbor.example',
      'Priya Raghunathan priya.r@lumenharbor.example',
      expect.any(String),
    ]);
    const keys = page.table('keys').filter(([, , on]) => on?.startsWith('backup'));
    expect(keys.map(([, what]) => what)).toEqual(['API Key Deleted', 'API Key Created']);
  });

  test('finds what the period before had not', () => {
    expect(page.text('overview')).toContain('Not seen in the period before, 23 September to 21 October 2026');
    expect(page.text('overview')).toMatch(/Countries \d+ .*MD 45/);
    expect(page.text('overview')).toMatch(/Addresses \d+ 192\.0\.2\.203 45/);
  });

  test('says where it found nothing', async () => {
    expect(page.text('failed')).toContain('This log does not say whether something failed.');
    await run('report --input demo.ndjson --from 2026-11-18 --to 2026-11-18 --action domain.created -o none.html', {
      home,
    });
    const none = readPage(readFileSync(at('none.html'), 'utf8'));
    for (const [id, words] of [
      ['roles', 'No role or permission changed.'],
      ['members', 'Nobody joined, was invited, removed or left.'],
      ['keys', 'No key, token or connection was created or deleted.'],
      ['settings', 'No setting, policy, domain or single sign-on changed.'],
      ['bursts', 'Nobody deleted 10 things or more within 10 minutes.'],
      ['outside', 'Nothing was changed outside business hours.'],
    ] as const)
      expect(none.text(id)).toContain(words);
    expect(none.text('cover')).toContain('actions domain.created');
    expect(none.events).toBe('');
    expect((await run('verify none.html', { home })).code).toBe(0);
  });

  test('can be checked without the program', () => {
    const { stdout } = spawnSync('bash', ['-c', BY_HAND.replaceAll('FILE.html', at('demo.html'))], {
      encoding: 'utf8',
    });
    expect(stdout).toBe(`${sha256(page.events)}  -\n`);
  });
});

describe('the file', () => {
  test('is the same for the same events, clock and query, from an export or the API', async () => {
    const made = async (name: string) => {
      expect((await run(`report --input demo.ndjson ${RANGE} -o ${name}`, { home, clock: STILL })).code).toBe(0);
      return readFileSync(at(name));
    };
    const [one, other] = [await made('one.html'), await made('other.html')];
    expect(one.equals(other)).toBe(true);
    const read = readPage(one.toString());
    expect(read.events).toBe(page.events);
    for (const id of ['bursts', 'roles', 'members', 'keys', 'outside']) expect(read.table(id)).toEqual(page.table(id));
    expect(read.text('cover')).toContain('Read from an export Whether demo.ndjson is complete');
  });

  test('is never overwritten unasked, and is an HTML file', async () => {
    const refused = await run(`report --demo ${RANGE} -o demo.html`, { home });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('demo.html already exists') });
    expect(await run('report --demo -o report.pdf', { home })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('report.pdf: a report is an HTML file'),
    });
    expect(await run('report --demo', { home, tty: { columns: 80 } })).toMatchObject({ code: 2 });
    expect(await run('report --demo --force', { home })).toMatchObject({ code: 2 });
    expect(await run('report --demo -o x.html --max-events 200001', { home })).toMatchObject({ code: 2 });
    expect(await run('report --demo -o x.html --business-hours 9-18', { home })).toMatchObject({ code: 2 });
  });

  test('is written to standard output when none is named', async () => {
    const ran = await run(`report --input demo.ndjson ${RANGE}`, { home });
    expect(ran.code).toBe(0);
    expect(readPage(ran.stdout).events).toBe(page.events);
  });

  test('says what of many events its table holds; the numbers are those of all', async () => {
    writeFileSync(at('many.ndjson'), usualEntries(1500));
    const ran = await run('report --input many.ndjson --max-events 100 -o many.html', { home });
    expect(ran.stderr).toContain('the table of the report holds 100 of 1,500 events');
    const many = readPage(readFileSync(at('many.html'), 'utf8'));
    expect(many.rows.length).toBe(100);
    expect(many.events).toBe(usualEntries(100));
    expect(many.text('events')).toContain('the newest 100 of 1,500 events. All numbers above are those of all 1,500.');
    expect(many.text('cover')).toContain('the newest 100 of 1,500 events');
    expect(many.ranking('By kind')).toMatchObject({ created: 600 });
    expect((await run('verify many.html', { home })).code).toBe(0);
  });

  test('holds only reviewed events if told so', async () => {
    await run(
      'report --input many.ndjson --table review --action member.role_changed,assistant.updated --business-hours 00:00-24:00 --business-days all -o review.html',
      { home },
    );
    const review = readPage(readFileSync(at('review.html'), 'utf8'));
    expect(review.rows.length).toBe(150);
    expect(new Set(review.rows.map((row) => row[4]))).toEqual(new Set(['member.role_changed']));
    expect(review.text('events')).toContain('the newest reviewed 150 of 300 events');
  });

  test('names failures where the log has them', async () => {
    const { stdout } = await run('report --input many.ndjson', { home });
    expect(readPage(stdout).table('failed').length).toBe(50);
    expect(readPage(stdout).text('failed')).toContain('The newest 50 of 150.');
  });
});

describe('what is not certain', () => {
  test('is said on the cover, with exit 3', async () => {
    const odd = { ...usualEntry(5), created_at: 'some day' };
    writeFileSync(at('odd.ndjson'), `${usualEntries(5)}${JSON.stringify(odd)}\n`);
    const ran = await run('report --input odd.ndjson --from 2026-10-01 -o odd.html', { home });
    expect(ran.code).toBe(3);
    const odds = readPage(readFileSync(at('odd.html'), 'utf8'));
    expect(odds.text('cover')).toMatch(/Incomplete .*without a \w+ time/);
    expect(odds.record).toMatchObject({ status: 'incomplete' });
  });

  test('the period before is missing: said in its place', async () => {
    const why = async (line: string, stdin?: string) =>
      readPage((await run(line, { home, ...(stdin === undefined ? {} : { stdin }) })).stdout).text('overview');
    expect(await why('report --demo --from 2025-01-01 --to 2025-06-01')).toMatch(
      /The log has nothing from before this period\. It begins on 202\d-\d\d-\d\d\. What is new cannot be told\./,
    );
    expect(await why('report --input many.ndjson')).toContain('The range has no beginning');
    expect(await why('report --input many.ndjson --from 2026-10-31 --to 2026-10-31')).toContain(
      'Not seen in the period before, 30 October 2026 (580 events)',
    );
    expect(await why('report --input many.ndjson --from 2026-10-30T06:00')).toContain(
      'The oldest event of the period before is of 2026-10-29: what is new may be older.',
    );
    expect(await why('report --input many.ndjson --from 2026-05-01 --to 2026-10-31')).toContain(
      'There are no events from the period before',
    );
    expect(await why('report --input - --from 2026-10-30', usualEntries(100))).toContain(
      'Standard input can be read once only',
    );
  });
});

describe('the cover', () => {
  const coverOf = async (line: string, stdin?: string) =>
    readPage((await run(line, { home, now: NOW, ...(stdin === undefined ? {} : { stdin }) })).stdout).text('cover');

  test('a range without an end ends when the log was read', async () => {
    const cover = await coverOf('report --demo --from 2026-11-19');
    expect(cover).toContain('Range 19 November 2026 to 20 November 2026 14:00');
    expect(cover).toContain('Coverage The log reaches back to before the range. ');
    expect(cover).toMatch(/First event 2026-11-19 \d\d:\d\d:\d\d Last event 2026-11-20 \d\d:\d\d:\d\d/);
  });

  test('a log that begins later: said beside the range', async () => {
    expect(await coverOf('report --demo --from 2025-01-01 --to 2025-06-01')).toMatch(
      /Coverage The log begins at 2025-\d\d-\d\d \d\d:\d\d UTC, after the start of the range\./,
    );
  });

  test('of an export: that its manifest says how complete it is', async () => {
    const cover = await coverOf('report --input demo.ndjson');
    expect(cover).toContain('Read from an export Whether demo.ndjson is complete is recorded in its manifest');
    expect(cover).toContain('Range the whole export');
    expect(cover).not.toContain('Coverage');
    expect(await coverOf('report --input -', usualEntries(3))).toContain(
      'Whether standard input is complete is not known.',
    );
  });
});

describe('verify', () => {
  const tampered: readonly (readonly [name: string, change: (html: string) => string, said: string])[] = [
    [
      'an event',
      (text) =>
        text.replace(
          /(BEGIN EVENTS\n(?:.*\n){9})(.)/,
          (_, before: string, one: string) => `${before}${one === 'A' ? 'B' : 'A'}`,
        ),
      'its events were changed',
    ],
    [
      'a number of the page',
      (text) => text.replace('<dt>Events</dt><dd>', '<dt>Events</dt><dd>1'),
      'the page was changed, its events were not',
    ],
    [
      'a row of the table',
      (text) =>
        text.replace(
          /(BEGIN ROWS\n(?:.*\n){3})(.)/,
          (_, before: string, one: string) => `${before}${one === 'A' ? 'B' : 'A'}`,
        ),
      'the page was changed',
    ],
    ['the record', (text) => text.replace('"status": "complete"', '"status": "uncounted"'), 'its record was changed'],
    [
      'the hash of the record',
      (text) => text.replace(/"hash": "sha256:./, '"hash": "sha256:g'),
      'its record was changed',
    ],
    ['its end', (text) => `${text}<script>1</script>`, 'its end was changed'],
    ['a cut', (text) => text.slice(0, text.indexOf('<script type="application/json"')), 'its record was removed'],
    [
      'a script',
      (text) => text.replace('<main id="main">', '<main id="main"><script>1</script>'),
      'the page was changed',
    ],
    ['all events gone', (text) => text.replace(/BEGIN EVENTS\n[\s\S]*END EVENTS\n/, ''), 'its events were removed'],
  ];

  test('finds a report in order', async () => {
    const ran = await run('verify demo.html', { home });
    expect(ran.code).toBe(0);
    const events = sha256(page.events);
    expect(ran.stdout).toContain(`demo.html
  Report: Audit log report
  Invent audit log of organization Lumen Harbor, read from demo, with the key …`);
    expect(ran.stdout).toMatch(
      /\n {2}\d+ events, 2026-10-22 00:00 to 2026-11-20 00:00 \(UTC\), all events\n {2}Complete: /,
    );
    expect(ran.stdout).toContain(`
  SHA-256 of the events in it: ${events}
  SHA-256 of the file: ${sha256(readFileSync(at('demo.html')))}
`);
    expect((await run('report verify demo.html', { home })).stdout).toBe(ran.stdout);
    const expected = await run(`verify demo.html --expect ${events}`, { home });
    expect(expected.stdout).toContain(`sha256:${events}: matches the events in demo.html`);
    expect((await run(`verify demo.html --expect ${'0'.repeat(64)}`, { home })).code).toBe(7);
  });

  test.each(tampered)('finds and names %s', async (_, change, said) => {
    const fresh = readFileSync(at('demo.html'), 'utf8');
    const changed = change(fresh);
    expect(changed).not.toBe(fresh);
    writeFileSync(at('tampered.html'), changed);
    const ran = await run('verify tampered.html', { home });
    expect(ran.code).toBe(7);
    expect(ran.stdout + ran.stderr).toContain(said);
    // One short line for the file; hashes are among the details.
    expect(ran.stdout.split('\n').filter((line) => line.startsWith('tampered.html'))).toHaveLength(1);
    expect(ran.stdout).not.toMatch(/^tampered\.html.*sha256:/m);
  });

  test('does not unpack what was made to fill the memory', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024))
      .toString('base64')
      .replace(/.{1,76}/g, '$&\n');
    const html = readFileSync(at('demo.html'), 'utf8');
    writeFileSync(at('bomb.html'), html.replace(/(BEGIN EVENTS\n)[\s\S]*(END EVENTS\n)/, `$1${bomb}$2`));
    const ran = await run('verify bomb.html', { home });
    expect(ran.code).toBe(7);
    expect(ran.stdout).toMatch(/its events were changed: \d+ bytes recorded, more than \d{8} now/);
  });

  test('an HTML file that is no report has nothing to verify', async () => {
    writeFileSync(at('other.htm'), '<html><p>hello</p></html>');
    expect((await run('verify other.htm', { home })).code).toBe(2);
  });
});

describe('--access', () => {
  test('adds who has which role at the end, as auditlog access says', async () => {
    await run('report --demo --from 2026-11-17 --to 2026-11-18 --action domain.created --access -o access.html', {
      home,
    });
    const access = readPage(readFileSync(at('access.html'), 'utf8'));
    const { stdout } = await run('access --demo --at 2026-11-18 -f ndjson', { home });
    const told = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string | null>)
      .filter((row) => row.role != null)
      .map((row) => `${row['person.name']} ${row['person.email']}: ${row.role}`);
    expect(told.length).toBeGreaterThan(3);
    expect(access.table('holders').map(([person, role]) => `${person}: ${role}`)).toEqual(told);
    expect(access.text('breaks')).toContain('No two events contradict each other.');
    expect(readPage(readFileSync(at('demo.html'), 'utf8')).text('cover')).not.toContain('Access');
  });
});
