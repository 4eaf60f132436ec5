import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { orgFolder } from '../../src/collect/paths.js';
import { forgetOrgCheckpoint } from '../../src/collect/state/checkpoint.js';
import { openArchiveDelivery } from '../../src/destinations/archive/open.js';
import { realFiles } from '../../src/files/files.js';
import { invent } from '../../src/providers/invent.js';
import type { ModelEntry } from '../model/entry.js';
import { makeEntries, makeEntry } from '../model/makeentries.js';
import type { Scheduled } from '../model/options.js';
import { type Model, startModel } from '../model/server.js';
import { type Collector, Killed, openCollector } from './site.js';
import { DAY, HOUR, openStore } from './world.js';

const NOW = Date.parse('2026-11-20T14:00:00Z');
/** Of a sealed day, and of one that closed last. */
const OLD = makeEntry(NOW - 8 * DAY, 5, 1);
const RECENT = makeEntry(NOW - 15 * HOUR, 5, 2);

interface Site {
  readonly model: Model;
  readonly collector: Collector;
  readonly root: string;
  readonly schedule: Scheduled[];
  /** One cycle: its exit code, and the gone entries that nobody has acknowledged. */
  run(options?: { readonly deep?: boolean; readonly steps?: number }): Promise<{ code: number; gone: number }>;
}

let model: Model;
afterEach(() => model.close());

/** A collector that has read everything, with days sealed where there are files. */
async function openSite(dest: 'archive' | 'stream', chunk?: number): Promise<Site> {
  const schedule: Scheduled[] = [];
  const entries = makeEntries({ n: 60, from: NOW - 12 * DAY, to: NOW - 2 * HOUR, seed: 9, grain: 1000 });
  model = await startModel({ entries: [...entries, OLD, RECENT], now: NOW - 7 * HOUR, schedule });
  const store = openStore();
  let root = '';
  const collector = await openCollector(
    model,
    async (ctx, home) => {
      root = join(home, 'archive');
      return dest === 'stream'
        ? store.open()
        : openArchiveDelivery(ctx, root, 'archive', { provider: invent, schema: undefined });
    },
    chunk,
  );
  const run: Site['run'] = async (options) => {
    const { exitCode, orgs } = await collector.cycle(options);
    const [one] = orgs;
    return { code: exitCode, gone: one !== undefined && 'delivered' in one ? (one.unacknowledged ?? 0) : -1 };
  };
  expect(await run()).toEqual({ code: 0, gone: 0 });
  model.setNow(NOW);
  expect(await run()).toEqual({ code: 0, gone: 0 });
  return { model, collector, root, schedule, run };
}

/** The n-th of the next answers comes from a replica that does not have these entries. */
function lag({ schedule }: Site, nth: number, ...entries: readonly ModelEntry[]): void {
  const before = model.requests.length + nth;
  schedule.push({ before, remove: entries.map(({ id }) => id as string) }, { before: before + 1, insert: entries });
}

/** Each is something that happens, and how many entries are gone after it. */
const ROWS: Readonly<Record<string, { readonly gone: number; readonly happen: (site: Site) => Promise<void> }>> = {
  'one of an old day': {
    gone: 1,
    happen: async () => model.remove(OLD.id as string),
  },
  'one of a day that closed last': {
    gone: 1,
    happen: async () => model.remove(RECENT.id as string),
  },
  'one while new ones come between any two answers': {
    gone: 1,
    happen: async ({ schedule, run }) => {
      const today = makeEntry(NOW - HOUR, 5, 6);
      model.insert(today);
      await run();
      model.remove(today.id as string);
      model.advance(2 * DAY);
      for (let n = 1; n < 400; n += 1)
        schedule.push({ before: model.requests.length + n, advance: 1000, insert: [makeEntry(model.now(), 6, n)] });
      await run();
    },
  },
  'one that comes back': {
    gone: 0,
    happen: async ({ run }) => {
      model.remove(OLD.id as string);
      expect(await run()).toEqual({ code: 3, gone: 1 });
      model.insert(OLD);
    },
  },
  'one, and then its day and all before it, by their age': {
    gone: 1,
    happen: async ({ run }) => {
      model.remove(OLD.id as string);
      expect(await run()).toEqual({ code: 3, gone: 1 });
      for (const { time, id } of [...model.truth()]) if (time < OLD.time + DAY) model.remove(id as string);
    },
  },
  'one, before and after what was delivered is forgotten': {
    gone: 2,
    happen: async ({ run, collector }) => {
      const twin = makeEntry(OLD.time + 1000, 5, 3);
      model.insert(twin);
      await run();
      model.remove(OLD.id as string);
      expect(await run()).toEqual({ code: 3, gone: 1 });
      await forgetOrgCheckpoint(realFiles, orgFolder({ path: collector.folder }, 'c'));
      await run();
      model.remove(twin.id as string);
    },
  },
};

