import { expect, test } from 'vitest';
import { withAuth } from '../../src/http/client.js';
import type { ApiRequest, Send } from '../../src/http/send.js';
import { makeSecret } from '../../src/keys.js';
import { acme, ask, KEY, rejection, reply, serve, text } from './asking.js';

const key = makeSecret(KEY, 'a test');

function recorder() {
  const sent: ApiRequest[] = [];
  const send: Send = async (request) => {
    sent.push(request);
    return { status: 200, headers: new Map(), body: Buffer.from('[]'), sentAt: 0, receivedAt: 0 };
  };
  return { sent, send };
}

test.each([
  [{ type: 'header', header: 'Authorization', scheme: 'Bearer' } as const, { authorization: `Bearer ${KEY}` }],
  [{ type: 'header', header: 'X-API-Key' } as const, { 'x-api-key': KEY }],
])('the key is sent in the header of the vendor: %j', async (auth, headers) => {
  const { sent, send } = recorder();
  await withAuth(
    send,
    auth,
    key,
    'https://api.example.com',
  )({
    url: new URL('https://api.example.com/x'),
    headers: { accept: 'a' },
  });
  expect(sent[0]?.headers).toEqual({ accept: 'a', ...headers });
});

test.each([
  'https://api.example.com.evil.example/x',
  'http://api.example.com/x',
  'https://api.example.com:8443/x',
  'https://sub.api.example.com/x',
])('a request to another origin is not sent: %s', async (address) => {
  const { sent, send } = recorder();
  const authed = withAuth(send, acme.auth, key, 'https://api.example.com');
  await expect(authed({ url: new URL(address), headers: {} })).rejects.toThrow('refused to send the key');
  expect(sent).toEqual([]);
});

test('a client sends no request to another origin', async () => {
  const home = await serve(reply(200));
  const other = await serve(reply(200));
  const error = await rejection(ask(home.base).get(new URL('/x', other.base), text));
  expect(error.message).toBe(
    `refused to send the key of ${home.base.origin} to ${other.base.origin}: this is a fault of auditlog`,
  );
  expect([home.heard, other.heard]).toEqual([[], []]);
});

test('without a key no request is sent, and the error names the places where a key was looked for', async () => {
  const { base, heard } = await serve(reply(200));
  const missing = new Error('there is no API key');
  const key = async () => {
    throw missing;
  };
  const client = ask(base, { connection: { key } });
  expect(await rejection(client.get(new URL('/x', base), text))).toBe(missing);
  await client.close();
  expect(heard).toEqual([]);
});
