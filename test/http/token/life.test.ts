import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { makeKeyOfParts } from '../../../src/keys.js';
import { fastClock, rejection, serve, text } from '../asking.js';
import { client, tokenWorld, vendorWith } from './world.js';

const KEY = 'client-1:secret-of-the-client-0123';
const made = (token: string, more: object = {}) => ({ body: { access_token: token, token_type: 'Bearer', ...more } });

/** Moves the clock on between requests. */
async function after(clock: ReturnType<typeof fastClock>, seconds: number) {
  await clock.sleep(seconds * 1000);
}

test.each([
  ['an hour', { expires_in: 3600 }, 3539, 3541],
  ['an hour as text', { expires_in: '3600' }, 3539, 3541],
  ['a minute: a tenth before its end', { expires_in: 60 }, 53, 55],
])('a token of %s is used until shortly before its end, then replaced', async (_, life, last, over) => {
  const { base, asked, used } = await tokenWorld([made('one', life), made('two', life)]);
  const clock = fastClock();
  const asking = client(base, vendorWith(base, {}), KEY, { clock });
  await asking.get(new URL('/a', base), text);
  await after(clock, last);
  await asking.get(new URL('/b', base), text);
  expect(asked).toHaveLength(1);
  await after(clock, over - last);
  await asking.get(new URL('/c', base), text);
  expect(asked).toHaveLength(2);
  expect(used).toEqual(['Bearer one', 'Bearer one', 'Bearer two']);
});

test.each([[0], [-5], ['soon'], [null], [undefined], [{}]])(
  'a token whose life is told as %j is used until it is refused',
  async (expires) => {
    const { base, asked } = await tokenWorld([made('one', { expires_in: expires })]);
    const clock = fastClock();
    const asking = client(base, vendorWith(base, {}), KEY, { clock });
    for (let day = 0; day < 3; day += 1) {
      await asking.get(new URL('/a', base), text);
      await after(clock, 86_400);
    }
    expect(asked).toHaveLength(1);
  },
);

test('where the answer does not tell its life, the file does', async () => {
  const { base, asked } = await tokenWorld([made('one'), made('two')]);
  const clock = fastClock();
  const asking = client(base, vendorWith(base, { lasts: 600 }), KEY, { clock });
  await asking.get(new URL('/a', base), text);
  await after(clock, 541);
  await asking.get(new URL('/a', base), text);
  expect(asked).toHaveLength(2);
});

test('its life counts from the request, not from a slow answer, and places that the file names are read', async () => {
  const clock = fastClock();
  const { base, asked } = await tokenWorld([
    (response) => {
      void clock.sleep(300_000).then(() => response.end(JSON.stringify({ data: { jwt: 'one', life: 600 } })));
    },
  ]);
  const asking = client(base, vendorWith(base, { at: 'data.jwt', expiresAt: 'data.life' }), KEY, { clock });
  await asking.get(new URL('/a', base), text);
  await after(clock, 241);
  await asking.get(new URL('/a', base), text);
  expect(asked).toHaveLength(2);
});

test('all who wait for a token share one, at the beginning, at its end and after a 401', async () => {
  const alive = new Set(['Bearer one']);
  const { base, asked, used } = await tokenWorld(
    [made('one', { expires_in: 600 }), made('two', { expires_in: 600 }), made('three', { expires_in: 600 })],
    (given) => alive.has(given ?? ''),
  );
  const clock = fastClock();
  const asking = client(base, vendorWith(base, {}), KEY, { clock });
  const several = () => Promise.all([...'abcdefgh'].map((name) => asking.get(new URL(`/${name}`, base), text, {})));
  await several();
  expect(asked).toHaveLength(1);
  alive.clear();
  alive.add('Bearer two');
  await several();
  expect(asked).toHaveLength(2);
  alive.add('Bearer three');
  await after(clock, 600);
  await several();
  expect(asked).toHaveLength(3);
  expect(used.slice(-8)).toEqual(Array(8).fill('Bearer three'));
});

test('a 401 fetches a new token once: the second one ends the request', async () => {
  const { base, asked, used } = await tokenWorld([made('one'), made('two')], () => false);
  const error = await rejection(client(base, vendorWith(base, {}), KEY).get(new URL('/a', base), text));
  expect(error.message).toBe('a new token was rejected (401)');
  expect(error).toMatchObject({
    exitCode: 4,
    hint: `${base.host} made it with the key ending in …0123 from $AUDITLOG_API_KEY, so the key works there. Check the scope, the audience and the base URL`,
  });
  expect([asked.length, used]).toEqual([2, ['Bearer one', 'Bearer two']]);
});

