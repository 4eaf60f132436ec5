import { expect, test } from 'vitest';
import { fastClock, rejection, serve, text } from '../asking.js';
import { ACCOUNT, client, tokenWorld, vendorWith } from './world.js';

const KEY = 'client-1:secret-of-the-client-0123';

/** The message, the hint and the exit code of the error of a request whose token cannot be made. */
async function failure(answer: Parameters<typeof tokenWorld>[0][0], token = {}, key = KEY) {
  const { base, used } = await tokenWorld([answer]);
  const debug: string[] = [];
  const asking = client(base, vendorWith(base, token), key, { debug: (line) => debug.push(line) });
  const error = (await rejection(asking.get(new URL('/a', base), text))) as Error & {
    hint?: string;
    exitCode?: number;
  };
  // Nothing was asked without a token.
  expect(used).toEqual([]);
  const plain = (text = '') => text.replaceAll(base.host, 'HOST');
  return { message: plain(error.message), hint: plain(error.hint), exit: error.exitCode, debug };
}

const grants = { refresh: { grant: 'refresh_token', client: 'body' }, jwt: { grant: 'jwt' } } as const;

test.each([
  [
    401,
    { error: 'invalid_client', error_description: 'No such client.' },
    {},
    "the client's id or secret was rejected (401): invalid_client: No such client",
    4,
  ],
  [401, { message: 'Bad credentials' }, {}, "the client's id or secret was rejected (401): Bad credentials", 4],
  [
    400,
    { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
    grants.refresh,
    'the refresh token was rejected (400): invalid_grant: Token has been expired or revoked',
    4,
  ],
  [
    400,
    { error: 'invalid_grant', error_description: 'Invalid JWT' },
    grants.jwt,
    "the service account's signature was rejected (400): invalid_grant: Invalid JWT",
    4,
  ],
  [400, { error: 'invalid_scope' }, {}, 'the scope was rejected (400): invalid_scope', 4],
  [403, { error: 'access_denied' }, {}, 'the client is not allowed to (403): access_denied', 4],
  [400, { error: 'unauthorized_client' }, grants.jwt, 'the client is not allowed to (400): unauthorized_client', 4],
  [400, { error: 'unsupported_grant_type' }, {}, 'the request was rejected (400): unsupported_grant_type', 4],
  [
    200,
    { error: 'bad_verification_code' },
    {},
    "the client's id or secret was rejected (200): bad_verification_code",
    4,
  ],
  [200, { ok: false, error: 'invalid_auth' }, {}, "the client's id or secret was rejected (200): invalid_auth", 4],
] as const)('a refusal says in plain words what is wrong: %i %j', async (status, body, token, told, exit) => {
  const key = token === grants.jwt ? JSON.stringify(ACCOUNT) : token === grants.refresh ? `${KEY}:refresh-1` : KEY;
  const error = await failure({ status, body }, token, key);
  expect(error).toMatchObject({ message: `the token address at HOST made no token: ${told}`, exit });
  expect(error.hint).toContain('from $AUDITLOG_API_KEY. To save another: auditlog auth login');
});

test.each([
  [{ status: 404, body: 'nothing' }, 'no tokens are made at /oauth/token of the token address at HOST (404)', 2],
  [
    { status: 200, body: '<html><title>Sign in</title>' },
    'the token address at HOST answered with a web page ("Sign in")',
    5,
  ],
  [
    { status: 200, body: 'access_token=abc' },
    'the token address at HOST answered in an unknown shape: it is not a JSON object',
    5,
  ],
  [
    { status: 200, body: '["a"]' },
    'the token address at HOST answered in an unknown shape: it is not a JSON object',
    5,
  ],
  [
    { status: 200, body: {} },
    'the token address at HOST answered in an unknown shape: there is no token at access_token',
    5,
  ],
  [
    { status: 200, body: { access_token: '' } },
    'the token address at HOST answered in an unknown shape: there is no token at access_token',
    5,
  ],
  [
    { status: 200, body: { access_token: 7 } },
    'the token address at HOST answered in an unknown shape: there is no token at access_token',
    5,
  ],
  [
    { status: 200, body: { access_token: 'two words' } },
    'the token address at HOST answered in an unknown shape: what is at access_token is not a token',
    5,
  ],
  [
    { status: 200, body: { access_token: 'a\r\nx-evil: 1' } },
    'the token address at HOST answered in an unknown shape: what is at access_token is not a token',
    5,
  ],
  [
    { status: 200, body: { access_token: 'k'.repeat(20_000) } },
    'the token address at HOST answered in an unknown shape: what is at access_token is not a token',
    5,
  ],
  [
    { status: 200, body: `{"access_token":"${'k'.repeat(1_100_000)}"}` },
    'the token address at HOST: the answer is larger than 1048576 bytes',
    5,
  ],
  [
    { status: 302, body: '', headers: { location: 'https://evil.example/token' } },
    'the token address at HOST redirects to https://evil.example (302): redirects are never followed, and the key was not sent there',
    undefined,
  ],
] as const)('an answer without a token is told as what it is, %#', async (answer, told, exit) => {
  const error = await failure(answer);
  expect(error.message).toBe(told);
  if (exit !== undefined) expect(error.exit).toBe(exit);
});

test('a redirect is not followed, whatever its status', async () => {
  const other = await serve((_, response) => response.end('{"access_token":"stolen"}'));
  for (const status of [301, 302, 303, 307, 308]) {
    const error = await failure({ status, body: '', headers: { location: other.base.href } });
    expect(error.hint).toContain('--token-url URL');
  }
  expect(other.heard).toEqual([]);
});

test('secrets that a refusal repeats are removed, also where it is cut', async () => {
  const secret = 'secret-of-the-client-0123';
  const basic = Buffer.from(KEY).toString('base64');
  const words = `no ${secret} ${basic} ${encodeURIComponent(KEY)} tok-en-of-hostile ${'x'.repeat(230)} ${secret}`;
  const error = await failure({
    status: 400,
    body: { error: 'invalid_client', error_description: words, access_token: 'tok-en-of-hostile' },
    headers: { 'x-request-id': `tok-en-of-hostile ${secret}`, server: secret },
  });
  const all = [error.message, error.hint, ...error.debug].join('\n');
  for (const one of [secret, secret.slice(0, 10), basic.slice(0, 20), 'tok-en-of']) expect(all).not.toContain(one);
  expect(error.debug.join()).toContain('POST /oauth/token → 400');
});

test('no header of a token answer is traced: the token in it is not known yet', async () => {
  const { base } = await tokenWorld([
    { body: { access_token: 'token-Zq8xW2eR7uJ4' }, headers: { 'x-request-id': 'token-Zq8xW2eR7uJ4' } },
  ]);
  const debug: string[] = [];
  const asking = client(base, vendorWith(base, {}), KEY, { debug: (line) => debug.push(line) });
  await asking.get(new URL('/a?echo=token-Zq8xW2eR7uJ4', base), text);
  expect(debug.map((line) => line.replace(/\d+ bytes.*/, ''))).toEqual([
    'POST /oauth/token → 200, ',
    'GET /a?echo=[redacted] → 200, ',
  ]);
});

test('a service account signs by the clock of the token address where ours is wrong', async () => {
  const now = Date.now();
  const clock = { ...fastClock(), now: () => now - 3 * 86_400_000 };
  const fits = (body: string) => {
    const claims = new URLSearchParams(body).get('assertion')?.split('.')[1] ?? '';
    return Math.abs(JSON.parse(Buffer.from(claims, 'base64url').toString()).iat - now / 1000) < 300;
  };
  const world = await tokenWorld([
    (response) => {
      const isRight = fits(world.asked.at(-1)!.body);
      response.writeHead(isRight ? 200 : 400, {
        'content-type': 'application/json',
        date: new Date(now).toUTCString(),
      });
      response.end(isRight ? '{"access_token":"one"}' : '{"error":"invalid_grant"}');
    },
  ]);
  const provider = vendorWith(world.base, { grant: 'jwt' });
  await client(world.base, provider, JSON.stringify(ACCOUNT), { clock }).get(new URL('/a', world.base), text);
  expect([world.asked.length, world.used]).toEqual([2, ['Bearer one']]);
});

test('a refresh token that replaced the first one is removed from the answers of the API, too', async () => {
  const { base } = await tokenWorld([{ body: { access_token: 'one', refresh_token: 'refresh-Zq8xW2eR7uJ4' } }]);
  const api = await serve((_, response) =>
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"message":"no refresh-Zq8xW2eR7uJ4"}'),
  );
  const provider = vendorWith(base, grants.refresh);
  const error = await rejection(client(api.base, provider, `${KEY}:refresh-1`).get(new URL('/a', api.base), text));
  expect(error.message).toBe('the server refused the request (400): no [redacted]');
});
