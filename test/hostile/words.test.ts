import { createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../helpers/world.js';
import { KEY } from './answering.js';
import { harmIn } from './harmless.js';

const RUNS = Number(process.env.AUDITLOG_TEST_RUNS ?? 40);

let server: Server;
let env: Record<string, string>;
/** What is sent next, byte for byte. */
let answer: Buffer = Buffer.alloc(0);

beforeAll(async () => {
  server = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => socket.end(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  env = { AUDITLOG_BASE_URL: `http://127.0.0.1:${(server.address() as { port: number }).port}`, AUDITLOG_API_KEY: KEY };
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

interface Words {
  readonly status?: number;
  readonly reason?: string;
  /** Their values are sent as they are, one byte for each character below U+0100. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

function say({ status = 400, reason = 'Bad', headers = {}, body = '' }: Words): void {
  const bytes = Buffer.from(body);
  const lines = Object.entries({
    'content-type': 'application/json',
    ...headers,
    'content-length': String(bytes.length),
    connection: 'close',
  });
  const head = [`HTTP/1.1 ${status} ${reason}`, ...lines.map(([name, value]) => `${name}: ${value}`)].join('\r\n');
  answer = Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), bytes]);
}

/** Everything that a terminal is shown of a command, with and without --debug. */
async function shown(line: string): Promise<{ readonly code: number; readonly text: string }> {
  const plain = await run(line, { env, tty: { columns: 100 } });
  const debug = await run(`${line} --debug`, { env, tty: { columns: 100 } });
  expect(harmIn(plain.stdout + plain.stderr, { tty: true })).toBeUndefined();
  expect(harmIn(debug.stdout + debug.stderr, { tty: true })).toBeUndefined();
  return { code: plain.code, text: `${plain.stderr}\n${debug.stderr}` };
}

const ESC = '\u001b';
const NASTY = `${ESC}[2J${ESC}]0;owned\u0007 \u009b31m \u202eevil\u202c \u200bx\u2028y\r\nerror: forged\u0000\ud800 ${ESC}]52;c;ZXZpbA==\u0007${ESC}]8;;https://evil.example\u0007`;

describe('what a server says of itself', () => {
  test.each([400, 401, 402, 403, 404, 410, 418, 422, 451, 501])(
    'in an error %i cannot move, hide or forge anything',
    async (status) => {
      for (const body of [
        JSON.stringify({ message: NASTY }),
        JSON.stringify({ error: { message: NASTY, code: NASTY } }),
        JSON.stringify({ error: NASTY }),
        JSON.stringify(NASTY),
        JSON.stringify([NASTY]),
      ]) {
        say({ status, body });
        const { text } = await shown('list');
        expect(text).not.toMatch(/^error: forged/m);
        expect(text.length).toBeLessThan(6000);
      }
    },
  );

  test('as plain text, or without end, is no more than a line', async () => {
    say({ status: 400, headers: { 'content-type': 'text/plain; charset=latin1' }, body: `${NASTY}\n`.repeat(1000) });
    const { text } = await shown('list');
    expect(text).toContain(String.raw`\x1b[2J`);
    expect(text).not.toMatch(/^error: forged/m);
    expect(text.length).toBeLessThan(4000);
    say({ status: 400, body: JSON.stringify({ message: 'a'.repeat(2_000_000) }) });
    expect((await shown('list')).text.length).toBeLessThan(4000);
  });

  test('in a title and in headers cannot either', async () => {
    const nasty = '\x9b31m\x9d0;owned\x9c\x85 \xad \xff';
    say({
      status: 200,
      reason: `OK \x9b31m`,
      headers: {
        'content-type': 'text/html',
        server: `nginx${nasty}`,
        via: nasty,
        date: nasty,
        'x-request-id': nasty,
        age: nasty,
      },
      body: `<html><TITLE lang="en">${NASTY}\n${ESC}c</TITLE>`,
    });
    const { code, text } = await shown('list');
    expect(code).toBe(5);
    expect(text).toContain('got a web page instead of the API');
    expect(text).toContain(String.raw`\x1b[2J`);
    expect(text).not.toMatch(/^error: forged/m);
  });

  test('in headers with controls in them is no answer', async () => {
    for (const value of [`a${ESC}[31m`, 'a\x00b']) {
      say({ status: 302, headers: { location: value, server: value }, body: '' });
      const stop = new AbortController();
      const ran = await run('list', {
        env,
        tty: { columns: 100 },
        signal: stop.signal,
        onStderr: () => stop.abort(new Error('enough')),
      });
      expect(harmIn(ran.stdout + ran.stderr, { tty: true })).toBeUndefined();
    }
  });

  test.each([
    'http://user:pass@evil.example/?token=secret',
    'https://evil.example/login?return=abc#frag',
    '//evil.example/x',
    'javascript:alert(1)',
    'data:text/html,hello',
    '/login?next=\x9b31m',
    'http://[::1',
    'http://xn--e1afmkfd.example\x9b',
    '',
  ])('to go elsewhere is not followed, and only the place is named: %s', async (location) => {
    say({ status: 302, headers: { location } });
    const { code, text } = await shown('list');
    expect(code).toBe(5);
    expect(text).toContain('redirects are never followed, and the key was not sent there');
    expect(text).not.toMatch(/token=|secret|pass@|return=/);
  });

  test('whatever it is, is harmless', async () => {
    const nasty = fc.string({
      unit: fc
        .oneof(
          fc.integer({ min: 0, max: 0x9f }),
          fc.constantFrom(0x1b, 0x9b, 0x07, 0x0d, 0x202e, 0x2066, 0x200b, 0xfeff, 0xe0041, 0xd800, 0x600, 0x301),
          fc.integer({ min: 0, max: 0xffff }),
        )
        .map((code) => String.fromCodePoint(code)),
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(400, 403, 404, 409, 422), nasty, nasty, async (status, message, raw) => {
        say({ status, headers: { via: raw.replace(/[^\x20-\x7e\x80-\xff]/g, '') }, body: JSON.stringify({ message }) });
        await shown('list');
      }),
      { numRuns: RUNS },
    );
  });
});

describe('what stands on the line or in the settings', () => {
  test.each([
    ['list', '--action', `${ESC}[31mmember.left`],
    ['list', '--from', `${ESC}]0;x\u0007`],
    ['list', '--columns', `a${ESC}[2Jb`],
    ['list', '--provider', `${ESC}[2J`],
    ['list', '--profile', `${ESC}[2J\u202e`],
    ['list', '--base-url', `http://${ESC}[2J`],
    [`${ESC}[2J`],
    ['list', `--${ESC}[2J`],
    ['show', `${ESC}[2J\u202e`],
    ['export', '-o', `nowhere${ESC}[2J/out.csv`],
    ['export', '-o', `out${ESC}[2J.txt`],
    ['verify', `${ESC}[2J`],
    ['list', '--input', `${ESC}[2J.ndjson`],
    ['config', 'set', `${ESC}[2J`, 'x'],
    ['config', 'set', 'rate', `${ESC}[2J`],
    ['profile', 'use', `${ESC}[2J`],
    ['completion', `${ESC}[2J`],
    ['actions', `${ESC}[2J*`],
  ])('is not sent to the terminal either: %j %j %j', async (...words) => {
    say({ status: 404, body: '{}' });
    const ran = await run(
      words.filter((word) => word !== undefined),
      { env, tty: { columns: 100 } },
    );
    expect(harmIn(ran.stdout + ran.stderr, { tty: true })).toBeUndefined();
  });
});
