import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Stopped } from '../../src/context.js';
import { fastClock } from '../helpers/fastclock.js';
import { makeHome, NOW, run } from '../helpers/world.js';
import { close, listen } from '../model/server.js';
import { makeLog, makeNews } from '../paging/log.js';
import { startStandIn } from '../paging/server.js';
import { ORDERS, providerOf, type Vendor } from '../paging/vendor.js';
import { failingAt } from './failing.js';

const STYLES = ['cursor', 'cursor + has_more', 'link header', 'link in the body'] as const;
const COUNTED = ['exact count', 'no count'] as const;
/** How the server answers to the cursor that an interrupted run was given: 0: as ever. */
const REFUSALS = [0, 400, 410, 422] as const;
const LOG = makeLog(900);

/** A stand-in behind a door that can refuse every cursor it gave before, until somebody begins anew. */
async function openSite(vendor: Vendor) {
  const clock = fastClock(NOW);
  const standIn = await startStandIn({ vendor, log: LOG, clock, patience: 5000 });
  let refusal = 0;
  let onRequest = (): void => {};
  const served: string[] = [];
  const door = createServer(async (request, response) => {
    onRequest();
    const isContinued = new URL(request.url ?? '', standIn.base).searchParams.has('after');
    if (!isContinued) refusal = 0;
    if (refusal > 0 && isContinued)
      return response.writeHead(refusal, { 'content-type': 'application/json' }).end('{"message":"cursor expired"}');
    const answer = await fetch(`${standIn.base}${request.url}`, {
      headers: { authorization: request.headers.authorization ?? '' },
    });
    const text = (await answer.text()).replaceAll(standIn.base, `http://${request.headers.host}`);
    served.push(request.url ?? '');
    const link = answer.headers.get('link')?.replaceAll(standIn.base, `http://${request.headers.host}`);
    const total = answer.headers.get('x-total');
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      date: answer.headers.get('date') ?? '',
      ...(link !== undefined && { link }),
      ...(total !== null && { 'x-total': total }),
    });
    response.end(text);
  });
  const base = await listen(door);
  const home = await makeHome();
  const file = join(home, 'standin.json');
  await writeFile(file, JSON.stringify(providerOf(vendor)));
  const args = `--provider ${file} --base-url ${base.origin} --rate off`;
  return {
    standIn,
    served,
    home,
    refuse: (status: number) => {
      refusal = status;
    },
    /** Runs a command, and interrupts it at the request of this number. */
    ask: async (line: string, stopAt = Number.POSITIVE_INFINITY) => {
      const stop = new AbortController();
      let requests = 0;
      onRequest = () => {
        requests += 1;
        if (requests === stopAt) stop.abort(new Stopped('SIGINT'));
      };
      const env = { AUDITLOG_API_KEY: standIn.key };
      return run(`${line} ${args}`, { env, home, clock, signal: stop.signal });
    },
    files: async () => (await readdir(home)).filter((name) => name.startsWith('out')),
    close: async () => {
      await close(door);
      await standIn.close();
    },
  };
}

async function undisturbed(vendor: Vendor, line: string): Promise<Buffer> {
  const site = await openSite(vendor);
  try {
    const { code } = await site.ask(line);
    expect(code).toBe(0);
    return await readFile(join(site.home, (await site.files())[0] as string));
  } finally {
    await site.close();
  }
}

const CASES = STYLES.flatMap((style) =>
  COUNTED.flatMap((count) =>
    ORDERS.filter((order) => order !== 'unordered').flatMap((order) =>
      REFUSALS.map((refusal) => ({ style, count, order, refusal })),
    ),
  ),
);

