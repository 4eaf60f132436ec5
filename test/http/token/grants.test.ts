import { verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { signedJwt } from '../../../src/http/token/jwt.js';
import type { ProviderAuth } from '../../../src/providers/auth.js';
import { text } from '../asking.js';
import { ACCOUNT, CLIENT_SECRET, client, ID, publicKey, tokenWorld, vendorWith } from './world.js';

const PAIR = `${JSON.stringify({ 'client-id': ID, client_secret: CLIENT_SECRET })}`;
const OK = [{ body: { access_token: 'token-one', expires_in: 3600 } }];

const form = (body: string) => Object.fromEntries(new URLSearchParams(body));

test.each<{
  name: string;
  token: Record<string, unknown>;
  key: string;
  more?: Partial<ProviderAuth>;
  body: unknown;
  authorization?: string;
}>([
  {
    name: 'client credentials in the header, form-encoded as RFC 6749 says',
    token: { scope: 'audit.read more', audience: 'https://api.acme.example' },
    key: PAIR,
    body: { grant_type: 'client_credentials', scope: 'audit.read more', audience: 'https://api.acme.example' },
    authorization: `Basic ${Buffer.from('client+7%2B1:s3cr3t%2F9%2Bx%3D%25%3AWm2kQ7').toString('base64')}`,
  },
  {
    name: 'client credentials in the form',
    token: { client: 'body', extra: { resource: 'audit', grant_type: 'no' } },
    key: PAIR,
    body: { grant_type: 'client_credentials', client_id: ID, client_secret: CLIENT_SECRET, resource: 'audit' },
  },
  {
    name: 'client credentials in JSON, with the key as one text',
    token: { client: 'json', audience: 'a' },
    key: 'one:two:three-is-of-the-second',
    body: {
      grant_type: 'client_credentials',
      client_id: 'one',
      client_secret: 'two:three-is-of-the-second',
      audience: 'a',
    },
  },
  {
    name: 'a refresh token',
    token: { grant: 'refresh_token', client: 'body' },
    key: 'one:two:three:four',
    body: { grant_type: 'refresh_token', client_id: 'one', client_secret: 'two', refresh_token: 'three:four' },
  },
  {
    name: 'account credentials',
    token: { grant: 'account_credentials' },
    key: 'acc-1:one:two',
    body: { grant_type: 'account_credentials', account_id: 'acc-1' },
    authorization: `Basic ${Buffer.from('one:two').toString('base64')}`,
  },
  {
    name: 'a login',
    token: { grant: 'login', body: { username: '{user}', password: '{password}', kind: 'pat' }, at: 'token' },
    key: JSON.stringify({ user: 'ann', password: 'two words "quoted"' }),
    more: { parts: { user: { about: 'the user', shown: true }, password: { about: 'the password' } } },
    body: { username: 'ann', password: 'two words "quoted"', kind: 'pat' },
  },
])('the request for a token of $name', async ({ token, key, more, body, authorization }) => {
  const answers = token.at === 'token' ? [{ status: 201, body: { token: 'token-one' } }] : OK;
  const { base, asked, used } = await tokenWorld(answers);
  await client(base, vendorWith(base, token, more), key).get(new URL('/x', base), text);
  expect(used).toEqual(['Bearer token-one']);
  expect(asked).toHaveLength(1);
  const isJson = asked[0]!.headers['content-type'] === 'application/json';
  expect(isJson ? JSON.parse(asked[0]!.body) : form(asked[0]!.body)).toEqual(body);
  expect(asked[0]!.headers.authorization).toBe(authorization);
  expect(asked[0]!.headers.accept).toBe('application/json');
});

test.each([
  [{ scope: 'a b' }, { scope: 'a b' }],
  [
    { audience: 'https://oauth.acme.example/token', subject: 'admin@acme.example' },
    { aud: 'https://oauth.acme.example/token', sub: 'admin@acme.example' },
  ],
])('a service account signs what the file says: %j', async (token, claims) => {
  const { base, asked } = await tokenWorld(OK);
  const provider = vendorWith(base, { grant: 'jwt', ...token });
  await client(base, provider, JSON.stringify(ACCOUNT, undefined, 2)).get(new URL('/x', base), text);
  const { grant_type, assertion = '', ...rest } = form(asked[0]!.body);
  expect([grant_type, rest]).toEqual(['urn:ietf:params:oauth:grant-type:jwt-bearer', {}]);
  const [head = '', body = '', signature = ''] = assertion.split('.');
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  expect(read(head)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'kid-1' });
  const { iat, exp, ...told } = read(body);
  expect(told).toEqual({ iss: ACCOUNT.client_email, aud: `${base.origin}/oauth/token`, ...claims });
  expect(exp - iat).toBe(3600);
  expect(Math.abs(iat - Date.now() / 1000 + 30)).toBeLessThan(5);
  expect(verify('sha256', Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
});

test.each([
  ['not a key', 'cannot be read'],
  ['-----BEGIN PRIVATE KEY-----\nMIIEvSECRETSECRET\n-----END PRIVATE KEY-----', 'cannot be read'],
])('a private key that cannot sign is refused, and nothing of it is shown', (privateKey, why) => {
  const sign = () =>
    signedJwt(
      { email: 'e', privateKey, keyId: undefined, from: 'key.json' },
      { audience: 'a', scope: undefined, subject: undefined, now: 0 },
    );
  expect(sign).toThrow(
    `the API key from key.json cannot be used: private_key in the JSON of the service account ${why}`,
  );
  expect(sign).not.toThrow('SECRET');
});
