import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeHome, run } from '../../helpers/world.js';

let home = '';

/** A part of the demo's log, large enough for several chunks of a file. */
const RANGE = '--from 2026-11-02 --to 2026-11-16';

beforeAll(async () => {
  home = await makeHome();
  for (const file of ['a.ndjson', 'a.csv', 'a.json', 'b.ndjson.gz', 'b.csv.gz', 'b.json.gz']) {
    const { code, stderr } = await run(`export --demo ${RANGE} -o ${file}`, { home });
    expect(`${code} ${stderr}`).toMatch(/^0 .*Complete: the server reports the same count/s);
  }
});

function read(file: string): Promise<Buffer> {
  return readFile(join(home, file));
}

function idsOf(ndjson: string): string {
  return ndjson.replaceAll(/^.*"id":"(al_\w+)".*$/gm, '$1');
}

describe('an earlier export gives the answers of the API', () => {
  test.each([
    'list',
    'list -n 5 --page 3',
    'list --all --format ndjson',
    "list --action 'member.*,assistant.deleted' --format csv -n 200",
    'list --user dana.whitfield@lumenharbor.example -n 10',
    'list --search hamburg --kind delete --all',
    'list --from 2026-11-04 --to 2026-11-07 --tz Europe/Oslo --all',
    'list --from 2026-11-04 --to 2026-11-15 --outside 08:00-18:00 --weekdays --tz Europe/Oslo -n 30',
    'list --resource workflow --not-user dana.whitfield@lumenharbor.example --all',
    'list --columns time,action,metadata.new_role --action member.role_changed',
    'show --latest --action member.role_changed',
    'export --action chat.deleted --format csv',
  ])('auditlog %s', async (line) => {
    const range = /--(from|around)/.test(line) ? '' : RANGE;
    const asked = await run(`${line} --demo ${range} --quiet`, { home });
    expect(asked.code).toBe(0);
    for (const file of ['a.ndjson', 'a.csv', 'b.json.gz']) {
      const found = await run(`${line} --input ${file} --quiet`, { home });
      expect({ code: found.code, stderr: found.stderr }, file).toEqual({ code: 0, stderr: '' });
      // An export orders equal times by their ids, and the server as it likes; and a CSV file has the fields in another order.
      const comparable = (text: string) => (line.startsWith('list') ? text.split('\n').sort() : text);
      if (file === 'a.csv' && line.includes('json')) {
        expect(comparable(idsOf(found.stdout))).toEqual(comparable(idsOf(asked.stdout)));
      } else expect(comparable(found.stdout), file).toEqual(comparable(asked.stdout));
    }
  });

  test('to show ID, however old the event', async () => {
    const last = (await read('a.ndjson')).toString().trimEnd().split('\n').at(-1) ?? '';
    const { id } = JSON.parse(last) as { id: string };
    const { code, stdout } = await run(`show ${id} --input b.ndjson.gz --format json`, { home });
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${last}\n` });
  });
});

describe('an export of an export', () => {
  test.each(['a.ndjson', 'a.csv', 'a.json', 'b.ndjson.gz', 'b.csv.gz', 'b.json.gz'])(
    '%s as CSV has the bytes that a CSV export has',
    async (file) => {
      const { code, stderr } = await run(`export --input ${file} -o ${file}.new.csv`, { home });
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^Exported [\d,]+ events from /) });
      expect((await read(`${file}.new.csv`)).equals(await read('a.csv'))).toBe(true);
    },
  );

  test('as NDJSON and JSON has the entries’ own texts', async () => {
    await run('export --input a.json -o c.ndjson', { home });
    await run('export --input a.ndjson -o c.json.gz', { home });
    expect((await read('c.ndjson')).equals(await read('a.ndjson'))).toBe(true);
    expect(gunzipSync(await read('c.json.gz')).equals(await read('a.json'))).toBe(true);
  });

  test('of standard input, to standard output', async () => {
    for (const stdin of [await read('a.ndjson'), await read('b.json.gz')]) {
      const { code, stdout } = await run('export --input - --format csv', { home, stdin });
      expect(code).toBe(0);
      expect(Buffer.from(stdout).equals(await read('a.csv'))).toBe(true);
    }
  });
});

test('no request is made and no key is needed', async () => {
  const env = { AUDITLOG_BASE_URL: 'https://nobody.invalid', AUDITLOG_API_KEY_FILE: '/nowhere' };
  expect(await run('list --input a.ndjson -n 1 --quiet', { home, env })).toMatchObject({ code: 0, stderr: '' });
});

test('a footer says how many events there are in all', async () => {
  const { stderr } = await run('list --input a.ndjson -n 7 --action workflow.created', { home });
  expect(stderr).toMatch(/^Showing 1–7 of [\d,]+\. More: --page 2, or --all\n/);
});

describe('the vendor of an earlier export', () => {
  test.each([
    [
      'Chipp',
      'chipp',
      '{"id":"c1","action":"member.role_changed","createdAt":"2026-03-01T09:00:00Z","actorEmail":"a@x.example","context":{"previousRole":"member","newRole":"admin"}}',
      'a@x.example',
    ],
    [
      'RPAWatch',
      'rpawatch',
      '{"id":"r1","timestamp":"2026-03-01T09:00:00Z","user":{"id":"u1","name":"Ann","email":"a@x.example"},"action":"removed","resource_type":"member","resource_id":"m1","tenant_id":"t1"}',
      'Member Removed',
    ],
    [
      'Yura',
      'yura',
      '{"category":"Login","entity":"Agent","action":"Login","modified_by":"Ann","occurred_at":"2026-03-01T09:00:00Z","source":"203.0.113.7"}',
      '203.0.113.7',
    ],
  ])('%s is recognized by the first entry', async (title, name, entry, shown) => {
    const own = await makeHome();
    await writeFile(join(own, 'x.ndjson'), `${entry}\n`);
    const { code, stderr, stdout } = await run('list --input x.ndjson', { home: own });
    expect({ code, stderr }).toEqual({ code: 0, stderr: `the entries of x.ndjson are ${title}'s\n1 event\n` });
    expect(stdout).toContain(shown);
    await run(`export --input x.ndjson --provider ${name} -o x.csv`, { home: own });
    expect((await run('export --input x.csv --format ndjson --quiet', { home: own })).code).toBe(0);
  });

  test.each(['chipp', 'rpawatch', 'yura'])('%s: an export of an export has the bytes of an export', async (name) => {
    const own = await makeHome();
    for (const file of ['a.ndjson', 'a.csv']) {
      const { code, stderr } = await run(`export --demo --provider ${name} --from 2026-11-10 -o ${file}`, {
        home: own,
      });
      expect(code, stderr).toBe(0);
    }
    for (const file of ['a.ndjson', 'a.csv']) {
      const { code, stdout, stderr } = await run(`export --input ${file} --provider ${name} --format csv`, {
        home: own,
      });
      expect(code, stderr).toBe(0);
      expect(stdout).toBe(await readFile(join(own, 'a.csv'), 'utf8'));
    }
  });

  test('is an error if --provider names another', async () => {
    const { code, stderr } = await run('list --input a.ndjson --provider yura', { home });
    expect(code).toBe(2);
    expect(stderr).toContain('error: a.ndjson does not start with an entry of Yura, which --provider says\n');
  });
});

