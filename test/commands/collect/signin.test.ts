import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeHome, run } from '../../helpers/world.js';
import { tokenWorld } from '../../http/token/world.js';

const FILE = {
  name: 'acme',
  title: 'Acme',
  base: 'https://{tenant}.acme.example',
  path: '/{region}/audit',
  variables: { tenant: { about: 'your site' }, region: { about: 'the region', default: 'eu' } },
  auth: {
    type: 'token',
    token: { grant: 'client_credentials', client: 'body', url: 'https://auth.acme.example/oauth/{tenant}' },
  },
  paging: { style: 'page', page: 'page', size: 'take', max: 50 },
  fields: { time: 'at', action: 'what', actor: { email: 'who' } },
};

async function homeWith(file: object): Promise<string> {
  const home = await makeHome();
  await mkdir(join(home, 'config/providers'), { recursive: true });
  await writeFile(join(home, 'config/providers/acme.json'), JSON.stringify(file));
  return home;
}

test('a collector remembers the variables and the address of tokens that it was made with', async () => {
  const { base, asked, heard } = await tokenWorld([{ body: { access_token: 'one', expires_in: 600 } }]);
  const home = await homeWith(FILE);
  const env = { AUDITLOG_API_KEY: 'id:secret', AUDITLOG_STATE_DIR: join(home, 'state') };
  const made = await run(
    `collect all --create --dest ${home}/archive --provider acme --base-url ${base.origin} --token-url ${base.origin}/oauth/t --var tenant=ann`,
    { home, env: { ...env, AUDITLOG_VARS: 'region=us' } },
  );
  expect(made.code).toBe(0);
  expect(made.stderr).toContain(`  tokens: ${base.origin}/oauth/t\n  variables: tenant=ann, region=us\n`);
  expect(heard).toEqual([]);

  // Neither is in the environment any more.
  const first = await run('collect all', { home, env });
  expect([first.code, first.stderr]).toEqual([0, expect.stringContaining('all: ')]);
  expect(asked).toHaveLength(1);
  const paths = heard.map(({ url }) => url.replace(/\?.*/, ''));
  expect([...new Set(paths)]).toEqual(['/oauth/t', '/us/audit']);
  const definition = await readFile(join(home, 'state/collectors/all/definition.json'), 'utf8');
  expect(definition).not.toContain('secret');

  const other = await run('collect all --var tenant=bob', { home, env });
  expect(other.code).toBe(2);
  expect(other.stderr).toContain('variables: tenant=ann, region=us, and tenant=bob, region=us now');
  expect((await run('collect all --var tenant=ann', { home, env })).code).toBe(0);
});

test.each([
  [
    { status: 401, body: { error: 'invalid_client' } },
    'authentication',
    "the client's id or secret was rejected (401)",
  ],
  [{ status: 400, body: { error: 'invalid_scope' } }, 'authentication', 'the scope was rejected (400)'],
  [{ status: 200, body: {} }, 'endpoint', 'there is no token at access_token'],
])('doctor says which step fails where no token is made: %j', async (answer, name, told) => {
  const { base } = await tokenWorld([answer]);
  const home = await homeWith(FILE);
  const env = { AUDITLOG_API_KEY: 'id:secret-0123456789' };
  const ran = await run(`doctor --provider acme --base-url ${base.origin} --var tenant=ann --format json`, {
    home,
    env,
  });
  const checks = JSON.parse(ran.stdout) as { name: string; status: string; fact: string }[];
  const failed = checks.filter(({ status }) => status === 'fail');
  expect(failed.map((one) => one.name)).toEqual([name]);
  expect(failed[0]?.fact).toContain(told);
  expect(checks.find((one) => one.name === 'base-url')?.fact).toBe(
    `${base.origin} (--base-url); tokens from ${base.origin}/oauth/ann (default)`,
  );
  expect(ran.stdout).not.toContain('secret-0123456789');
});
