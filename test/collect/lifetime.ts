import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { orgFolder } from '../../src/collect/paths.js';
import { forgetOrgCheckpoint, loadOrgCheckpoint } from '../../src/collect/state/checkpoint.js';
import { hash, type Random, randomFrom } from '../../src/demo/random.js';
import { openArchiveDelivery } from '../../src/destinations/archive/open.js';
import { openDestination } from '../../src/destinations/index.js';
import { AuditlogError } from '../../src/errors.js';
import { realFiles } from '../../src/files/files.js';
import { escapeJsonText } from '../../src/json/escape.js';
import { invent } from '../../src/providers/invent.js';
import { exception, type FakeClickHouse, startFakeClickHouse } from '../destinations/clickhouse/server.js';
import { inventEntry, type ModelEntry } from '../model/entry.js';
import { PROFILES } from '../model/faults.js';
import { makeEntries } from '../model/makeentries.js';
import { type Model, startModel } from '../model/server.js';
import { type Collector, Killed, openCollector } from './site.js';
import { DAY, HOUR } from './world.js';

export const BEGAN = Date.parse('2026-09-01T09:00:00Z');
/** The latest that an entry turns up after its time. */
export const LATEST = 25 * DAY;
/** A purge removes what is older. */
const KEPT = 30 * DAY;

/** What asking again cures, and what only comparing finds: answers from the past, counts that are off, pages that come twice. */
const MILD = {
  ...PROFILES.mild,
  ...{ lag: 0.01, 'count-plus-one': 0.004, 'count-minus-one': 0.004, 'count-missing': 0.002 },
  ...{ 'page-repeated': 0.004, 'duplicate-row': 0.004 },
} as const;

/** A quarter of all answers, but for those that only a stopwatch ends, and other bytes for the same id, of which either may be the truth. */
const HEAVY = {
  ...PROFILES.heavy,
  ...{ 'other-bytes': 0, 'stall-headers': 0, 'stall-body': 0, 'slow-drip': 0, 'gzip-bomb': 0, 'header-bomb': 0 },
  '503-retry-day': 0,
} as const;

/** An entry and when the server begins to give it. */
interface Coming {
  readonly entry: ModelEntry;
  readonly shown: number;
}

/** Some entries each day, now and then a hundred in a minute, and some that turn up days after they happened. */
function entriesOf(seed: number, days: number): readonly Coming[] {
  const random = randomFrom(hash(seed, 60));
  const end = BEGAN + days * DAY;
  const spread = makeEntries({ n: 4 * (days + 5), from: BEGAN - 5 * DAY, to: end, seed: seed * 10, grain: 1000 });
  const bursts = Array.from({ length: 2 }, (_, n) => {
    const at = BEGAN + random.below(days) * DAY + random.below(24) * HOUR;
    return makeEntries({ n: 60 + random.below(60), from: at, to: at + 60_000, seed: seed * 10 + 1 + n, grain: 1000 });
  }).flat();
  return [...spread, ...bursts].map((entry) => ({
    entry,
    shown: entry.time + (random.percent(3) ? random.below(LATEST / HOUR) * HOUR : 0),
  }));
}

/** A collector, and what must be known of it to judge it. */
export interface Life {
  readonly collector: Collector;
  /** Entries that are gone, of which an alarm has to stand. */
  due: number;
  /** When everything was last delivered anew, ms. */
  anew: number;
  /** Whether its files were changed, or what it remembers was lost, since the last whole cycle: after both it refuses the files. */
  isHarmed: boolean;
  isForgotten: boolean;
}

/** How often something happened. */
export type Tally = Map<string, number>;

/** A log of many days that is collected into an archive and into a table, while everything goes wrong that can. */
export interface Lifetime {
  readonly model: Model;
  readonly random: Random;
  readonly archive: Life;
  readonly table: Life & { readonly server: FakeClickHouse };
  /** The directory of the archive, and copies of it. */
  root(): string;
  readonly backups: string[];
  readonly tally: Tally;
  /** Ids of entries that the table refuses until it is mended. */
  readonly odd: Set<string>;
  /** All texts that the server ever gave for an id, and when the last of them was written. */
  readonly texts: Map<string, { readonly all: string[]; at: number }>;
  /** UTC days of which the server has lost something. */
  readonly lostDays: Set<string>;
  /** The key that is accepted, and the one that the collectors know. */
  readonly key: { current: string; known: string };
  readonly coming: readonly Coming[];
  pass(to: number): void;
}

