import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeHome, run } from '../../helpers/world.js';

async function withConfig(text: string): Promise<string> {
  const home = await makeHome();
  await mkdir(join(home, 'config'));
  await writeFile(join(home, 'config/config.json'), text);
  return home;
}

test('a setting can be saved, read, listed and removed', async () => {
  const home = await makeHome();
  expect((await run('config set tz Europe/Paris', { home })).stderr).toBe('Set tz to Europe/Paris.\n');
  expect((await run('config get tz', { home })).stdout).toBe('Europe/Paris\n');
  await run('config set org org_1,org_2', { home });
  await run('config set rate 120', { home });
  expect((await run('config list', { home })).stdout).toBe('org=org_1,org_2\nrate=120\ntz=Europe/Paris\n');
  expect(JSON.parse(await readFile(join(home, 'config/config.json'), 'utf8'))).toEqual({
    org: ['org_1', 'org_2'],
    rate: '120',
    tz: 'Europe/Paris',
    profiles: {},
  });
  expect((await run('config unset tz', { home })).stderr).toBe('Removed tz.\n');
  expect((await run('config unset tz', { home })).stderr).toBe('tz was not set.\n');
  const gone = await run('config get tz', { home });
  expect(gone).toMatchObject({ code: 2, stderr: 'error: tz is not set\nTo set it: auditlog config set tz VALUE\n' });
});

test('the file is private, also if it was not before', async () => {
  const home = await withConfig('{}');
  await run('config set tz local', { home });
  expect((await stat(join(home, 'config/config.json'))).mode & 0o777).toBe(0o600);
});

test('config path prints the path, also if there is no file', async () => {
  const home = await makeHome();
  expect((await run('config path', { home })).stdout).toBe(`${home}/config/config.json\n`);
});

test.each([
  ['config set tz Mars/Base', 'invalid tz "Mars/Base": unknown time zone'],
  ['config set rate fast', 'invalid rate "fast": expected requests per minute'],
  ['config set base-url http://api.example.com', 'base-url: http would send the key unprotected to api.example.com'],
  [
    'config set base-url https://me:hunter2@api.example.com',
    'base-url: an address must not contain a name or password',
  ],
  ['config set org ../../x', 'invalid org "../../x": expected the id of an organization'],
  ['config set provider acme', 'provider "acme" does not exist'],
  ['config set max-wait soon', 'invalid max-wait "soon": expected a duration such as 45m, 2h or 7d'],
])('config %s is rejected before it is saved', async (line, message) => {
  const home = await makeHome();
  const refused = await run(line, { home });
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(`error: ${message}`);
  expect(refused.stderr).not.toContain('hunter2');
  await expect(stat(join(home, 'config'))).rejects.toThrow('ENOENT');
});

test('an unknown setting is an error', async () => {
  expect((await run('config set timezone UTC')).code).toBe(2);
  expect((await run('config get')).code).toBe(2);
});

test.each([
  ['{\n  "tz": "UTC",\n  "rate": 5,\n}\n', 'line 4: this is not valid JSON'],
  ['{"tz": abc}', 'line 1: this is not valid JSON'],
  ['{\n"tz": "UTC"', 'line 2: this is not valid JSON'],
  ['[]', ': it has to be an object: { ... }'],
  ['{"timezone": "UTC"}', ': setting "timezone" does not exist'],
  ['{"tz": 5}', ': the value of "tz" cannot be used'],
  [
    '{"profiles": {"eu": {"baseurl": "https://x.example"}}}',
    ': profile "eu": setting "baseurl" does not exist\nDid you mean baseUrl? ',
  ],
  ['{"profiles": {"eu": 5}}', ': profile "eu" has to be an object: { ... }'],
  ['{"profile": 5}', ': "profile" has to be a name'],
])('a file that cannot be understood is named and left alone: %j', async (text, message) => {
  const home = await withConfig(text);
  const file = join(home, 'config/config.json');
  for (const line of ['config list', 'config set tz UTC', 'auth status', 'profile add eu']) {
    const refused = await run(line, { home });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(file);
    expect(refused.stderr).toContain(message);
  }
  expect(await readFile(file, 'utf8')).toBe(text);
});

test('a byte order mark and an empty file are accepted', async () => {
  expect((await run('config get tz', { home: await withConfig('\uFEFF{"tz":"UTC"}') })).stdout).toBe('UTC\n');
  expect((await run('config list', { home: await withConfig('') })).code).toBe(0);
});

test('keys like __proto__ are rejected', async () => {
  const home = await withConfig('{"__proto__": {"tz": "UTC"}}');
  expect((await run('config list', { home })).stderr).toContain('setting "__proto__" does not exist');
});

test('an address with a sign-in that came into the file by hand is shown without it', async () => {
  const home = await makeHome();
  await mkdir(join(home, 'config'), { recursive: true });
  const baseUrl = 'https://joe:hunter22@api.example.com/v1?token=hunter22';
  await writeFile(join(home, 'config', 'config.json'), JSON.stringify({ baseUrl, profiles: { eu: { baseUrl } } }));
  for (const line of [
    'config list',
    'config get base-url',
    'profile list',
    'config list --profile eu',
    'list',
    'doctor',
  ]) {
    const { stdout, stderr } = await run(line, { home });
    expect({ line, has: `${stdout}${stderr}`.includes('hunter22') }).toEqual({ line, has: false });
  }
  expect((await run('config get base-url', { home })).stdout).toBe('https://[redacted]@api.example.com/v1\n');
});
