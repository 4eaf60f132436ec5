import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Demo, startDemo } from '../../../src/demo/server.js';
import { makeHome, NOW, run } from '../../helpers/world.js';

let demo: Demo;
let base: string;

beforeAll(async () => {
  demo = await startDemo({ now: NOW });
  base = demo.base.origin;
});

afterAll(() => demo.close());

test('a key that is typed is tried, saved privately, and then used', async () => {
  const home = await makeHome();
  const login = await run(`auth login --base-url ${base}`, { home, typed: demo.key });
  expect(login.stderr).toBe(
    [
      `The key …${demo.key.slice(-4)} works. Saved in ${home}/config/keys.json, for ${base}, as profile default.`,
      'No keychain can be reached from here: the file is readable by you alone, but not encrypted.',
      '',
    ].join('\n'),
  );
  expect(login).toMatchObject({ code: 0, stdout: '' });
  expect((await stat(join(home, 'config/keys.json'))).mode & 0o777).toBe(0o600);
  expect((await stat(join(home, 'config'))).mode & 0o777).toBe(0o700);
  expect((await stat(join(home, 'config/config.json'))).mode & 0o777).toBe(0o600);
  expect(await readFile(join(home, 'config/config.json'), 'utf8')).not.toContain(demo.key);

  const status = await run('auth status', { home });
  expect(status).toEqual({
    code: 0,
    stdout: [
      'Profile       default',
      `API           ${base} (Invent)`,
      'Organization  the one of the key',
      `Key           …${demo.key.slice(-4)} from ${home}/config/keys.json`,
      'Works         yes',
      '',
    ].join('\n'),
    stderr: '',
  });

  const logout = await run('auth logout', { home });
  expect(logout.stderr).toBe(
    `Removed the key for ${base} from ${home}/config/keys.json, profile default. It stays valid: revoke it where it was made.\n`,
  );
  expect(await readFile(join(home, 'config/keys.json'), 'utf8')).toBe('{}\n');
  const after = await run('auth status', { home });
  expect(after.code).toBe(4);
  expect(after.stderr).toContain(`error: missing API key for ${base} (profile default)`);
});

test('a key may come from standard input', async () => {
  const home = await makeHome();
  const login = await run(`auth login --with-token --base-url ${base}`, { home, stdin: `${demo.key}\n` });
  expect(login.code).toBe(0);
  expect((await run('auth status', { home })).code).toBe(0);
});

test('--insecure-storage saves in a file and does not mention keychains', async () => {
  const home = await makeHome();
  const login = await run(`auth login --insecure-storage --base-url ${base}`, { home, typed: demo.key });
  expect(login.stderr.split('\n')).toHaveLength(2);
});

test('a key that the server rejects is not saved', async () => {
  const home = await makeHome();
  const login = await run(`auth login --base-url ${base}`, { home, typed: 'wrong_wrong_wrong_wrong_9876' });
  expect(login.code).toBe(4);
  expect(login.stderr).toBe(
    [
      'error: the API key was rejected (401): the key ending in …9876 from standard input',
      'Check that it is active and for this environment. To save another: auditlog auth login',
      '',
    ].join('\n'),
  );
  await expect(stat(join(home, 'config'))).rejects.toThrow('ENOENT');
});

test('a word that cannot be a key is rejected before any request, and not repeated', async () => {
  const login = await run(`auth login --base-url ${base}`, { typed: `Bearer ${demo.key}` });
  expect(login.code).toBe(4);
  expect(login.stderr).toContain('it starts with a word such as "Bearer "');
  expect(login.stderr).not.toContain(demo.key);
});

test('without a terminal and without --with-token nothing is read', async () => {
  const login = await run(`auth login --base-url ${base}`, { stdin: demo.key });
  expect(login.code).toBe(2);
  expect(login.stderr).toContain('auditlog auth login --with-token < key.txt');
  const silent = await run(`auth login --no-input --base-url ${base}`, { typed: demo.key });
  expect(silent.code).toBe(2);
  expect(silent.stderr).toContain('--no-input: cannot ask for the key');
});

test('a saved key is never sent to another origin', async () => {
  const home = await makeHome();
  await run(`auth login --base-url ${base}`, { home, typed: demo.key });
  const other = await run('auth status --base-url https://elsewhere.example', { home });
  expect(other.code).toBe(4);
  expect(other.stderr).toContain(
    `error: the saved key of profile default is for ${base}, and is never sent to https://elsewhere.example`,
  );
});

test('logging in with a profile makes it, and says how to use it', async () => {
  const home = await makeHome();
  const login = await run(`auth login --profile eu --base-url ${base}`, { home, typed: demo.key });
  expect(login.stderr).toContain('To use it: --profile eu, or from now on: auditlog profile use eu\n');
  expect((await run('auth status --profile eu', { home })).code).toBe(0);
  await run('profile use eu', { home });
  expect((await run('auth status', { home })).stdout).toContain('Profile       eu\n');
});

test('a key in the environment wins over a saved one, which is said', async () => {
  const home = await makeHome();
  const env = { AUDITLOG_API_KEY: 'another_key_another_key_5555' };
  const login = await run(`auth login --base-url ${base}`, { home, env, typed: demo.key });
  expect(login.stderr).toContain('warning: $AUDITLOG_API_KEY is set and overrides the saved key\n');
  const status = await run('auth status', { home, env });
  expect(status.code).toBe(4);
  expect(status.stdout).toContain('Key           …5555 from $AUDITLOG_API_KEY\nWorks         no\n');
});

test('a key file that others can read is refused as ssh refuses it', async () => {
  const home = await makeHome();
  const file = join(home, 'key.txt');
  await writeFile(file, `${demo.key}\n`, { mode: 0o644 });
  const env = { AUDITLOG_API_KEY_FILE: file };
  const open = await run(`auth status --base-url ${base}`, { home, env });
  expect(open.code).toBe(4);
  expect(open.stderr).toBe(
    `error: ${file} is readable by others: its mode is 0644\nTo keep it to yourself: chmod 600 ${file}\n`,
  );
});

test('auth status --offline makes no request', async () => {
  const status = await run('auth status --offline --base-url https://nowhere.invalid', {
    env: { AUDITLOG_API_KEY: demo.key },
  });
  expect(status).toMatchObject({ code: 0, stderr: '' });
  expect(status.stdout).not.toContain('Works');
});

test('--debug shows the one request and not the key', async () => {
  const status = await run(`auth status --debug --base-url ${base}`, { env: { AUDITLOG_API_KEY: demo.key } });
  expect(status.stderr).toMatch(
    /^debug: GET \/orgs\/c\/audit-logs\?take=1&page=1 → 200, \d+ bytes, \d+ ms, attempt 1; /,
  );
  expect(status.stderr.split('\n')).toHaveLength(2);
  expect(status.stderr).not.toContain(demo.key);
});

test.each(['auth', 'auth login', 'auth status', 'auth logout'])('the help of %s leads with examples', async (line) => {
  const help = await run(`${line} --help`);
  expect(help.code).toBe(0);
  expect(help.stdout).toContain('Examples:\n  auditlog auth');
});