export async function openLifetime(seed: number, days: number): Promise<Lifetime> {
  const coming = entriesOf(seed, days);
  const random = randomFrom(hash(seed, 61));
  const model = await startModel({
    entries: coming.filter(({ shown }) => shown <= BEGAN).map(({ entry }) => entry),
    now: BEGAN,
    seed,
    faults: seed % 2 === 0 ? HEAVY : MILD,
    zone: random.below(27) - 12,
  });
  const key = { current: model.key, known: model.key };
  const settings = { key: () => key.known, isLocked: true };
  let root = '';
  const archive = await openCollector(
    model,
    (ctx, home) => {
      root = join(home, 'archive');
      return openArchiveDelivery(ctx, root, 'archive', { provider: invent, schema: undefined });
    },
    settings,
  );
  const server = await startFakeClickHouse();
  const table = await openCollector(
    model,
    async (ctx, _, folder) => {
      const options = { provider: invent, schema: undefined };
      const destination = await openDestination(ctx, `clickhouse+http://${server.host}/default.events`, options);
      return destination.open(async () => {
        await forgetOrgCheckpoint(realFiles, orgFolder({ path: folder }, 'c'));
      });
    },
    settings,
  );
  const odd = new Set(coming.filter(() => random.percent(2)).map(({ entry }) => entry.id as string));
  server.mishap = (_, { path, body }) => {
    if (random.percent(1)) return random.percent(50) ? 'cut-before' : 'cut-after';
    const isRefused = path.includes('INSERT') && odd.size > 0 && idsIn(body).some((id) => odd.has(id));
    return isRefused ? exception(400, 27, 'Cannot parse input: expected quote') : undefined;
  };
  let passed = BEGAN;
  return {
    model,
    random,
    archive: { collector: archive, due: 0, anew: 0, isHarmed: false, isForgotten: false },
    table: { collector: table, server, due: 0, anew: 0, isHarmed: false, isForgotten: false },
    root: () => root,
    backups: [],
    tally: new Map(),
    odd,
    texts: new Map(coming.map(({ entry }) => [entry.id as string, { all: [textOf(entry)], at: 0 }])),
    lostDays: new Set(),
    key,
    coming,
    pass: (to) => {
      model.setNow(Math.max(to, model.now()));
      const now = model.now();
      model.insert(...coming.filter(({ shown }) => shown > passed && shown <= now).map(({ entry }) => entry));
      passed = now;
    },
  };
}

function idsIn(body: Buffer): readonly string[] {
  const lines = gunzipSync(body).toString().split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line).id);
}

export function textOf({ text }: ModelEntry): string {
  return escapeJsonText(text);
}

export interface Lived {
  readonly code: number;
  /** Gone entries that nobody has acknowledged, and entries that the destination rejects. */
  readonly gone: number;
  readonly refused: number;
}

/** One cycle; undefined: it was killed, or ended with an error that names its cause. */
export async function cycle(
  life: Life,
  options: { readonly steps?: number; readonly deep?: boolean; readonly retry?: boolean } = {},
): Promise<Lived | 'killed' | 'failed'> {
  try {
    const { exitCode, orgs } = await life.collector.cycle(options);
    const [one] = orgs;
    if (one === undefined || 'error' in one) return 'failed';
    Object.assign(life, { isHarmed: false, isForgotten: false });
    return { code: exitCode, gone: one.unacknowledged ?? 0, refused: one.refused ?? 0 };
  } catch (error) {
    if (error instanceof Killed) return 'killed';
    if (error instanceof AuditlogError) {
      return 'failed';
    }
    throw error;
  }
}

/** Cycles until one finds everything reconciled and confirmed: a count that was off is found out by the next. */
export async function settled(life: Life, options: { readonly retry?: boolean } = {}): Promise<Lived> {
  for (let left = 30; left > 0; left -= 1) {
    const wasSure = await life.collector.isSure();
    const ran = await cycle(life, { deep: left % 5 === 0, ...options });
    if (typeof ran !== 'string' && wasSure && left < 30 && (await life.collector.isSure())) {
      const alarmed = ran.gone > 0 || ran.refused > 0;
      if (ran.code === 0 || alarmed) return ran;
    }
  }
  throw new Error('it never comes to rest');
}

/** UTC days of which an alarm says that entries are gone. */
export async function alarmedDays({ collector }: Life): Promise<readonly string[]> {
  const { checkpoint } = await loadOrgCheckpoint(realFiles, orgFolder({ path: collector.folder }, 'c'));
  return (checkpoint?.gone ?? []).map(({ day }) => day);
}

/** Every line of every file of entries. */
export async function linesOf(root: string): Promise<string[]> {
  const names = await readdir(root, { recursive: true });
  const texts = await Promise.all(
    names
      .filter((name) => name.endsWith('.ndjson.gz'))
      .map(async (name) => gunzipSync(await readFile(join(root, name))).toString()),
  );
  return texts.flatMap((text) => text.split('\n').filter((line) => line !== ''));
}