describe('an input file', () => {
  test.each<[what: string, make: (bytes: Buffer) => Buffer, message: RegExp]>([
    ['cut within a line', (bytes) => bytes.subarray(0, -20), /bad, line \d+: this is not one JSON object/],
    ['compressed and cut', (bytes) => gzipSync(bytes).subarray(0, -20), /bad: the compressed data are cut off/],
    [
      'with a broken line',
      (bytes) => Buffer.concat([bytes, Buffer.from('{"id":\n'), bytes]),
      /bad, line \d+: this is not one JSON object/,
    ],
    ['that is something else', () => Buffer.from('\x7fELF\0\0\0'), /bad, line 1: /],
  ])('that is damaged is an error that names it, and leaves nothing behind: %s', async (_, make, message) => {
    const own = await makeHome();
    await writeFile(join(own, 'bad'), make(await read('a.ndjson')));
    for (const line of ['export --input bad -o out.csv', 'list --input bad', 'show --input bad --latest']) {
      const { code, stderr } = await run(line, { home: own });
      expect(code, line).toBe(1);
      expect(stderr, line).toMatch(message);
    }
    expect((await readdir(own)).filter((name) => name !== 'config')).toEqual(['bad']);
  });

  test('an empty file holds no events', async () => {
    const own = await makeHome();
    await writeFile(join(own, 'none'), '');
    expect(await run('list --input none', { home: own })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('no events match'),
    });
  });
});

test.each([
  ['list --input a.ndjson --demo', '--input and --demo cannot be combined'],
  ['list --input a.ndjson --base-url http://127.0.0.1:1', '--input and --base-url cannot be combined'],
  ['export --input a.ndjson -o x.csv --manifest', '--input and --manifest cannot be combined'],
  ['list --input nowhere.ndjson', 'no such file: nowhere.ndjson'],
  ['list --input .', '. is neither an archive nor a directory of day files'],
  ['list --input -', '--input - reads standard input, which is the terminal'],
])('auditlog %s is rejected', async (line, message) => {
  const { code, stderr } = await run(line, { home, typed: '' });
  expect(code).toBe(2);
  expect(stderr).toContain(`error: ${message}`);
});
