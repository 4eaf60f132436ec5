import { cp, rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { orgFolder } from '../../src/collect/paths.js';
import { forgetOrgCheckpoint } from '../../src/collect/state/checkpoint.js';
import { realFiles } from '../../src/files/files.js';
import type { ModelEntry } from '../model/entry.js';
import { makeEntry } from '../model/makeentries.js';
import { Killed } from './site.js';
import { NOW, OLD, openSite, RECENT, type Site } from './smallsite.js';
import { DAY, HOUR } from './world.js';

/** The n-th of the next answers comes from a replica that does not have these entries. */
function lag({ model, schedule }: Site, nth: number, ...entries: readonly ModelEntry[]): void {
  const before = model.requests.length + nth;
  schedule.push({ before, remove: entries.map(({ id }) => id as string) }, { before: before + 1, insert: entries });
}

/** Each is something that happens, and how many entries are gone after it. */
const ROWS: Readonly<Record<string, { readonly gone: number; readonly happen: (site: Site) => Promise<void> }>> = {
  'one of an old day': {
    gone: 1,
    happen: async ({ model }) => model.remove(OLD.id as string),
  },
  'one of a day that closed last': {
    gone: 1,
    happen: async ({ model }) => model.remove(RECENT.id as string),
  },
  'one while new ones come between any two answers': {
    gone: 1,
    happen: async ({ model, schedule, run }) => {
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
    happen: async ({ model, run }) => {
      model.remove(OLD.id as string);
      expect(await run()).toEqual({ code: 3, gone: 1 });
      model.insert(OLD);
    },
  },
  'one, and then its day and all before it, by their age': {
    gone: 1,
    happen: async ({ model, run }) => {
      model.remove(OLD.id as string);
      expect(await run()).toEqual({ code: 3, gone: 1 });
      for (const { time, id } of [...model.truth()]) if (time < OLD.time + DAY) model.remove(id as string);
    },
  },
  'one, before and after what was delivered is forgotten': {
    gone: 2,
    happen: async ({ model, run, collector }) => {
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
    const { model } = site;
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
    const { model } = site;
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
    const { model, root, run } = site;
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

test('gone from the server, and from an archive restored from a backup, in which a late entry takes its place', async () => {
  const { model, root, run } = await openSite('archive');
  await cp(root, `${root}-backup`, { recursive: true, preserveTimestamps: true });
  const one = makeEntry(NOW - 2 * DAY, 5, 5);
  model.insert(one);
  await run();
  model.advance(HOUR);
  model.remove(one.id as string);
  expect(await run()).toEqual({ code: 3, gone: 1 });
  await rm(root, { recursive: true });
  await cp(`${root}-backup`, root, { recursive: true, preserveTimestamps: true });
  model.insert(makeEntry(NOW - 2 * DAY + HOUR, 5, 7));
  model.advance(HOUR);
  for (const deep of [true, false, true]) expect(await run({ deep })).toEqual({ code: 3, gone: 1 });
});

test('days that a server is asked for besides, and that are not read, are not gone', async () => {
  const { model, run } = await openSite('archive', 1);
  for (const days of [6, 5, 4, 3, 2]) {
    model.insert(makeEntry(NOW - days * DAY, 7, days));
    expect(await run({ deep: true })).toEqual({ code: 0, gone: 0 });
    model.advance(HOUR);
  }
});