const utcDay = (time: number): string => new Date(time).toISOString().slice(0, 10);

function lose({ model, lostDays }: Lifetime, entries: readonly ModelEntry[]): void {
  for (const { time } of entries) lostDays.add(utcDay(time));
  model.remove(...entries.map(({ id }) => id as string));
}

async function restore(root: string, backup: string): Promise<void> {
  await rm(root, { recursive: true, force: true });
  await cp(backup, root, { recursive: true, preserveTimestamps: true });
}

/** All that happens besides what the server does by itself: in how many of a hundred days, and how. Resolves to false if it could not happen. */
export const TROUBLES: Readonly<
  Record<string, { readonly percent: number; readonly act: (life: Lifetime) => Promise<unknown> }>
> = {
  'an archive is backed up': {
    percent: 20,
    act: async ({ root, backups }) => {
      const backup = join(root(), '..', `backup-${backups.length}`);
      await cp(root(), backup, { recursive: true, preserveTimestamps: true });
      backups.push(backup);
    },
  },
  'an archive is restored': {
    percent: 5,
    act: async ({ archive, root, backups, random }) => {
      if (backups.length === 0 || archive.isForgotten) return false;
      archive.isHarmed = true;
      return restore(root(), random.pick(backups));
    },
  },
  'an archive is merged with an older one': {
    percent: 2,
    act: async ({ archive, root, backups, random }) => {
      if (backups.length === 0 || archive.isForgotten) return false;
      archive.isHarmed = true;
      return cp(random.pick(backups), root(), { recursive: true });
    },
  },
  'a day of an archive is removed': {
    percent: 3,
    act: async ({ archive, root, random }) => {
      const names = await readdir(root(), { recursive: true });
      const days = names.filter((name) => /date=[^/]*$/.test(name));
      if (days.length === 0 || archive.isForgotten) return false;
      archive.isHarmed = true;
      return rm(join(root(), random.pick(days)), { recursive: true });
    },
  },
  'a table is emptied': {
    percent: 4,
    act: async ({ table, model }) => {
      table.server.truncate();
      table.anew = model.now();
    },
  },
  'what a collector remembers is lost': {
    percent: 3,
    act: async ({ random, archive, table, model }) => {
      const life = random.percent(50) && !archive.isHarmed ? archive : table;
      await rm(orgFolder({ path: life.collector.folder }, 'c'), { recursive: true, force: true });
      Object.assign(life, { due: 0, anew: model.now(), isForgotten: true });
    },
  },
  'entries are purged by their age': {
    percent: 4,
    act: async (life) => {
      const old = life.model.truth().filter(({ time }) => time < life.model.now() - KEPT);
      if (old.length === 0) return false;
      lose(life, old);
      return true;
    },
  },
  'an entry is written anew': {
    percent: 15,
    act: async ({ model, random, texts }) => {
      const old = random.pick(model.truth());
      const entry = inventEntry({ ...JSON.parse(old.text), seen: model.now() });
      model.remove(old.id as string);
      model.insert(entry);
      const known = texts.get(old.id as string);
      known?.all.push(textOf(entry));
      if (known !== undefined) known.at = model.now();
      // A replica that lags would give both texts in one reading.
      model.advance(60_000);
    },
  },
  'a key is replaced': {
    percent: 8,
    act: async ({ model, key, random }) => {
      key.current = `model_${random.below(2 ** 30)}_${random.below(2 ** 30)}`;
      model.rekey(key.current);
      // The other times somebody saves it a day later.
      if (random.percent(50)) key.known = key.current;
    },
  },
  'two containers run at once': {
    percent: 10,
    act: ({ archive, table, random }) => {
      const life = random.percent(30) ? archive : table;
      return Promise.all([cycle(life), cycle(life)]);
    },
  },
};

/** Removes an entry at the vendor that both destinations hold, and that its age does not explain. */
export async function removeOne(life: Lifetime): Promise<boolean> {
  const { model, table, root, random } = life;
  const held = new Set(table.server.rows().map(({ id }) => id));
  const lines = (await linesOf(root())).join('\n');
  const all = model.truth();
  const oldest = all.at(-1)?.time ?? 0;
  const old = all.filter(
    ({ id, time }) =>
      time > oldest + 3 * DAY &&
      time < model.now() - 4 * DAY &&
      held.has(id as string) &&
      lines.includes(`"${id as string}"`),
  );
  if (old.length === 0) return false;
  lose(life, [random.pick(old)]);
  // A replica that lags would still have it.
  model.advance(60_000);
  return true;
}
