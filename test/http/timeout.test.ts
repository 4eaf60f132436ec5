import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { makeHome, NOW, run } from '../helpers/world.js';
import { entryText, givePage, startAnswering } from '../hostile/answering.js';
import { ask, later, rejection, serve, text } from './asking.js';

test.each([
  ['1s', 2],
  ['1m', 1],
])('a first answer after 3.5 s with --timeout %s takes %d requests', async (timeout, requests) => {
  let asked = 0;
  const server = await startAnswering(async (_, response) => {
    asked += 1;
    if (asked === 1) await delay(3500);
    givePage(response, [entryText(1, NOW - 3_600_000)]);
  });
  later(() => server.close());
  const env = { AUDITLOG_BASE_URL: server.base.href, AUDITLOG_API_KEY: server.key };
  const ran = await run(`list --timeout ${timeout} --format ndjson`, { env });
  expect({ code: ran.code, rows: ran.stdout.split('\n').length - 1, asked }).toEqual({
    code: 0,
    rows: 1,
    asked: requests,
  });
});

test('a request ends after the time that is given, whether nothing comes or no more', async () => {
  for (const begins of [false, true]) {
    let cutAfter = 0;
    const { base } = await serve((request, response) => {
      const began = performance.now();
      request.socket.on('close', () => {
        cutAfter ||= performance.now() - began;
      });
      if (begins) response.writeHead(200).write('[');
    });
    const own = new AbortController();
    const asked = rejection(
      ask(base, { connection: { timeout: 1000 } }).get(new URL('/x', base), text, { signal: own.signal }),
    );
    await expect.poll(() => cutAfter, { timeout: 10_000 }).toBeGreaterThan(900);
    expect(cutAfter).toBeLessThan(5000);
    own.abort(new Error('enough'));
    await asked;
  }
});

test('it is a setting, a variable and a flag like others', async () => {
  const home = await makeHome();
  expect((await run('config set timeout 2m', { home })).stderr).toBe('Set timeout to 2m.\n');
  expect((await run('config get timeout', { home })).stdout).toBe('2m\n');
  await run('profile add slow --timeout 90s', { home });
  expect((await run('profile list', { home })).stdout).toContain('timeout=90s');
  const made = await run('collect it --create --demo --from 2d --dest out --timeout 5m', { home });
  expect(made.code).toBe(0);
  expect((await run('collect it', { home })).code).toBe(0);
});

test.each([
  ['list --demo --timeout soon', 'invalid --timeout "soon": expected a duration such as 45m, 2h or 7d'],
  ['list --demo --timeout 0s', 'invalid --timeout "0s": expected 1s to 1h'],
  ['list --demo --timeout 2h', 'invalid --timeout "2h": expected 1s to 1h'],
  ['config set timeout 2d', 'invalid timeout "2d": expected 1s to 1h'],
])('%s is refused', async (line, message) => {
  const { code, stderr } = await run(line);
  expect({ code, stderr: stderr.split('\n')[0] }).toEqual({ code: 2, stderr: `error: ${message}` });
});

test('a variable expected a duration such as 45m, 2h or 7d is named', async () => {
  const { code, stderr } = await run('list', { env: { AUDITLOG_TIMEOUT: 'x', AUDITLOG_API_KEY: 'k' } });
  expect({ code, stderr: stderr.split('\n')[0] }).toEqual({
    code: 2,
    stderr: 'error: invalid $AUDITLOG_TIMEOUT "x": expected a duration such as 45m, 2h or 7d',
  });
});
