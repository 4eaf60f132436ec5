import { existsSync } from 'node:fs';
import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { orgFolder } from '../../src/collect/paths.js';
import { loadOrgCheckpoint, saveOrgCheckpoint } from '../../src/collect/state/checkpoint.js';
import type { Context } from '../../src/context.js';
import { openArchiveDelivery } from '../../src/destinations/archive/open.js';
import type { FileDelivery } from '../../src/destinations/destination.js';
import { realFiles } from '../../src/files/files.js';
import { escapeJsonText } from '../../src/json/escape.js';
import { invent } from '../../src/providers/invent.js';
import { run } from '../helpers/world.js';
import { makeEntries, makeEntry } from '../model/makeentries.js';
import { type Model, startModel } from '../model/server.js';
import { type Collector, openCollector } from './site.js';
import { DAY, HOUR } from './world.js';

const BEGAN = Date.parse('2026-09-10T09:00:00Z');
const CYCLES = 12;
/** Between cycles: days are sealed on the way. */
const STEP = 14 * HOUR;

interface Restored {
  readonly model: Model;
  readonly collector: Collector;
  readonly root: string;
  /** The folder of the only organization. */
  readonly org: string;
  /** Copies of the archive as each cycle left it. */
  readonly backups: readonly string[];
  /** Called once, after the next reading and before files are made of it. */
  during(act: () => Promise<void>): void;
  truth(): readonly string[];
  /** Puts everything back as it was after the last cycle. */
  reset(): Promise<void>;
}

const sites = new Map<boolean, Promise<Restored>>();
afterAll(async () => {
  for (const site of sites.values()) (await site).model.close();
});

/** The same for all tests, as it was after the last cycle. */
async function siteFor(counted: boolean): Promise<Restored> {
  const made = sites.get(counted) ?? openRestored(counted);
  sites.set(counted, made);
  const site = await made;
  await site.reset();
  return site;
}

/** A collector that has run for some days, with a backup of its archive after each cycle. */
async function openRestored(counted: boolean): Promise<Restored> {
  const entries = makeEntries({ n: 400, from: BEGAN - 6 * DAY, to: BEGAN + 12 * DAY, seed: 7, grain: 1000 });
  const late = (n: number): number => (n % 29 === 0 ? 3 * DAY : 0);
  const coming = entries.map((entry, n) => ({ entry, shown: entry.time + late(n) }));
  const model = await startModel({
    entries: coming.filter(({ shown }) => shown <= BEGAN).map(({ entry }) => entry),
    now: BEGAN,
    ...(counted ? {} : { faults: { 'count-missing': 1 } }),
  });
  let root = '';
  let act: (() => Promise<void>) | undefined;
  const provider = invent;
  const open = async (ctx: Context, home: string): Promise<FileDelivery> => {
    root = join(home, 'archive');
    const delivery = await openArchiveDelivery(ctx, root, 'archive', { provider, schema: undefined });
    return {
      kind: 'files',
      close: () => delivery.close(),
      look: (known, deep) => delivery.look(known, deep),
      take: async (gathered, org, expected) => {
        await act?.();
        act = undefined;
        return delivery.take(gathered, org, expected);
      },
    };
  };
  const collector = await openCollector(model, open);
  const backups: string[] = [];
  let passed = BEGAN;
  for (let n = 0; n < CYCLES; n += 1) {
    await collector.cycle();
    const copy = join(root, '..', `backup-${n}`);
    await cp(root, copy, { recursive: true, preserveTimestamps: true });
    backups.push(copy);
    model.advance(STEP);
    const now = model.now();
    model.insert(...coming.filter(({ shown }) => shown > passed && shown <= now).map(({ entry }) => entry));
    passed = now;
  }
  await collector.cycle();
  const [org = ''] = await readdir(root);
  const whole = join(root, '..', 'whole');
  await cp(root, join(whole, 'archive'), { recursive: true, preserveTimestamps: true });
  await cp(collector.folder, join(whole, 'collector'), { recursive: true });
  const ended = model.now();
  return {
    model,
    collector,
    reset: async () => {
      model.setNow(ended);
      act = undefined;
      await rm(`${root}-moved`, { recursive: true, force: true });
      await restore(root, join(whole, 'archive'));
      await rm(collector.folder, { recursive: true });
      await cp(join(whole, 'collector'), collector.folder, { recursive: true });
      // Its times are other ones, and it holds the same.
      const before = collector.said.length;
      expect((await collector.cycle()).exitCode).toBe(0);
      expect(collector.said.slice(before)).toEqual([]);
    },
    root,
    org,
    backups,
    during: (later) => {
      act = later;
    },
    truth: () =>
      model
        .truth()
        .map(({ text }) => escapeJsonText(text))
        .sort(),
  };
}

async function restore(root: string, backup: string): Promise<void> {
  await rm(root, { recursive: true, force: true });
  await cp(backup, root, { recursive: true, preserveTimestamps: true });
}