describe('an interrupted export behind cursors and links goes on to the bytes of an undisturbed run', () => {
  test.each(CASES)(
    '$style, $count, $order, the cursor answered with $refusal',
    async ({ style, count, order, refusal }) => {
      const vendor: Vendor = { style, count, order, cap: 50 };
      const line = 'export -o out.ndjson --from 2026-10-12 --to 2026-11-16';
      const wanted = await undisturbed(vendor, line);
      const site = await openSite(vendor);
      try {
        for (const stopAt of [9, 5]) {
          const stopped = await site.ask(line, stopAt);
          expect(stopped).toMatchObject({ code: 6, stdout: '' });
          expect(stopped.stderr).toContain('To resume: ');
          site.refuse(refusal);
        }
        const before = site.served.length;
        const resumed = await site.ask(line);
        expect({ code: resumed.code, stderr: resumed.stderr }).toMatchObject({ code: 0 });
        expect(resumed.stderr).toContain('resuming after the ');
        expect((await readFile(join(site.home, 'out.ndjson'))).equals(wanted)).toBe(true);
        expect(await site.files()).toEqual(['out.ndjson']);
        // Some 16 pages in all: those that were read are not read again.
        expect(site.served.length - before).toBeLessThan(refusal === 0 ? 12 : 15);
      } finally {
        await site.close();
      }
    },
  );

  test.each(STYLES.flatMap((style) => REFUSALS.map((refusal) => ({ style, refusal }))))(
    '$style without days, the cursor answered with $refusal',
    async ({ style, refusal }) => {
      const vendor: Vendor = { style, count: 'no count', order: 'newest first', cap: 50, filtersDays: false };
      const wanted = await undisturbed(vendor, 'export -o out.csv');
      const site = await openSite(vendor);
      try {
        await site.ask('export -o out.csv', 9);
        site.refuse(refusal);
        expect(await site.ask('export -o out.csv')).toMatchObject({ code: 0 });
        expect((await readFile(join(site.home, 'out.csv'))).equals(wanted)).toBe(true);
      } finally {
        await site.close();
      }
    },
  );

  test.each(REFUSALS)('and what came between the runs does not pass for counted (%s)', async (refusal) => {
    const site = await openSite({ style: 'cursor', count: 'exact count', order: 'newest first', cap: 50 });
    try {
      await site.ask('export -o out.ndjson', 9);
      site.standIn.insert(makeNews(7, site.standIn.now() - 60_000));
      site.refuse(refusal);
      const { code, stderr } = await site.ask('export -o out.ndjson');
      const lines = (await readFile(join(site.home, 'out.ndjson'), 'utf8')).trimEnd().split('\n');
      const ids = lines.map((text) => (JSON.parse(text) as { id: string }).id);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(ids).toEqual(site.standIn.rows().map(({ id }) => id));
    } finally {
      await site.close();
    }
  });

  test('killed at any call of the file system, too', async () => {
    const vendor: Vendor = { style: 'link header', count: 'no count', order: 'newest first', cap: 100 };
    const wanted = await undisturbed(vendor, 'export -o out.ndjson');
    let resumed = 0;
    for (let at = 2; at < 40; at += 3) {
      const site = await openSite(vendor);
      try {
        const failing = await failingAt(site.home, at, 'kill');
        await site.ask('export -o out.ndjson').finally(failing.restore);
        await rm(join(site.home, 'out.ndjson.partial.lock'), { force: true });
        if ((await site.files()).join() !== 'out.ndjson') {
          const { code, stderr } = await site.ask('export -o out.ndjson');
          expect({ at, code, stderr }).toMatchObject({ at, code: 0 });
          if (/resuming after|finishing the file/.test(stderr)) resumed += 1;
        }
        expect((await readFile(join(site.home, 'out.ndjson'))).equals(wanted)).toBe(true);
        expect(await site.files()).toEqual(['out.ndjson']);
      } finally {
        await site.close();
      }
    }
    expect(resumed).toBeGreaterThan(3);
  });

  test('for days and Parquet too, and another question is refused', async () => {
    const site = await openSite({ style: 'cursor', count: 'no count', order: 'newest first', cap: 50 });
    try {
      await site.ask('export -o out.parquet --from 2026-10-12 --to 2026-11-16', 9);
      expect(await site.ask('export -o out.parquet --from 2026-10-13 --to 2026-11-16')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('of something else'),
      });
      const before = site.served.length;
      expect(await site.ask('export -o out.parquet --from 2026-10-12 --to 2026-11-16')).toMatchObject({ code: 0 });
      expect(site.served.length - before).toBeLessThan(13);
      expect(await site.files()).toEqual(['out.parquet']);
      await site.ask('export --split day -o out --from 2026-10-12 --to 2026-11-16', 9);
      const half = site.served.length;
      expect(await site.ask('export --split day -o out --from 2026-10-12 --to 2026-11-16')).toMatchObject({ code: 0 });
      expect(site.served.length - half).toBeLessThan(13);
    } finally {
      await site.close();
    }
  });
});
