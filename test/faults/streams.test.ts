import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StaticServer, startServer } from '../model/static.js';
import { makePlace, shell } from './program.js';

const DAY = 86_400_000;
const NOW = Date.now();
const CLOSED = `--to ${new Date(NOW - 3 * DAY).toISOString().slice(0, 10)} --rate off`;

let server: StaticServer;
let whole: string;

beforeAll(async () => {
  server = await startServer({ n: 1200, from: NOW - 90 * DAY, to: NOW, latency: 0, shape: 'small' });
  const place = await makePlace(server);
  whole = (await shell(place, `auditlog export ${CLOSED}`)).stdout.toString();
});
afterAll(() => server.close());

describe.each(['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'])('-o %s is standard output', (name) => {
  test.each([`export ${CLOSED}`, 'list -n 5 --format ndjson', 'list -n 5 --format csv'])('of %s', async (line) => {
    const place = await makePlace(server);
    const usual = await shell(place, `auditlog ${line}`);
    const named = await shell(place, `auditlog ${line} -o ${name} | cat`);
    expect(named).toMatchObject({ code: 0 });
    expect(named.stdout.toString()).toBe(usual.stdout.toString());
    expect(await place.files()).toEqual([]);
  });

  test.each(['--force', '--restart', '--manifest', '--split day'])('and has no use for %s', async (flag) => {
    const place = await makePlace(server);
    expect(await shell(place, `auditlog export ${flag} -o ${name}`)).toMatchObject({ code: 2 });
    expect(await place.files()).toEqual([]);
  });
});

describe('a pipe or a device takes the events as they come', () => {
  test.each<[what: string, script: string]>([
    ['a FIFO', `mkfifo pipe; cat pipe > got & auditlog export ${CLOSED} --format ndjson -o pipe; wait`],
    ['a FIFO with an ending', `mkfifo p.ndjson; cat p.ndjson > got & auditlog export ${CLOSED} -o p.ndjson; wait`],
    ['a compressed one', `mkfifo p.ndjson.gz; cat p.ndjson.gz > got & auditlog export ${CLOSED} -o p.ndjson.gz; wait`],
    ['a process', `auditlog export ${CLOSED} --format ndjson -o >(cat > got); sleep 0.5`],
    ['a descriptor', `auditlog export ${CLOSED} --format ndjson -o /dev/fd/3 3> >(cat > got); sleep 0.5`],
    ['a list', `auditlog list --all ${CLOSED} --format ndjson -o >(cat > got); sleep 0.5`],
  ])('%s', async (_, script) => {
    const place = await makePlace(server);
    expect(await shell(place, script)).toMatchObject({ code: 0 });
    const got = await readFile(join(place.folder, 'got'));
    const text = (got[0] === 0x1f ? gunzipSync(got) : got).toString();
    expect(text.split('\n').sort()).toEqual(whole.split('\n').sort());
    expect((await place.files()).filter((name) => name.includes('partial'))).toEqual([]);
  });

  test('and may go away', async () => {
    const place = await makePlace(server);
    const ended = await shell(
      place,
      `mkfifo pipe; head -n 2 pipe > got & auditlog export ${CLOSED} --format ndjson -o pipe`,
    );
    expect(ended).toMatchObject({ code: 141 });
    expect(ended.stderr).not.toContain('error');
  });

  test('/dev/null takes everything, /dev/full nothing', async () => {
    const place = await makePlace(server);
    expect(await shell(place, `auditlog export ${CLOSED} --format ndjson -o /dev/null`)).toMatchObject({ code: 0 });
    const full = await shell(place, `auditlog export ${CLOSED} --format ndjson -o /dev/full`);
    expect(full.code).toBe(1);
    expect(full.stderr).toContain('(ENOSPC)');
  });

  test('a FIFO without a reader is left at Ctrl-C', async () => {
    const place = await makePlace(server);
    const ended = await shell(place, `mkfifo pipe; timeout -s INT 2 "$NODE" "$PROGRAM" export --format ndjson -o pipe`);
    expect([124, 130]).toContain(ended.code);
  });

  test('no manifest is made of it', async () => {
    const place = await makePlace(server);
    const ended = await shell(place, 'mkfifo p.ndjson; auditlog export --manifest -o p.ndjson');
    expect(ended).toMatchObject({ code: 2 });
    expect(ended.stderr).toContain('--manifest');
  });
});