describe.each(['archive', 'stream'] as const)('gone from the server, kept by the %s', (dest) => {
  test.each(Object.entries(ROWS))('%s', async (_, { gone, happen }) => {
    const site = await openSite(dest);
    await happen(site);
    for (const deep of [true, false, false]) {
      const ran = await site.run({ deep });
      // An archive still holds what a collector has forgotten.
      if (dest === 'archive' && gone === 2) expect(ran.gone).toBeGreaterThanOrEqual(2);
      else expect(ran).toEqual({ code: gone === 0 ? 0 : 3, gone });
    }
  });

  test.each([
    ['nothing else', 0],
    ['another entry, truly', 1],
  ])('what one answer lacks is no alarm, whichever answer it is, with %s gone', async (_, gone) => {
    const site = await openSite(dest);
    const truly = makeEntry(OLD.time + HOUR, 5, 4);
    model.insert(truly);
    await site.run({ deep: true });
    if (gone > 0) model.remove(truly.id as string);
    for (let nth = 1; nth <= 5; nth += 1) {
      lag(site, nth, OLD, RECENT);
      expect((await site.run()).gone, `answer ${nth}`).toBeLessThanOrEqual(gone);
      model.advance(2 * HOUR);
    }
    await site.run({ deep: true });
    expect(await site.run()).toEqual({ code: gone === 0 ? 0 : 3, gone });
  });

  test('a run that is killed before it remembers what is gone leaves the alarm to the next', async () => {
    const site = await openSite(dest);
    let removed = 0;
    for (const steps of [2, 6, 10, 14, 18, 22, 26]) {
      const one = model.truth().at(5 + removed) as ModelEntry;
      model.remove(one.id as string);
      removed += 1;
      await site.run({ steps }).catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
      expect(await site.run({ deep: true }), `after ${steps} steps`).toEqual({ code: 3, gone: removed });
    }
  });
});

describe('gone from the server, and an archive restored from a backup', () => {
  test.each([
    ['that has it', true],
    ['that does not have it yet', false],
  ])('%s', async (_, hasIt) => {
    const site = await openSite('archive');
    const { root, run } = site;
    const backup = `${root}-backup`;
    const one = makeEntry(NOW - 2 * DAY, 5, 5);
    const keep = () => cp(root, backup, { recursive: true, preserveTimestamps: true });
    if (!hasIt) await keep();
    model.insert(one);
    await run();
    model.advance(HOUR);
    await run();
    if (hasIt) await keep();
    model.remove(one.id as string);
    await rm(root, { recursive: true });
    await cp(backup, root, { recursive: true, preserveTimestamps: true });
    for (const deep of [true, false, false]) expect(await run({ deep })).toEqual({ code: 3, gone: 1 });
  });
});

test('days that a server is asked for besides, and that are not read, are not gone', async () => {
  const { run } = await openSite('archive', 1);
  for (const days of [6, 5, 4, 3, 2]) {
    model.insert(makeEntry(NOW - days * DAY, 7, days));
    expect(await run({ deep: true })).toEqual({ code: 0, gone: 0 });
    model.advance(HOUR);
  }
});
