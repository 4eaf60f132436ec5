import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { makePlace, run, start } from '../faults/program.js';
import type { FaultName } from '../model/faults.js';
import { makeEntries } from '../model/makeentries.js';
import type { ModelOptions } from '../model/options.js';
import { type Model, startModel } from '../model/server.js';
import { entryText, givePage, startAnswering } from './answering.js';

const DAY = 86_400_000;
const NOW = Date.now();
const EXPORT = ['export', '-o', 'out.ndjson', '--rate', 'off'] as const;

const open: { close(): Promise<void> }[] = [];
afterAll(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function model(
  faults: Partial<Record<FaultName, number>>,
  more: Partial<ModelOptions> = {},
  n = 350,
): Promise<Model> {
  const entries = makeEntries({ n, from: NOW - 40 * DAY, to: NOW - 4 * DAY });
  const started = await startModel({ entries, now: NOW, faults, ...more });
  open.push(started);
  return started;
}

async function answering(...answer: Parameters<typeof startAnswering>): ReturnType<typeof startAnswering> {
  const started = await startAnswering(...answer);
  open.push(started);
  return started;
}

describe.concurrent('a server that is not the API, or not any more', () => {
  test.each<[FaultName, string]>([
    ['redirect-same', 'redirects to another path (302): redirects are never followed, and the key was not sent there'],
    ['redirect-other', 'redirects to http://127.0.0.1:'],
    ['redirect-http', 'redirects to http://api.redirected.example (302)'],
    ['body-object', 'answered in an unknown shape: the answer holds no list of entries'],
    ['body-null', 'answered in an unknown shape'],
    ['body-string', 'answered in an unknown shape'],
    ['body-of-numbers', 'answered in an unknown shape: an entry in the answer is not an object'],
    ['login-page', 'got a web page instead of the API from 127.0.0.1'],
    ['bad-utf8', 'is not valid UTF-8'],
    ['gzip-bomb', 'the answer is larger than 33554432 bytes'],
    ['wrong-org', 'sent entries of another organization'],
  ])('%s: exit 5, says what it is, and nothing is written', async (fault, message) => {
    const server = await model({ [fault]: 1 });
    const place = await makePlace(server);
    const { code, stdout, stderr } = await run(place, EXPORT);
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toContain('error: ');
    expect(stderr).toContain(message);
    expect(stderr).not.toContain(server.key);
    expect(await place.files()).toEqual([]);
    expect(server.elsewhere.requests).toEqual([]);
  });

  test.each<[FaultName, number]>([
    ['400', 2],
    ['401', 4],
    ['403', 4],
    ['404', 2],
  ])('%s: exit %i, and nothing is written', async (fault, exitCode) => {
    const place = await makePlace(await model({ [fault]: 1 }));
    const { code, stderr } = await run(place, EXPORT);
    expect(code).toBe(exitCode);
    expect(stderr).toContain(`(${fault})`);
    expect(await place.files()).toEqual([]);
  });

  test.each([350, 1500])(
    'one that gives the same page for ever (of %i entries) is found out before anything is written',
    async (n) => {
      const server = await model({ 'page-ignored': 1 }, {}, n);
      const place = await makePlace(server);
      const { code, stderr } = await run(place, EXPORT);
      expect({ code, stderr }).toMatchObject({
        code: 5,
        stderr: expect.stringContaining('returns the same page again and again: it ignores the page number'),
      });
      expect(server.requests.length).toBeLessThan(25);
      expect(await place.files()).toEqual([]);
    },
  );

  test('a body of ten gigabytes is not read to its end, and not kept', async () => {
    const block = Buffer.alloc(1 << 20, ' ');
    let sent = 0;
    const server = await answering((_, response) => {
      response.writeHead(200, {
        'content-type': 'application/json',
        'pagination-count': '1',
        'content-length': String(10 * 2 ** 30),
      });
      response.write('[');
      const more = () => {
        while (!response.destroyed && sent < 10 * 2 ** 30) {
          sent += block.length;
          if (!response.write(block)) {
            response.once('drain', more);
            return;
          }
        }
      };
      more();
    });
    const place = await makePlace(server);
    const { code, stderr } = await run(place, EXPORT);
    expect(code).toBe(5);
    expect(stderr).toContain('the answer is larger than 33554432 bytes');
    // The page, its first entry alone, and the first of the next page.
    expect(server.requests()).toBe(3);
    expect(sent).toBeLessThan(200 << 20);
    expect(await place.files()).toEqual([]);
  });

  test('a bomb inside a bomb, and one that is told as small, are no more than bytes', async () => {
    const bomb = gzipSync(Buffer.alloc(64 << 20, ' '));
    const server = await answering((_, response) => {
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        'content-length': String(bomb.length),
      });
      response.end(bomb);
    });
    const { code, stderr } = await run(await makePlace(server), ['list']);
    expect({ code, stderr }).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('is larger than 33554432 bytes'),
    });
  });

  test('an entry nested deeper than anything sensible is one entry as its own text', async () => {
    const deep = `"metadata":${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const server = await answering((_, response) => givePage(response, [entryText(1, NOW - DAY, deep)]));
    const { code, stdout } = await run(await makePlace(server), ['export']);
    expect(code).toBe(0);
    expect(stdout.toString()).toBe(`${entryText(1, NOW - DAY, deep)}\n`);
  });
});

describe.concurrent('a server that is merely unusual', () => {
  test.each<FaultName>(['early-hints', 'chunked', 'close-delimited', 'pages-endless'])(
    '%s: is read as any other',
    async (fault) => {
      const server = await model({ [fault]: 1 });
      const place = await makePlace(server);
      const { code, stderr } = await run(place, EXPORT);
      expect({ code, stderr }).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(/^Exported 350 events\. Complete: the server reports the same count/),
      });
      expect((await readFile(join(place.folder, 'out.ndjson'), 'utf8')).split('\n')).toHaveLength(351);
    },
  );

  test('a cache in between is told to stay out of it, and its word is not repeated', async () => {
    const seen: unknown[] = [];
    const server = await answering((request, response) => {
      seen.push(request.headers['cache-control']);
      givePage(response, [entryText(1, NOW - DAY)], { age: '3600', 'x-cache': 'HIT' });
    });
    const { code, stdout } = await run(await makePlace(server), ['export', '--debug']);
    expect(code).toBe(0);
    expect(stdout.toString()).toBe(`${entryText(1, NOW - DAY)}\n`);
    expect(seen).toEqual(['no-cache']);
  });
});

describe.concurrent('a server whose count cannot be', () => {
  test.each<FaultName>(['count-missing', 'count-two-headers', 'count-no-number'])(
    '%s: all is written, with exit 3',
    async (fault) => {
      const server = await model({ [fault]: 1 });
      const place = await makePlace(server);
      const { code, stderr } = await run(place, EXPORT);
      expect(code).toBe(3);
      expect(stderr).toMatch(/^Exported 350 events\. Incomplete/m);
      expect(stderr).toContain('the server reported no count');
      expect((await readFile(join(place.folder, 'out.ndjson'), 'utf8')).split('\n')).toHaveLength(351);
      expect(await place.files()).toEqual(['out.ndjson']);
    },
  );
});

describe.concurrent('a server that makes people wait', () => {
  test('longer than allowed: exit 6, and it says until when and how to go on', async () => {
    let until = 0;
    const server = await answering((_, response) => {
      until = Date.now() + 3_600_000;
      response.writeHead(429, { 'retry-after': '3600', date: new Date().toUTCString() }).end();
    });
    const place = await makePlace(server);
    const { code, stderr } = await run(place, EXPORT);
    expect(code).toBe(6);
    const told =
      /limits the requests \(429\) until (\S+Z): longer than the 15 min that a wait may last/.exec(stderr)?.[1] ?? '';
    expect(Math.abs(Date.parse(told) - until)).toBeLessThan(10_000);
    expect(stderr).toContain('Run the same command again then, or allow longer waits: --max-wait');
    expect(await place.files()).toEqual([]);
  });

  test('in the middle of an export: what was read is kept, and the command that goes on is printed and does', async () => {
    const entries = makeEntries({ n: 12_000, from: NOW - 90 * DAY, to: NOW - 5 * DAY });
    // Some thirty answers after the first window is whole.
    const script = Array.from({ length: 60 }, (_, i) => ({ atRequest: 95 + i, fault: '503-retry-day' as const }));
    const server = await startModel({ entries, now: NOW, script });
    open.push(server);
    const place = await makePlace(server);
    const args = ['export', '-o', 'out.ndjson', '--rate', 'off'];
    const { code, stderr } = await run(place, args);
    expect(code).toBe(6);
    expect(stderr).toMatch(/is not ready \(503\) until \S+Z: longer than the 15 min that a wait may last/);
    expect(stderr).toContain('To resume: auditlog export -o out.ndjson --rate off\n');
    expect(await place.files()).toEqual(['out.ndjson.partial', 'out.ndjson.partial.state']);
    while (server.requests.length < 160) await fetch(server.base);
    const resumed = await run(place, args);
    expect(resumed).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Exported 12,000 events. Complete: the server reports the same count'),
    });
    expect((await readFile(join(place.folder, 'out.ndjson'), 'utf8')).split('\n')).toHaveLength(12_001);
  });

  test.each<FaultName>(['stall-headers', 'stall-body', 'slow-drip'])(
    'for ever (%s): Ctrl-C ends it at once',
    async (fault) => {
      const server = await model({ [fault]: 1 });
      const place = await makePlace(server);
      const { child, ended } = start(place, EXPORT);
      while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      child.kill('SIGINT');
      expect(await ended).toMatchObject({ code: 130 });
      expect(await place.files()).toEqual([]);
    },
  );

  test('before it even says hello: Ctrl-C ends it at once', async () => {
    let connected = false;
    const silent = createServer(() => {
      connected = true;
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const place = await makePlace({ base: new URL(`http://127.0.0.1:${port}`), key: 'k_0123456789abcdefghij' });
    const { child, ended } = start(place, ['list']);
    while (!connected) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130 });
    silent.close();
  });
});
