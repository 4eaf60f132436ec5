import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeScrubber } from '../src/http/redact.js';
import { makeHome, run } from './helpers/world.js';

/** 48 characters, and none of its parts is like any other text. */
const KEY = 'canary-Zq8xW2eR7uJ4nB9kT1vC6mH3pL5sD0gF8aY2iO7tX';
const PARTS = [...KEY].flatMap((_, at) => (at + 8 <= KEY.length ? [KEY.slice(at, at + 8)] : []));

/** Ways in which a server throws the key back, behind `before`. */
const CARRIERS: Readonly<Record<string, (response: ServerResponse, before: string) => void>> = {
  'in the message of a refusal': (response, before) =>
    response.writeHead(400, JSON_TYPE).end(JSON.stringify({ message: `${before}${KEY} is wrong` })),
  'in a plain text': (response, before) =>
    response.writeHead(500, { 'content-type': 'text/plain' }).end(`${before}${KEY}`),
  'in a title': (response, before) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<title>${before}${KEY}</title>`),
  'in headers': (response, before) => {
    const text = `${before}${KEY}`;
    const headers = { 'content-type': 'text/html', server: text, via: text, 'x-request-id': text };
    response.writeHead(200, headers).end('<p>');
  },
  'escaped for a page': (response, before) =>
    response.writeHead(403, { 'content-type': 'text/html' }).end(`<title>${before}&#x63;anary${KEY.slice(6)}</title>`),
  'with its first character escaped': (response, before) =>
    response.writeHead(403, { 'content-type': 'text/html' }).end(`<title>${before}&#99;${KEY.slice(1)}</title>`),
  'in two halves': (response, before) =>
    response
      .writeHead(400, JSON_TYPE)
      .end(JSON.stringify({ message: `${before}${KEY.slice(0, 30)} ${KEY.slice(30)}` })),
  'as hexadecimal digits': (response, before) =>
    response.writeHead(400, JSON_TYPE).end(JSON.stringify({ message: before + Buffer.from(KEY).toString('hex') })),
  'cut by the server itself': (response) =>
    response.writeHead(400, JSON_TYPE).end(JSON.stringify({ message: `bad token ${KEY.slice(0, 14)}...` })),
};
const JSON_TYPE = { 'content-type': 'application/json' };

/** The lengths to which texts are cut. */
const CUTS = [60, 80, 100, 120, 200, 300];
const BEFORE = CUTS.flatMap((cut) => [9, 24, 40, 47].map((kept) => cut - kept));

describe('a key that a server throws back where a text is cut', () => {
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const server = createServer((request, response) => answer(request, response));
  let base = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test.each(Object.keys(CARRIERS))('%s is in no output', { timeout: 60_000 }, async (name) => {
    const home = await makeHome();
    const env = { AUDITLOG_BASE_URL: base, AUDITLOG_API_KEY: KEY };
    for (const length of BEFORE) {
      answer = (_, response) => CARRIERS[name]!(response, 'y '.repeat(length).slice(0, length));
      for (const line of ['list --debug --max-wait 1s', 'doctor --format json --max-wait 1s']) {
        const { stdout, stderr } = await run(line, { env, home, clock: hasty() });
        expect(`${stdout}${stderr}`).not.toContain('expected a duration');
        expect({ length, line, parts: PARTS.filter((part) => `${stdout}${stderr}`.includes(part)) }).toEqual({
          length,
          line,
          parts: [],
        });
      }
    }
  });
});

/** A clock whose waits take no time. */
function hasty() {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    monotonic: () => performance.now() + ahead,
    sleep: async (ms: number) => {
      ahead += ms;
    },
  };
}

describe('the first part of a secret', () => {
  const scrub = makeScrubber([KEY]);

  test.each(['', '…', '...', '"', ')', '\n', '\\"', ', and more'])(
    'before %j is the secret from 8 characters on',
    (after) => {
      for (let length = 8; length < KEY.length; length += 1)
        expect(scrub(`token ${KEY.slice(0, length)}${after}`)).toBe(
          after.startsWith('\\') && length < 16 ? `token ${KEY.slice(0, length)}${after}` : `token [redacted]${after}`,
        );
    },
  );

  test('and the last part is, and one in the middle from 16 characters on', () => {
    for (let at = 1; at <= KEY.length - 8; at += 1)
      expect(scrub(`token ...${KEY.slice(at)}, and`)).toBe('token ...[redacted], and');
    for (let at = 1; at <= KEY.length - 17; at += 1) expect(scrub(`_${KEY.slice(at, at + 16)}_`)).toBe('_[redacted]_');
    expect(scrub(`token ...${KEY.slice(-7)}`)).toBe(`token ...${KEY.slice(-7)}`);
  });

  test('is left where it is shorter, or where another word goes on', () => {
    for (const text of [`token ${KEY.slice(0, 7)}`, `${KEY.slice(0, 9)}another-word`]) expect(scrub(text)).toBe(text);
  });

  test('is found in any of the forms of the secret', () => {
    const secret = 'p/q+r=s&t"u<v>w x/y+z=0123456789';
    const clean = makeScrubber([secret]);
    for (const form of [
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64'),
      secret.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`),
    ])
      for (let length = 20; length <= form.length; length += 1)
        // Of base64, at most two characters are left at the end.
        expect(clean(`said: ${form.slice(0, length)}…`)).toMatch(/^said: \[redacted\].{0,2}…$/);
  });
});
