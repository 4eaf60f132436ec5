import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { VERSION } from '../../src/version.js';
import { ROOT, run } from '../helpers/world.js';

const execute = promisify(execFile);

describe('auditlog --version', () => {
  test('prints the version of the package', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(VERSION).toBe(version);
  });

  test.each(['--version', '-V', 'list --version', 'list -V'])('auditlog %s prints the version', async (line) => {
    expect(await run(line)).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
  });
});

describe('version, help and completion', () => {
  const loaded = async (...words: string[]): Promise<readonly string[]> => {
    const folder = await mkdtemp(join(tmpdir(), 'auditlog-loaded-'));
    const tell = join(folder, 'tell.cjs');
    const files = "Object.keys(require.cache).map((file) => require('node:path').relative(process.cwd(), file))";
    await writeFile(tell, `process.on('exit', () => process.stderr.write(${files}.slice(1).join(' ')));\n`);
    const { stderr } = await execute(process.execPath, ['-r', tell, 'bin/auditlog.js', ...words], { cwd: ROOT });
    await rm(folder, { recursive: true });
    return stderr.split(' ');
  };

  test.each([
    ['--version', 'version'],
    ['--help', 'help'],
    ['complete', 'complete'],
  ])('auditlog %s loads nothing else', async (word, name) => {
    expect(await loaded(word)).toEqual(['bin/auditlog.js', `dist/quick/${name}.cjs`]);
  });
});

describe('help', () => {
  test('of the program leads with examples, also without any word', async () => {
    const { code, stdout, stderr } = await run('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').slice(0, 5)).toEqual([
      'auditlog lists, exports and verifies the audit logs of SaaS products.',
      '',
      'Examples:',
      '  auditlog list --demo                              try it, without a key',
      '  auditlog auth login                               save your API key',
    ]);
    expect(stdout).toContain('auditlog help topics');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(await run([])).toEqual({ code: 0, stdout, stderr: '' });
    expect(await run('help')).toEqual({ code: 0, stdout, stderr: '' });
  });

  const commands = ['list', 'ls', 'export', 'actions', 'auth', 'profile', 'config', 'demo', 'completion'];
  test.each(commands)('of %s has examples and fits 80 columns', async (command) => {
    const { code, stdout } = await run(`${command} --help`);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Examples:\n {2}(auditlog|eval|source) /m);
    expect((await run(`${command} --help-all`)).stdout).toContain('--debug');
    const flags = stdout.slice(stdout.indexOf('\nUsage: '));
    expect(Math.max(...flags.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect((await run(`help ${command}`)).stdout).toBe(stdout);
  });

  test('of a group of commands is shown when none of them is named', async () => {
    const { code, stdout } = await run('auth');
    expect(code).toBe(0);
    expect(stdout).toContain('login');
  });
});

describe('output that is written at once', () => {
  const built = (redirection: string) =>
    execute('sh', ['-c', `"${process.execPath}" "${ROOT}/bin/auditlog.js" --help ${redirection}`]).catch(
      (error: unknown) => error,
    ) as Promise<{ code?: number; stdout: string; stderr: string }>;

  test('needs no reader to the end', async () => {
    expect(await built('| head -n 1')).toMatchObject({ stderr: '' });
  });

  test('is not lost silently on a full disk', async () => {
    expect(await built('> /dev/full')).toMatchObject({
      code: 1,
      stderr: 'error: cannot write: no space is left on the device (ENOSPC)\n',
    });
  });
});

describe('a wrong line exits with 2 and says what is right', () => {
  test.each([
    ['lsit', 'error: unknown command "lsit"\nDid you mean: auditlog list\nSee: auditlog --help\n'],
    ['list --fomat json', 'error: unknown flag --fomat\nDid you mean --format?\nSee: auditlog list --help\n'],
    ['list --formt=json', 'error: unknown flag --formt\nDid you mean --format?\nSee: auditlog list --help\n'],
    ['completion', 'error: missing argument <shell>\nSee: auditlog completion --help\n'],
  ])('%s', async (line, stderr) => {
    expect(await run(line)).toEqual({ code: 2, stdout: '', stderr });
  });

  test.each([
    ['list -n 0', 'whole number'],
    ['list -n ten', 'whole number'],
    ['list -n 1e3', 'whole number'],
    ['list --format xml', 'table, json, ndjson, csv'],
    ['list --color sometimes', 'auto, always, never'],
    ['list surplus', 'too many arguments'],
    ['list --user=', '--user has an empty value'],
    ['list --not-action ""', '--not-action has an empty value'],
    ['list --from', '--from needs a value: --from <when>'],
  ])('%s', async (line, hint) => {
    const { code, stdout, stderr } = await run(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(hint);
  });
});

describe('a key on the command line', () => {
  const KEY = 'inv_9aXkP2vQ8mZr4TnWc7Yb3LhE';

  test.each([
    `list --api-key ${KEY}`,
    `list --api-key=${KEY}`,
    `list --token=${KEY}`,
    `auth login --apikey ${KEY}`,
    `auth login --key ${KEY}`,
    `auth login ${KEY}`,
    `${KEY}`,
    `list --keys=${KEY}`,
    `list --format ${KEY}`,
    `--secret=${KEY} list`,
  ])('is refused, with advice, and not repeated: auditlog %s', async (line) => {
    const { code, stdout, stderr } = await run(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toContain(KEY);
    expect(stderr).toMatch(/rotate it|unknown flag --keys/);
  });

  test('is refused wherever it stands when it is the one of the environment', async () => {
    const { code, stderr } = await run(['list', '--search', KEY], { env: { AUDITLOG_API_KEY: KEY } });
    expect(code).toBe(2);
    expect(stderr).toContain('the API key itself is on the command line');
    expect(stderr).not.toContain(KEY);
  });

  test('is allowed after --, and so are words that only look like a flag for keys', async () => {
    expect((await run(['list', '--search', 'api-key', '--frm'])).stderr).toContain('unknown flag --frm');
  });
});

describe('flags that work everywhere', () => {
  test('stand before or after the command', async () => {
    const after = await run('actions member.left --color always');
    expect(after.stdout).toContain('\x1b[');
    expect(await run('--color always actions member.left')).toEqual(after);
    expect(await run('--color=always actions member.left')).toEqual(after);
  });
});