test('a 403 is a matter of rights: no other token is made', async () => {
  const { base, asked } = await tokenWorld([made('one')], () => 403);
  const error = await rejection(client(base, vendorWith(base, {}), KEY).get(new URL('/a', base), text));
  expect(error.message).toBe('the token is valid but may not read audit logs (403)');
  expect(error).toMatchObject({ exitCode: 4 });
  expect(asked).toHaveLength(1);
});

test('more headers carry parts of the key beside the token', async () => {
  const { base, heard } = await tokenWorld([made('one')]);
  const provider = vendorWith(base, {}, { headers: { 'x-client': '{client-id}' } });
  await client(base, provider, KEY).get(new URL('/a', base), text);
  expect(heard.at(-1)?.headers).toMatchObject({ 'x-client': 'client-1', authorization: 'Bearer one' });
});

test('a replaced refresh token is used from then on, and told of once', async () => {
  const { base, asked } = await tokenWorld([
    made('one', { expires_in: 60, refresh_token: 'refresh-2' }),
    made('two', { expires_in: 60, refresh_token: 'refresh-2' }),
    made('three', { expires_in: 60 }),
  ]);
  const clock = fastClock();
  const told: string[] = [];
  const provider = vendorWith(base, { grant: 'refresh_token', client: 'body' });
  const asking = client(base, provider, 'id:secret:refresh-1', { clock, onRotation: (key) => told.push(key.reveal()) });
  for (let turn = 0; turn < 3; turn += 1) {
    await asking.get(new URL('/a', base), text);
    await after(clock, 60);
  }
  const sent = asked.map(({ body }) => new URLSearchParams(body).get('refresh_token'));
  expect(sent).toEqual(['refresh-1', 'refresh-2', 'refresh-2']);
  expect(told).toEqual(['id:secret:refresh-2']);
});

test('a key that was replaced meanwhile is read again where the old one makes no token any more', async () => {
  const { base, asked } = await tokenWorld([{ status: 401, body: { error: 'invalid_client' } }, made('one')]);
  let reads = 0;
  const key = async () => {
    reads += 1;
    return makeKeyOfParts(`client-1:secret-number-${reads}`, 'key.txt');
  };
  await client(base, vendorWith(base, { client: 'body' }), KEY, { connection: { key } }).get(new URL('/a', base), text);
  const sent = asked.map(({ body }) => new URLSearchParams(body).get('client_secret'));
  expect(sent).toEqual(['secret-number-1', 'secret-number-2']);
});

test('the token address has the patience of every request: 500, 429, gzip', async () => {
  const { base, asked, used } = await tokenWorld([
    { status: 503, body: {} },
    { status: 429, body: {}, headers: { 'retry-after': '2' } },
    (response) => response.socket?.destroy(),
    (response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' });
      response.end(gzipSync('{"access_token":"zipped"}'));
    },
  ]);
  await client(base, vendorWith(base, {}), KEY).get(new URL('/a', base), text);
  expect([asked.length, used]).toEqual([4, ['Bearer zipped']]);
});

test('a failure of the token address ends the request, and the next one tries again', async () => {
  const { base, used } = await tokenWorld([{ status: 400, body: { error: 'invalid_scope' } }, made('one')]);
  const asking = client(base, vendorWith(base, {}), KEY);
  expect((await rejection(asking.get(new URL('/a', base), text))).message).toContain('the scope was rejected');
  await asking.get(new URL('/a', base), text);
  expect(used).toEqual(['Bearer one']);
});

test('a request that is stopped does not stop the token that others wait for', async () => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { base, asked } = await tokenWorld([
    (response) => void held.then(() => response.end('{"access_token":"one"}')),
  ]);
  const asking = client(base, vendorWith(base, {}), KEY);
  const stop = new AbortController();
  const first = rejection(asking.get(new URL('/a', base), text, { signal: stop.signal }));
  const second = asking.get(new URL('/b', base), text);
  while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  stop.abort(new Error('enough'));
  expect((await first).message).toBe('enough');
  release();
  await second;
  expect(asked).toHaveLength(1);
});

test('the tokens are made elsewhere, and the key goes nowhere but there', async () => {
  const api = await serve((_, response) => response.end('[]'));
  const { base, asked } = await tokenWorld([made('one')]);
  await client(api.base, vendorWith(base, {}), KEY).get(new URL('/a', api.base), text);
  expect(asked).toHaveLength(1);
  expect(api.heard.map(({ headers }) => headers.authorization)).toEqual(['Bearer one']);
});

test('the end of the client ends a request for a token', async () => {
  const { base, asked } = await tokenWorld([() => {}]);
  const asking = client(base, vendorWith(base, {}), KEY);
  const ended = rejection(asking.get(new URL('/a', base), text));
  while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  await asking.close();
  expect((await ended).message).toBe('the client is closed');
});
