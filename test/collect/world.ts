import { collectOrg } from '../../src/collect/cycle/org.js';
import type { CollectedOrg } from '../../src/collect/cycle/result.js';
import type { OrgWorld } from '../../src/collect/cycle/world.js';
import { randomFrom } from '../../src/demo/random.js';
import type { StreamDelivery } from '../../src/destinations/destination.js';
import { countsHistory, openThrough } from '../../src/engine/count/through.js';
import { readingOf } from '../../src/engine/reading.js';
import type { ReadingOptions } from '../../src/engine/source.js';
import { EntryStore } from '../../src/engine/store/store.js';
import type { Entry } from '../../src/event.js';
import { invent } from '../../src/providers/invent.js';
import type { Provider } from '../../src/providers/provider.js';
import { EVERYTHING } from '../../src/query.js';
import type { Range } from '../../src/time.js';
import { type Log, openLog } from '../engine/log.js';
import { type Disk, openDisk } from '../output/disk.js';

const RANDOM = randomFrom(1);

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const ROOT = '/data';

export interface WorldOptions {
  readonly log: Pick<Log, 'fetch'>;
  readonly store: Store;
  readonly disk?: Disk;
  readonly now: () => number;
  readonly from?: number;
  readonly provider?: Provider;
  readonly random?: () => number;
  readonly said?: string[];
}

/** One cycle over a log in memory, with what is remembered on a disk in memory. */
export function cycle(options: WorldOptions, deep = false): Promise<CollectedOrg> {
  return collectOrg(worldOf(options), { deep });
}

export function worldOf({ log, store, now, from, random, said, ...options }: WorldOptions): OrgWorld {
  const provider = options.provider ?? invent;
  const disk = options.disk ?? openDisk();
  const connection = { provider, orgs: ['c'] };
  const fetch: Log['fetch'] = async (ask) => ({ ...(await log.fetch(ask)), at: now() });
  const plan = 'unfiltered';
  const open = (range: Range, reading: ReadingOptions, counted = true) =>
    readingOf(
      {
        fetch,
        now,
        pause: async () => {},
        openStore: () =>
          new EntryStore(1 << 24, () => {
            throw new Error('not that much');
          }),
        stats: () => ({ requests: 0, retries: 0, waiting: undefined }),
      },
      counted ? connection : { ...connection, provider: { ...provider, total: undefined } },
      { ...EVERYTHING, ...range },
      reading,
    );
  return {
    org: 'c',
    folder: { path: ROOT, files: disk.files, makeFolder: async () => {} },
    delivery: store.open(),
    from,
    through: countsHistory(provider) ? openThrough(fetch, connection, { ...EVERYTHING, from }, plan) : undefined,
    read: (range, { counted }) => open(range, { ties: 'canonical', direction: 'oldest-first', plan }, counted),
    readNewest: (range, limit) => open(range, { ties: 'server', limit }),
    ending: () => {
      throw new Error('there are no files here');
    },
    serverNow: now,
    random: random ?? (() => RANDOM.below(1000) / 1000),
    say: (text) => said?.push(text),
    chunk: 1 << 20,
    flushRows: 100,
  };
}

/** A destination that keeps entries by their id, or every one that it is given. */
export interface Store {
  readonly kept: readonly Entry[];
  open(): StreamDelivery;
  ids(): readonly string[];
}

export interface StoreOptions {
  /** Called before each put and flush; may throw. */
  readonly step?: (what: 'put' | 'flush') => void;
  readonly idempotent?: boolean;
}

export function openStore({ step = () => {}, idempotent = true }: StoreOptions = {}): Store {
  const kept: Entry[] = [];
  const known = new Set<string>();
  return {
    kept,
    ids: () => kept.map(({ id, raw }) => id ?? raw.toString()).sort(),
    open: () => {
      let pending: Entry[] = [];
      return {
        kind: 'stream',
        put: async ({ entries }) => {
          step('put');
          pending.push(...entries);
        },
        flush: async () => {
          step('flush');
          for (const entry of pending) {
            const key = entry.id ?? entry.raw.toString();
            if (idempotent && known.has(key)) continue;
            known.add(key);
            kept.push(entry);
          }
          pending = [];
          step('flush');
        },
        close: async () => {},
      };
    },
  };
}

export type { Disk };
export { openDisk, openLog };
