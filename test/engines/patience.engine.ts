import { afterAll, describe, expect, test } from 'vitest';
import { makePlace, run } from '../faults/program.js';
import type { FaultName } from '../model/faults.js';
import { makeEntries } from '../model/makeentries.js';
import { type Model, startModel } from '../model/server.js';

const DAY = 86_400_000;
const NOW = Date.now();
const MINUTE = 60_000;

process.stdout.write('engine patience: the real timeouts and waits, up to ten minutes of them at the same time\n');

const open: Model[] = [];
afterAll(async () => {
  for (const server of open) await server.close();
});

async function against(fault: FaultName, n = 1500) {
  const server = await startModel({
    entries: makeEntries({ n, from: NOW - 40 * DAY, to: NOW - 4 * DAY }),
    now: NOW,
    faults: { [fault]: 1 },
  });
  open.push(server);
  const place = await makePlace(server);
  const began = performance.now();
  const ended = await run(place, ['export', '-o', 'out.ndjson', '--rate', 'off']);
  return { ...ended, took: performance.now() - began, requests: server.requests.length, files: await place.files() };
}

describe.concurrent('a server that never gets it right', () => {
  test.for<readonly [FaultName, string]>([
    ['header-bomb', 'broke off'],
    ['not-http', 'broke off'],
    ['rst-mid-body', 'keep being cut off'],
    ['rst-before-headers', 'broke off'],
    ['cut-chunked', 'keep being cut off'],
    ['body-shorter-than-length', 'keep being cut off'],
    ['json-cut', 'keep being cut off'],
    ['500-html', 'answered 500'],
    ['502-html', 'answered 502'],
    ['stall-headers', 'did not answer in time'],
    ['stall-body', 'did not answer in time'],
    ['slow-drip', 'did not answer in time'],
  ])('%s: ends with 5, in bounded time, and nothing is written', { timeout: 15 * MINUTE }, async ([fault, message]) => {
    const { code, stderr, files, requests, took } = await against(fault);
    expect({ fault, code, stderr }).toMatchObject({ code: 5, stderr: expect.stringContaining(message) });
    expect(stderr).toMatch(/Gave up after \d+ attempts/);
    // Of a page that fails alone, smaller pieces are asked for.
    expect(requests).toBeLessThanOrEqual(fault === '500-html' ? 30 : 8);
    expect(took).toBeLessThan(10 * MINUTE);
    expect(files).toEqual([]);
  });

  test.for<readonly [FaultName, number, string]>([
    ['page-empty', 3, 'a page was empty, but the server reports 1500 events'],
    ['row-hidden', 3, 'but the server reports'],
    ['newest-hidden', 3, 'but the server reports'],
    ['page-too-long', 3, 'asked for'],
    ['count-capped', 3, 'but the server reports 1000'],
    ['count-zero', 3, 'but the server reports 0'],
    ['count-lying', 3, 'the count'],
    ['duplicate-row', 3, 'but the server reports'],
    ['429-no-header', 5, 'too many requests (429)'],
  ])('%s: says so and ends with %i, in bounded time', { timeout: 15 * MINUTE }, async ([fault, exitCode, message]) => {
    const { code, stderr, files, took } = await against(fault);
    expect({ fault, code, stderr }).toMatchObject({ code: exitCode, stderr: expect.stringContaining(message) });
    expect(files).toEqual(exitCode === 3 ? ['out.ndjson'] : []);
    expect(took).toBeLessThan(12 * MINUTE);
  });
});

test('a proxy that damages whatever is compressed is asked for plain text', { timeout: 5 * MINUTE }, async () => {
  for (const fault of ['gzip-truncated', 'gzip-bad-crc', 'gzip-no-trailer'] as const)
    expect(await against(fault)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Exported 1,500 events. Complete: the server reports the same count'),
    });
});

test('a server that is away for half a minute is waited for', { timeout: 5 * MINUTE }, async () => {
  const entries = makeEntries({ n: 3000, from: NOW - 40 * DAY, to: NOW - 4 * DAY });
  const server = await startModel({
    entries,
    now: NOW,
    script: Array.from({ length: 12 }, (_, i) => ({ atRequest: 10 + i, fault: '503-retry-blank' as const })),
  });
  open.push(server);
  const place = await makePlace(server);
  const { code, stderr } = await run(place, ['export', '-o', 'out.ndjson']);
  expect({ code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('Complete: the server reports the same count'),
  });
});
