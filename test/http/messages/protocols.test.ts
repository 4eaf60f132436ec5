import { readFileSync } from 'node:fs';
import { createServer as createHttp2, createSecureServer } from 'node:http2';
import { createServer as createPlain } from 'node:net';
import { join } from 'node:path';
import { createServer as createTls } from 'node:tls';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { run } from '../../helpers/world.js';
import { fastClock, KEY, listen, reply, serve } from '../asking.js';

const PEM = readFileSync(join(import.meta.dirname, '../fixtures/good.pem'));

async function said(
  base: string | URL,
): Promise<{ readonly code: number; readonly first: string; readonly rest: string }> {
  const env = { AUDITLOG_BASE_URL: String(base), AUDITLOG_API_KEY: KEY };
  const { code, stderr } = await run('list', { env, clock: fastClock() });
  const [first = '', ...rest] = stderr.split('\n').filter((line) => !line.includes(', waiting '));
  return { code, first: first.replace(/127\.0\.0\.1:\d+|localhost:\d+/, 'HOST'), rest: rest.join('\n') };
}

describe('what is not an answer in HTTP/1.1 is named, after two requests', () => {
  test.each([
    ['a server that speaks HTTP/2 only', () => listen(createHttp2()), 'it speaks HTTP/2 only, and not HTTP/1.1'],
    [
      'the same over TLS',
      async () => {
        const base = await listen(createSecureServer({ key: PEM, cert: PEM, allowHTTP1: false }), 'https');
        return base.href.replace('127.0.0.1', 'localhost');
      },
      'it speaks HTTP/2 only, and not HTTP/1.1',
    ],
    [
      'http to a port for https, which answers with an alert',
      () =>
        listen(
          createPlain((socket) => {
            socket.once('data', () => socket.end(Buffer.from('15030100020246', 'hex')));
          }),
        ),
      'this is its port for https',
    ],
    [
      'headers without end',
      async () => (await serve(reply(200, '[]', { 'x-much': 'a'.repeat(40_000) }))).base,
      'the headers of its answer are larger than 16 KB',
    ],
  ])('%s', async (_, start, what) => {
    const { code, first, rest } = await said(await start());
    expect({ code, first, rest }).toEqual({
      code: 5,
      first: `error: cannot read the answers of HOST: ${what}`,
      rest: 'Check the base URL: its scheme and its port\nGave up after 2 attempts\n',
    });
  });

  test('https to a port for http', async () => {
    const { base } = await serve(reply(200));
    const { code, first, rest } = await said(base.href.replace('http:', 'https:'));
    expect({ code, first, rest }).toEqual({
      code: 5,
      first: 'error: no secure connection to HOST (ERR_SSL_WRONG_VERSION_NUMBER): the server there does not use TLS',
      rest: 'Is this its port for plain http? Check the port of the base URL\n',
    });
  });

  test('http to a port for https that closes the connection is at least a guess', async () => {
    const { code, rest } = await said(await listen(createTls({ key: PEM, cert: PEM })));
    expect({ code, guess: rest.includes('If this is its port for https: https://') }).toEqual({ code: 5, guess: true });
  });
});

test('a content encoding that was not asked for is named', async () => {
  const { base } = await serve(reply(200, brotliCompressSync('[]'), { 'content-encoding': 'br' }));
  const { code, first } = await said(base);
  expect({ code, first }).toEqual({
    code: 5,
    first: 'error: HOST compresses its answers in a way that was not asked for (br)',
  });
});

test('a content encoding that is no name is not repeated', async () => {
  const { base } = await serve(reply(200, '[]', { 'content-encoding': `${KEY} x` }));
  const { code, first } = await said(base);
  expect({ code, first }).toEqual({ code: 5, first: 'error: the answers of HOST arrive damaged' });
});

describe('a 200 that says in its body that it failed', () => {
  test.each([
    ['{"ok":false,"error":"missing_scope","needed":"auditlogs:read"}', 'missing_scope'],
    ['{"ok":false,"error":"missing_scope","data":[]}', 'missing_scope'],
    ['{"success":false,"message":"Not on this plan."}', 'Not on this plan'],
    ['{"error":{"code":7,"message":"no such log"}}', 'no such log'],
    ['{"errors":[{"message":"Field is not known"}],"data":null}', 'Field is not known'],
  ])('is quoted: %s', async (body, words) => {
    const { base } = await serve(reply(200, body));
    const { code, first } = await said(base);
    expect({ code, first }).toEqual({
      code: 5,
      first: `error: the API at HOST answered 200, but with an error: ${words}`,
    });
  });

  test('and does not say why', async () => {
    const { base } = await serve(reply(200, '{"ok":false}'));
    expect((await said(base)).first).toBe(
      'error: the API at HOST answered 200, but with an error that it does not name',
    );
  });

  test('is quoted with every shipped vendor, whose list of entries may be missing', async () => {
    const { base } = await serve(reply(200, '{"ok":false,"error":"missing_scope"}'));
    for (const provider of ['invent', 'chipp', 'rpawatch', 'yura', 'slack', 'github']) {
      const ran = await run(`list --provider ${provider} --org some --base-url ${base.href}`, {
        env: { AUDITLOG_API_KEY: KEY },
        clock: fastClock(),
      });
      if (ran.code === 2) continue;
      expect({ provider, code: ran.code }).toEqual({ provider, code: 5 });
      expect(ran.stderr).toContain('missing_scope');
    }
  });
});