async function linesOf(root: string): Promise<string[]> {
  const names = await readdir(root, { recursive: true });
  const texts = await Promise.all(
    names
      .filter((name) => name.endsWith('.ndjson.gz'))
      .map(async (name) => gunzipSync(await readFile(join(root, name))).toString()),
  );
  return texts.flatMap((text) => text.split('\n').filter((line) => line !== '')).sort();
}

/** Days that have a file, ascending. */
async function daysIn({ root, org }: Pick<Restored, 'root' | 'org'>): Promise<readonly string[]> {
  return (await readdir(join(root, org))).filter((name) => name.startsWith('date=')).sort();
}

async function filesOfDay({ root, org }: Pick<Restored, 'root' | 'org'>, day: string): Promise<readonly string[]> {
  return (await readdir(join(root, org, day))).map((name) => join(root, org, day, name));
}

type Harm = (site: Restored) => Promise<void>;

const fromBackup =
  (before: number): Harm =>
  ({ root, backups }) =>
    restore(root, backups.at(-1 - before)!);

/** What happens to the archive, and whether a cycle is at work then. */
const HARMS: Readonly<Record<string, { readonly harm: Harm; readonly during?: boolean }>> = {
  'restored from before one cycle': { harm: fromBackup(1) },
  'restored from before three cycles': { harm: fromBackup(3) },
  'restored from before ten cycles': { harm: fromBackup(10) },
  'restored from before one cycle, while a cycle was under way': { harm: fromBackup(1), during: true },
  'restored from before five cycles, while a cycle was under way': { harm: fromBackup(5), during: true },
  'the file of an open day replaced by an older one': {
    harm: async (site) => {
      const day = (await daysIn(site)).at(-2)!;
      const older = site.backups.find((backup) => existsSync(join(backup, site.org, day, 'events.ndjson.gz')))!;
      await cp(join(older, site.org, day, 'events.ndjson.gz'), join(site.root, site.org, day, 'events.ndjson.gz'));
    },
  },
  'the files of a sealed day replaced by older ones': {
    harm: async (site) => {
      const day = (await daysIn(site))[6]!;
      await cp(join(site.backups[0]!, site.org, day), join(site.root, site.org, day), { recursive: true });
    },
  },
  'only the entries of a sealed day replaced by older ones': {
    harm: async (site) => {
      const day = (await daysIn(site))[6]!;
      const name = join(site.org, day, 'events.ndjson.gz');
      await cp(join(site.backups[0]!, name), join(site.root, name));
    },
  },
  'the files of a sealed day emptied': {
    harm: async (site) => {
      for (const file of await filesOfDay(site, (await daysIn(site))[4]!)) await writeFile(file, '');
    },
  },
  'only the Parquet file of a sealed day damaged': {
    harm: async (site) => {
      const files = await filesOfDay(site, (await daysIn(site))[4]!);
      await writeFile(files.find((name) => name.endsWith('events.parquet'))!, 'x');
    },
  },
  'the first day removed': {
    harm: async (site) => rm(join(site.root, site.org, (await daysIn(site))[0]!), { recursive: true }),
  },
  'a sealed day removed': {
    harm: async (site) => rm(join(site.root, site.org, (await daysIn(site))[4]!), { recursive: true }),
  },
  'three days removed, sealed and open': {
    harm: async (site) => {
      const days = await daysIn(site);
      for (const day of [days[2]!, days[9]!, days.at(-2)!])
        await rm(join(site.root, site.org, day), { recursive: true });
    },
  },
  'the last day removed': {
    harm: async (site) => rm(join(site.root, site.org, (await daysIn(site)).at(-1)!), { recursive: true }),
  },
  'a late file removed': {
    harm: async (site) => {
      const names = await readdir(site.root, { recursive: true });
      const name = names.find((each) => each.endsWith('late-001.ndjson.gz'))!;
      await rm(join(site.root, name));
    },
  },
  'the record of the chain removed': { harm: async ({ root, org }) => rm(join(root, org, 'chain.json')) },
  'the folder of the organization removed': { harm: async ({ root, org }) => rm(join(root, org), { recursive: true }) },
  'the folder of the organization removed while a cycle was under way': {
    harm: async ({ root, org }) => rm(join(root, org), { recursive: true }),
    during: true,
  },
  'moved while a cycle was under way': {
    harm: async ({ root }) => rename(root, `${root}-moved`),
    during: true,
  },
  'two archives merged, days of the older one over those of the newer': {
    harm: async (site) => cp(site.backups[5]!, site.root, { recursive: true }),
  },
  'two archives merged, the newer one without its record': {
    harm: async (site) => {
      const keep = await readFile(join(site.backups[8]!, site.org, 'chain.json'));
      const days = await daysIn(site);
      for (const day of days.slice(5, 9)) await rm(join(site.root, site.org, day), { recursive: true });
      await cp(join(site.backups[3]!, site.org), join(site.root, site.org), { recursive: true });
      await writeFile(join(site.root, site.org, 'chain.json'), keep);
    },
  },
};

