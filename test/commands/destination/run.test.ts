import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { type FakeClickHouse, startFakeClickHouse } from '../../destinations/clickhouse/server.js';
import { makeHome, run } from '../../helpers/world.js';

let server: FakeClickHouse;
let url: string;
beforeEach(async () => {
  server = await startFakeClickHouse();
  url = `clickhouse+http://joe@${server.host}/default.events`;
});

test('check prints one finding a line, and exits 0 if all is well', async () => {
  const ran = await run(`destination check ${url}`, { env: { LANG: 'C' } });
  expect(ran.stdout.replace(/in \d+ ms/, 'in 1 ms')).toBe(
    [
      `+ address             ${server.host} is reached in 1 ms (127.0.0.1)`,
      '- tls                 none: plain http, on this machine',
      '+ sign-in             joe is let in',
      '+ version             ClickHouse 25.8.1.1',
      "+ time zone           the server's is Europe/Berlin; the column time is UTC all the same",
      '+ database            default is there',
      '+ table               default.events is not there yet: it is made when the first events come',
      '- insert              not looked at',
      '',
    ].join('\n'),
  );
  expect(ran).toMatchObject({ code: 0, stderr: 'All is well.\n' });
});

test('check exits with the code of the worst finding, and prints JSON for scripts', async () => {
  server.account = 'joe:right';
  const ran = await run(`destination check ${url} --format json`);
  expect(ran.code).toBe(4);
  expect(ran.stderr).toBe('');
  const found = JSON.parse(ran.stdout) as { name: string; status: string; fix: string | null }[];
  expect(found.map(({ name, status }) => `${name} ${status}`).slice(0, 4)).toEqual([
    'address ok',
    'tls skip',
    'sign-in fail',
    'version skip',
  ]);
  server.databases = [];
  server.account = undefined;
  expect((await run(`destination check ${url}`)).code).toBe(2);
  await server.stop();
  expect((await run(`destination check ${url}`)).code).toBe(5);
});

test('a password is tried, saved privately for its place alone, used, and forgotten', async () => {
  const home = await makeHome();
  server.account = 'joe:ri ght-Pässword';
  const wrong = await run(`destination login ${url}`, { home, typed: 'wrong-Password' });
  expect(wrong).toMatchObject({ code: 4, stdout: '' });
  expect(wrong.stderr).toContain('does not let joe in with the password from standard input (516)');
  expect(wrong.stderr).not.toContain('wrong-Password');

  const login = await run(`destination login ${url}`, { home, typed: 'ri ght-Pässword' });
  expect(login).toEqual({
    code: 0,
    stdout: '',
    stderr: [
      `It works. Saved in ${home}/config/keys.json, for http://${server.host}.`,
      'No keychain can be reached from here: the file is readable by you alone, but not encrypted.',
      '',
    ].join('\n'),
  });
  expect((await stat(join(home, 'config/keys.json'))).mode & 0o777).toBe(0o600);
  expect((await run(`destination check ${url}`, { home })).code).toBe(0);
  expect((await run(`destination check ${url}`, { home, env: { AUDITLOG_DEST_SECRET: 'other' } })).code).toBe(4);

  const logout = await run(`destination logout ${url}`, { home });
  expect(logout.stderr).toBe(
    `Removed what was saved for http://${server.host} from ${home}/config/keys.json. It stays valid: revoke it where it was made.\n`,
  );
  expect(await readFile(join(home, 'config/keys.json'), 'utf8')).toBe('{}\n');
  expect((await run(`destination logout ${url}`, { home })).stderr).toBe(
    `Nothing is saved for http://${server.host}.\n`,
  );
  expect((await run(`destination check ${url}`, { home })).code).toBe(4);
});

test('a password may come from standard input', async () => {
  const home = await makeHome();
  server.account = 'joe:from-a-file';
  expect((await run(`destination login ${url} --with-token`, { home, stdin: 'from-a-file\n' })).code).toBe(0);
  expect((await run(`destination check ${url}`, { home })).code).toBe(0);
});

test('nothing is saved when the destination cannot be reached', async () => {
  const home = await makeHome();
  await server.stop();
  const login = await run(`destination login ${url}`, { home, typed: 'whatever' });
  expect(login.code).toBe(5);
  await expect(stat(join(home, 'config/keys.json'))).rejects.toThrow('ENOENT');
});

test('a secret in the address is refused before anything is asked, and not repeated', async () => {
  for (const bad of [url.replace('joe@', 'joe:hunter22@'), `${url}?password=hunter22`]) {
    const ran = await run(['destination', 'check', bad]);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain(
      'in it is refused: others could read it there\nTo save it: auditlog destination login URL',
    );
    expect(ran.stderr).not.toContain('hunter22');
  }
  const env = { AUDITLOG_DEST_SECRET: 'hunter22' };
  expect((await run(['destination', 'check', 'hunter22'], { env })).stderr).toContain(
    "the destination's secret itself is on the command line",
  );
  expect(server.requests).toEqual([]);
});

test('a destination without a saved secret says where its own comes from', async () => {
  expect(await run('destination login ./folder', { typed: 'x' })).toEqual({
    code: 2,
    stdout: '',
    stderr: 'error: ./folder does not use a saved password or token\n',
  });
  const env = { AWS_ENDPOINT_URL_S3: 'http://localhost:1' };
  const bucket = await run('destination login s3://bucket/prefix', { typed: 'x', env });
  expect(bucket.code).toBe(2);
  expect(bucket.stderr).toContain('AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY');
});

test('the help of destination leads with examples', async () => {
  const help = await run('destination --help');
  expect(help.stdout).toContain('auditlog destination check clickhouse://ch.example.com/default.audit_events');
  expect((await run('destination check --help')).stdout).toContain('Exit codes: that of the worst finding');
});
