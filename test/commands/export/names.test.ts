import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Demo, startDemo } from '../../../src/demo/server.js';
import { checkName } from '../../../src/output/export/name.js';
import { makeHome, NOW, run } from '../../helpers/world.js';

let demo: Demo;
let env: Record<string, string>;
beforeAll(async () => {
  demo = await startDemo({ now: NOW });
  env = { AUDITLOG_BASE_URL: demo.base.href, AUDITLOG_API_KEY: demo.key };
});
afterAll(() => demo.close());

const LONG = 'ä'.repeat(120);

describe('a name that no file can have is refused before anything is requested', () => {
  test.each([
    [`-o ${LONG}.csv`, 'is too long'],
    [`-o ${LONG}.parquet`, 'is too long'],
    [`-o ${LONG}.ndjson --manifest`, 'is too long'],
    ['-o out/ --format csv', 'names a folder'],
    ['-o folder.csv', 'is a directory'],
    ['-o file/out.csv', 'is not a folder'],
    ['-o .. --format csv', 'names a folder'],
  ])('%s', async (flags, why) => {
    const home = await makeHome();
    await mkdir(join(home, 'folder.csv'));
    await writeFile(join(home, 'file'), '');
    const before = await readdir(home);
    const { code, stderr } = await run(`export ${flags} --debug`, { env, home });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(why) });
    expect(stderr).not.toMatch(/debug: GET|fault of auditlog/);
    expect(await readdir(home)).toEqual(before);
  });

  test(`and the name of a folder of days (--split day -o ${'x'.repeat(3)}...)`, async () => {
    const { code, stderr } = await run(`export --split day -o ${'x'.repeat(300)} --debug`, { env });
    expect(code).not.toBe(0);
    expect(stderr).toContain('(ENAMETOOLONG)');
    expect(stderr).not.toMatch(/debug: GET|fault of auditlog/);
  });

  test.each([
    ['a\0b.csv', 'linux', 'NUL'],
    ['nul.csv', 'win32', 'a device'],
    ['COM1', 'win32', 'a device'],
    ['C:\\logs\\aux.json.gz', 'win32', 'a device'],
    ['ab:c.csv', 'win32', 'allows no :'],
    ['what?.csv', 'win32', 'allows no ?'],
    ['out.csv.', 'win32', 'ends with a dot'],
    ['logs\\', 'win32', 'names a folder'],
  ] as const)('%j on %s', (name, platform, why) => {
    expect(() => checkName(name, platform)).toThrow(why);
  });

  test('but others are fine', () => {
    for (const name of ['nul.csv', 'a:b.csv', `${'x'.repeat(200)}.ndjson`]) checkName(name, 'linux');
    for (const name of ['C:\\logs\\out.csv', 'console.csv', 'com10.csv']) checkName(name, 'win32');
  });
});

describe('what cmd.exe and PowerShell make of a line', () => {
  test.each([
    [['list', '--action', "'member.*'"], '--action "member.*"'],
    [['export', '--user', "'ada@x.example'"], '--user "ada@x.example"'],
    [['stats', '--by', "'action'"], '--by "action"'],
    [['list', '--from', "'7d'"], '--from "7d"'],
  ])('%j is a usage error that names double quotes', async (line, fix) => {
    const { code, stderr } = await run(line, { env });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`Use double quotes: ${fix}`) });
  });

  test.each([
    ['little', Buffer.from('\ufeff{"id":"a"}\r\n', 'utf16le')],
    ['big', Buffer.from('\ufeff{"id":"a"}\r\n', 'utf16le').swap16()],
  ])('a UTF-16 file, %s end first, is recognised', async (_, bytes) => {
    const home = await makeHome();
    await writeFile(join(home, 'in.ndjson'), bytes);
    for (const line of ['list --input in.ndjson', 'export --input in.ndjson', 'stats --input in.ndjson']) {
      const { code, stderr } = await run(line, { home });
      expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('is UTF-16') });
      expect(stderr).toContain('-o FILE');
    }
  });
});

test.each([
  ['version', 'auditlog --version'],
  ['list --sort time', undefined],
  ['list --acton member.joined', '--action'],
])('%s suggests %s', async (line, suggestion) => {
  const { code, stderr } = await run(line, { env });
  expect(code).toBe(2);
  if (suggestion === undefined) expect(stderr).not.toContain('Did you mean');
  else expect(stderr).toContain(suggestion);
  expect(stderr).not.toContain('verify?');
});
