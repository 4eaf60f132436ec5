import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { demoKey } from '../../src/demo/key.js';
import { openTokens } from '../../src/demo/tokens.js';
import { toProviderFile } from '../../src/providers/file/parse.js';
import { makeHome, run } from '../helpers/world.js';

type Keys = Readonly<Record<string, unknown>>;

const url = 'https://login.acme.example/oauth/token';
const oauth = (more: Keys): Keys => ({
  type: 'token',
  token: { grant: 'client_credentials', client: 'header', url, ...more },
});

const WAYS: readonly (readonly [name: string, auth: Keys])[] = [
  ['a header', { header: 'x-api-key' }],
  ['a value to the letter', { header: 'authorization', value: 'Token token={key}' }],
  [
    'two headers',
    {
      header: 'dd-api-key',
      value: '{api}',
      headers: { 'dd-application-key': '{app}' },
      parts: { api: { about: 'the API key' }, app: { about: 'the application key' } },
    },
  ],
  [
    'Basic',
    {
      type: 'basic',
      user: '{email}/token',
      password: '{token}',
      parts: { email: { about: 'your email', shown: true }, token: { about: 'the token' } },
    },
  ],
  ['client credentials in a header', oauth({ scope: 'audit.read' })],
  [
    'client credentials in a form',
    oauth({ client: 'body', audience: 'https://acme.example/', extra: { device: 'cli' } }),
  ],
  ['client credentials in JSON', oauth({ client: 'json' })],
  ['a refresh token', oauth({ grant: 'refresh_token', client: 'body' })],
  ['account credentials', oauth({ grant: 'account_credentials' })],
  ['a service account', { type: 'token', token: { grant: 'jwt', url, scope: 'audit.read', subject: '{admin}' } }],
  [
    'a call to log in',
    {
      type: 'token',
      header: 'x-session',
      parts: { user: { about: 'the user', shown: true }, password: { about: 'the password' } },
      token: { grant: 'login', url, body: { name: '{user}', secret: '{password}' }, at: 'session.token', lasts: 600 },
    },
  ],
];

const ACME: Keys = {
  name: 'acme',
  base: 'https://{tenant}.acme.example/api',
  variables: {
    tenant: { about: 'the tenant', example: 'lumen' },
    admin: { about: 'an administrator', example: 'ada@lumen.example' },
  },
  path: '/log',
  paging: { style: 'page', page: 'p', size: 'n', max: 50 },
  items: 'data',
  fields: { id: 'id', time: 'at', action: 'did', actor: { id: 'by.id', name: 'by.name' } },
};

/** The variables that a file uses. */
function fileOf(auth: Keys): Keys {
  const { admin, ...others } = ACME.variables as Keys;
  return { ...ACME, auth, variables: JSON.stringify(auth).includes('{admin}') ? { ...others, admin } : others };
}

describe('the demo of a file', () => {
  test.each(WAYS)('is asked with %s', async (_, auth) => {
    const home = await makeHome();
    await writeFile(join(home, 'acme.json'), JSON.stringify(fileOf(auth)));
    const { code, stdout, stderr } = await run('list -n 3 --demo --provider ./acme.json --format ndjson --quiet', {
      home,
    });
    expect(code, stderr).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(3);
    expect(stdout + stderr).not.toMatch(/demo_token_|demo_client|PRIVATE KEY/);
  });
});

const TOKENS = WAYS.filter(([, auth]) => auth.type === 'token');

describe('a desk that makes tokens', () => {
  test.each(TOKENS)('refuses a request that is not %s', (_, auth) => {
    const { provider } = toProviderFile(fileOf(auth), 'acme.json');
    const desk = openTokens(provider, demoKey(provider))!;
    const post = (body: string, headers: Record<string, string> = {}) =>
      desk.answer({ method: 'POST', target: '/oauth/token', headers, body }, 0)?.status;
    expect(post('')).toBeGreaterThanOrEqual(400);
    expect(post('grant_type=password&username=a', { authorization: 'Basic YTpi' })).toBeGreaterThanOrEqual(400);
    expect(post('{"name":"a","secret":"b"}', { 'content-type': 'application/json' })).toBeGreaterThanOrEqual(400);
    expect(desk.answer({ method: 'GET', target: '/log', headers: {} }, 0)).toBeUndefined();
    expect(desk.isSigned({ authorization: 'Bearer demo_token_0_0' }, 0)).toBe(false);
  });

  test('knows its tokens until they end', () => {
    const { provider } = toProviderFile(fileOf(oauth({ client: 'json' })), 'acme.json');
    const key = demoKey(provider);
    const desk = openTokens(provider, key, 60)!;
    const [id, secret] = key.split(':');
    const body = JSON.stringify({ grant_type: 'client_credentials', client_id: id, client_secret: secret });
    const headers = { 'content-type': 'application/json' };
    const made = desk.answer({ method: 'POST', target: '/oauth/token', headers, body }, 1000)!;
    expect(made.status).toBe(200);
    const { access_token: token, expires_in: lasts } = JSON.parse(made.body) as Record<string, unknown>;
    expect(lasts).toBe(60);
    expect(desk.isSigned({ authorization: `Bearer ${token}` }, 60_000)).toBe(true);
    expect(desk.isSigned({ authorization: `Bearer ${token}` }, 61_000)).toBe(false);
    expect(desk.isSigned({ authorization: `Bearer ${key}` }, 1000)).toBe(false);
  });
});
