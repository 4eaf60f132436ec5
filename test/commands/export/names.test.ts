import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Demo, startDemo } from '../../../src/demo/server.js';
import { writeFault } from '../../../src/files/faults.js';
import { checkFolderName, checkName } from '../../../src/files/names.js';
import { makeHome, NOW, run } from '../../helpers/world.js';

let demo: Demo;
let env: Record<string, string>;
beforeAll(async () => {
  demo = await startDemo({ now: NOW });
  env = { AUDITLOG_BASE_URL: demo.base.href, AUDITLOG_API_KEY: demo.key };
});
afterAll(() => demo.close());

const HERE = { linux: '/home/ada', darwin: '/Users/ada', win32: 'C:\\Users\\ada' } as const;
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
    expect(stderr).not.toMatch(/debug: GET|internal error in auditlog/);
    expect(await readdir(home)).toEqual(before);
  });

  /** Two hundred folders deep, each of a name that can be. */
  const DEEP = `${'y'.repeat(100)}/`.repeat(41);

  test.each([
    [`export -o ${LONG}${LONG}/out.csv`, 'is too long: 480 bytes'],
    [`export -o ${LONG}${LONG}.csv --manifest`, 'is too long: 484 bytes'],
    [`export -o ${DEEP}out.csv`, 'is too long: 4'],
    [`export --split day -o ${LONG}${LONG}`, 'is too long: 480 bytes'],
    [`export --split day -o ${LONG}${LONG}/`, 'is too long: 480 bytes'],
    [`export --split day -o ./${LONG}${LONG}/days/`, 'is too long: 480 bytes'],
    [`export --split day -o ${DEEP}`, 'is too long: 4'],
    ['export --split day -o file/days/', 'file is not a folder'],
    ['export --split day -o file', 'file is not a directory'],
    [`query select+1 -o ${LONG}${LONG}/out.csv --input archive`, undefined],
    [`collect mine --create --dest ${LONG}${LONG}`, 'is too long: 480 bytes'],
    [`collect mine --create --dest ${DEEP}`, 'is too long: 4'],
    [`collect ${'x'.repeat(65)} --create --dest archive`, 'invalid name of a collector'],
    ['collect con --create --dest archive', 'invalid name of a collector'],
    ['collect lpt1 --create --dest archive', 'invalid name of a collector'],
    [`destination check ${LONG}${LONG}`, 'is too long: 480 bytes'],
    [`list --profile ${'x'.repeat(65)}`, 'is not a valid name of a profile'],
    [`profile add ${'x'.repeat(65)}`, 'is not a valid name of a profile'],
    [`list --org ${'x'.repeat(129)}`, 'expected the id of an organization'],
    ['export --split day -o days/ --org ../up', 'expected the id of an organization'],
    ['collect mine --create --dest archive --org a/b', 'expected the id of an organization'],
  ])('%s', async (line, why) => {
    const home = await makeHome();
    await writeFile(join(home, 'file'), '');
    const before = await readdir(home);
    const { code, stderr } = await run(`${line} --debug`, { env, home });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(why ?? '') });
    expect(stderr).not.toMatch(/debug: GET|internal error in auditlog/);
    expect(await readdir(home)).toEqual(before);
  });

  test.each(['file', 'file/in/it'])('an archive at %s, where a file is', async (dest) => {
    const home = await makeHome();
    await writeFile(join(home, 'file'), '');
    await run(`collect mine --create --dest ${dest}`, { env, home });
    const { code, stderr } = await run('collect mine --debug', { env, home });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('cannot be a folder') });
    expect(stderr).not.toMatch(/debug: GET|internal error in auditlog/);
  });

  test.each([`${LONG}${LONG}`, 'file/in/it'])('state that cannot be at %s is no fault of ours', async (state) => {
    const home = await makeHome();
    await writeFile(join(home, 'file'), '');
    const own = { ...env, AUDITLOG_STATE_DIR: state };
    for (const line of ['collect mine --create --dest archive', 'collect list', 'collect mine']) {
      const { stderr } = await run(line, { env: own, home });
      expect({ line, stderr }).toEqual({ line, stderr: expect.not.stringContaining('internal error in auditlog') });
    }
  });

  test.each([
    ['ENAMETOOLONG', 'open', 2],
    ['EILSEQ', 'open', 2],
    ['EINVAL', 'open', 2],
    ['EINVAL', 'mkdir', 2],
    ['EINVAL', 'fsync', 1],
    ['ENOSPC', 'open', 1],
  ])('what a file system says of it, %s to %s, ends with %i', (code, syscall, exitCode) => {
    const error = Object.assign(new Error(code), { code, syscall });
    expect(writeFault(error, 'a:b')).toMatchObject({ exitCode, message: expect.stringContaining('a:b') });
  });

  test.each([
    ['a\0b.csv', 'linux', 'NUL'],
    ['nul.csv', 'win32', 'a device'],
    ['COM1', 'win32', 'a device'],
    ['C:\\logs\\aux.json.gz', 'win32', 'a device'],
    ['ab:c.csv', 'win32', 'allows no :'],
    ['what?.csv', 'win32', 'allows no ?'],
    ['out.csv.', 'win32', 'cannot end with a dot'],
    ['logs\\', 'win32', 'names a folder'],
    ['aux\\out.csv', 'win32', 'a device'],
    ['a?b/out.csv', 'win32', 'allows no ?'],
    [`${'x'.repeat(90)}/`.repeat(11), 'darwin', 'names a folder'],
    [`${`${'x'.repeat(90)}/`.repeat(11)}out.csv`, 'darwin', 'is too long'],
  ] as const)('%j on %s', (name, platform, why) => {
    expect(() => checkName(name, { platform, cwd: HERE[platform] })).toThrow(why);
  });

  test.each([
    ['a\0b', 'linux', 'NUL'],
    ['', 'linux', 'a folder needs a name'],
    ['days\\con\\', 'win32', 'a device'],
    ['C:\\lpt1.old\\days', 'win32', 'a device'],
    ['da|ys', 'win32', 'allows no |'],
    ['days. ', 'win32', 'cannot end with a dot'],
    [`${'x'.repeat(90)}/`.repeat(10), 'darwin', 'is too long'],
  ] as const)('the folder %j on %s', (name, platform, why) => {
    expect(() => checkFolderName(name, { platform, cwd: HERE[platform] })).toThrow(why);
  });

  test('but others are fine', () => {
    const linux = { platform: 'linux', cwd: HERE.linux } as const;
    const windows = { platform: 'win32', cwd: HERE.win32 } as const;
    for (const name of ['nul.csv', 'a:b.csv', `${'x'.repeat(200)}.ndjson`]) checkName(name, linux);
    for (const name of ['C:\\logs\\out.csv', 'console.csv', 'com10.csv', '..\\out.csv', 'ログ'.repeat(60)])
      checkName(name, windows);
    for (const name of ['days/', 'a:b/', '..', '/', `${'x'.repeat(255)}/`]) checkFolderName(name, linux);
    for (const name of ['days\\', 'C:\\', 'D:days', '\\\\host\\share\\days', '..']) checkFolderName(name, windows);
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
  ['versoin', 'auditlog --help'],
  ['archive show x', 'See: auditlog archive --help'],
  ['list --sort time', undefined],
  ['list --acton member.joined', '--action'],
])('%s suggests %s', async (line, suggestion) => {
  const { code, stderr } = await run(line, { env });
  expect(code).toBe(2);
  if (suggestion === undefined) expect(stderr).not.toContain('Did you mean');
  else expect(stderr).toContain(suggestion);
  expect(stderr).not.toContain('verify?');
});