/** How the truth comes back, and whether the server tells counts. */
const WAYS = [
  { deep: false, counted: true },
  { deep: true, counted: true },
  { deep: false, counted: false },
] as const;

/** The next cycle brings every harm right, and one of the other ways too, in turn. */
const waysOf = (n: number): readonly (typeof WAYS)[number][] => [WAYS[0], WAYS[1 + (n % 2)]!];

for (const [n, [what, { harm, during = false }]] of Object.entries(HARMS).entries())
  for (const { deep, counted } of waysOf(n))
    test(`${what}: ${deep ? '--deep' : 'the next cycle'} brings the truth back${counted ? '' : ', without counts'}`, async () => {
      const site = await siteFor(counted);
      const { collector, root, model } = site;
      let told = '';
      if (during) {
        site.during(() => harm(site));
        model.advance(2 * DAY);
        const ran = await collector.cycle().catch(() => undefined);
        expect(ran?.exitCode).not.toBe(0);
        told = JSON.stringify(ran?.orgs ?? '');
      } else await harm(site);
      model.advance(HOUR);
      const before = collector.said.length;
      const { exitCode, orgs } = await collector.cycle({ deep });
      expect(await linesOf(root), JSON.stringify(orgs)).toEqual(site.truth());
      expect(exitCode, JSON.stringify(orgs)).toBe(0);
      const said = collector.said.slice(before);
      // What a cycle noticed while it ran it may have put right itself.
      expect(said.join('\n') || told).toMatch(/changed since the last cycle|was changed while this cycle ran/);
      const verified = await run(['verify', root], { now: model.now() });
      expect(verified.code, verified.stdout).toBe(0);
      // It comes to rest: nothing more is said, and days are sealed again.
      for (let n = 0; n < 2; n += 1) {
        model.advance(STEP);
        expect((await collector.cycle()).exitCode).toBe(0);
      }
      expect(collector.said).toHaveLength(before + said.length);
      expect(await linesOf(root)).toEqual(site.truth());
      const later = await run(['verify', root], { now: model.now() });
      expect(later.code, later.stdout).toBe(0);
      // Without counts only days of the last week are read a second time.
      if (counted) expect(/sealed up to (\S+)/.exec(later.stdout)?.[1]).toBeDefined();
    }, 120_000);

test.each([true, false])(
  'a checkpoint of an earlier version notices a restored archive too (counts: %s)',
  async (counted) => {
    const site = await siteFor(counted);
    const { collector, root, backups, model } = site;
    const folder = orgFolder({ path: collector.folder }, 'c');
    const { checkpoint } = await loadOrgCheckpoint(realFiles, folder);
    const { holding: _, ...old } = checkpoint!;
    await saveOrgCheckpoint(realFiles, folder, { ...old, generation: old.generation + 1 });
    await restore(root, backups.at(-6)!);
    model.advance(2 * HOUR);
    expect((await collector.cycle()).exitCode).toBe(3);
    expect((await collector.cycle()).exitCode).toBe(0);
    expect(await linesOf(root)).toEqual(site.truth());
    expect((await run(['verify', root], { now: model.now() })).code).toBe(0);
  },
);

test('late events of a day that was pruned are told, and pruning is no difference', async () => {
  const site = await siteFor(true);
  const { collector, root, model } = site;
  const pruned = await run(['archive', 'prune', root, '--older-than', '9d', '--yes'], { now: model.now() });
  expect(pruned.code, pruned.stderr).toBe(0);
  const [, last = ''] = /removed \S+ to (\S+),/.exec(pruned.stdout) ?? [];
  const before = collector.said.length;
  expect((await collector.cycle()).exitCode).toBe(0);
  expect(collector.said.slice(before)).toEqual([]);
  const held = await linesOf(root);
  model.insert(makeEntry(Date.parse(`${last}T12:00:00Z`), 99, 1));
  model.advance(HOUR);
  await collector.cycle();
  expect(collector.said.slice(before)).toEqual([
    `c: dropped 1 late event of ${last}: the files of that day were pruned`,
  ]);
  expect(await linesOf(root)).toEqual(held);
  expect((await run(['verify', root], { now: model.now() })).code).toBe(0);
});

test('what was lost and the server does not have either is an alarm until it is acknowledged', async () => {
  const site = await siteFor(true);
  const { collector, root, org, model } = site;
  const day = (await daysIn(site))[2]!;
  await rm(join(root, org, day), { recursive: true });
  const { id } = model.truth().find(({ time }) => new Date(time).toISOString().startsWith(day.slice('date='.length)))!;
  model.remove(id!);
  model.advance(HOUR);
  const first = await collector.cycle();
  expect(first.exitCode).toBe(3);
  expect(JSON.stringify(first.orgs)).toContain('is in no file any more, and the server does not have it either');
  expect(await linesOf(root)).toEqual(site.truth());
  model.advance(STEP);
  expect((await collector.cycle()).exitCode).toBe(3);
  expect((await run(['verify', root], { now: model.now() })).code).toBe(0);
});
