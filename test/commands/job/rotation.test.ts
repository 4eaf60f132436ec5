import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { makeHome, NOW, run } from '../../helpers/world.js';
import { entryText, givePage } from '../../hostile/answering.js';

const KEYS = ['first_key_Zq8xW2eR7uJ4', 'second_key_nB9kT1vC6mH3', 'third_key_pL5sD0gF8aY2'];

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that takes one key at a time, and calls `before` with the number of each request. */
async function startRotating(before: (n: number, rotate: (to: number) => void) => Promise<void> | void) {
  let current = 0;
  let requests = 0;
  const refused: number[] = [];
  const server = createServer(async (request, response) => {
    requests += 1;
    const n = requests;
    await before(n, (to) => {
      current = to;
    });
    if (request.headers.authorization !== `Bearer ${KEYS[current]}`) {
      refused.push(n);
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"message":"no"}');
      return;
    }
    const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page') ?? 1);
    const texts = Array.from({ length: 250 }, (_, at) => entryText(at, NOW - 3_600_000 - at * 1000));
    givePage(response, texts.slice((page - 1) * 100, page * 100), { 'pagination-count': '250' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, refused, requests: () => requests };
}

/** Each way to give a key that may be replaced while we run. */
const SOURCES = {
  'a file': (file: string) => ({ AUDITLOG_API_KEY_FILE: file }),
  'a command': (file: string) => ({ AUDITLOG_API_KEY_COMMAND: `cat '${file}'` }),
} as const;

describe.each(Object.entries(SOURCES))('a key from %s', (_, source) => {
  async function place() {
    const home = await makeHome();
    const file = join(home, 'key');
    const save = (at: number) => writeFile(file, `${KEYS[at]}\n`, { mode: 0o600 });
    await save(0);
    return { home, save, env: { ...source(file), PATH: process.env.PATH } };
  }

  test.each([
    ['export -o out.ndjson', 0],
    ['list --all --format ndjson', 0],
    ['collect it', 0],
  ])('that is replaced while %s runs is read again once', async (line, code) => {
    const { home, save, env } = await place();
    const server = await startRotating(async (n, rotate) => {
      if (n === 3) {
        await save(1);
        rotate(1);
      }
      if (n === 6) {
        await save(2);
        rotate(2);
      }
    });
    const options = { home, env: { ...env, AUDITLOG_BASE_URL: server.base } };
    if (line.startsWith('collect')) await run('collect it --create --dest out', options);
    const ran = await run(line, options);
    expect({ code: ran.code, stderr: ran.stderr.includes('401') }).toEqual({ code, stderr: false });
    expect(server.refused.length).toBeGreaterThanOrEqual(1);
    expect(server.requests()).toBeGreaterThan(3);
    for (const key of KEYS) expect(`${ran.stdout}${ran.stderr}`).not.toContain(key);
  });

  test('that stays the same after a 401 is an error, after one request', async () => {
    const { home, env } = await place();
    const server = await startRotating((_, rotate) => rotate(1));
    const ran = await run('list', { home, env: { ...env, AUDITLOG_BASE_URL: server.base } });
    expect({ code: ran.code, requests: server.requests() }).toEqual({ code: 4, requests: 1 });
  });

  test('that is replaced by another that is refused is an error with the end of the new one', async () => {
    const { home, save, env } = await place();
    const server = await startRotating(async (_, rotate) => {
      await save(1);
      rotate(2);
    });
    const ran = await run('list', { home, env: { ...env, AUDITLOG_BASE_URL: server.base } });
    expect({ code: ran.code, requests: server.requests() }).toEqual({ code: 4, requests: 2 });
    expect(ran.stderr).toContain(`the key ending in …${KEYS[1]!.slice(-4)}`);
  });

  test.each(['tail --interval 1s', 'collect it --interval 1s'])(
    'that is replaced under %s does not end it',
    async (line) => {
      const { home, save, env } = await place();
      const stop = new AbortController();
      let rotatedAt = Number.POSITIVE_INFINITY;
      const server = await startRotating(async (n, rotate) => {
        if (n === 4) {
          await save(1);
          rotate(1);
          rotatedAt = n;
        }
        if (n >= rotatedAt + 4) stop.abort(new Error('enough'));
      });
      const options = { home, env: { ...env, AUDITLOG_BASE_URL: server.base } };
      if (line.startsWith('collect')) await run('collect it --create --dest out', options);
      const ran = await run(line, { ...options, signal: stop.signal });
      expect(ran.code).not.toBe(4);
      expect(ran.stderr).not.toContain('401');
      expect(server.refused).toHaveLength(1);
    },
  );
});
