import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import { openArchiveDelivery } from '../../src/destinations/archive/open.js';
import { invent } from '../../src/providers/invent.js';
import { makeEntries, makeEntry } from '../model/makeentries.js';
import type { Scheduled } from '../model/options.js';
import { type Model, startModel } from '../model/server.js';
import { type Collector, openCollector } from './site.js';
import { DAY, HOUR, openStore } from './world.js';

export const NOW = Date.parse('2026-11-20T14:00:00Z');
/** Of a sealed day, and of one that closed last. */
export const OLD = makeEntry(NOW - 8 * DAY, 5, 1);
export const RECENT = makeEntry(NOW - 15 * HOUR, 5, 2);

export interface Site {
  readonly model: Model;
  readonly collector: Collector;
  readonly root: string;
  readonly schedule: Scheduled[];
  /** One cycle: its exit code, and the gone entries that nobody has acknowledged. */
  run(options?: { readonly deep?: boolean; readonly steps?: number }): Promise<{ code: number; gone: number }>;
}

let opened: Model | undefined;
afterEach(() => opened?.close());

/** A collector that has read everything, with days sealed where there are files. */
export async function openSite(dest: 'archive' | 'stream', chunk?: number): Promise<Site> {
  const schedule: Scheduled[] = [];
  const entries = makeEntries({ n: 60, from: NOW - 12 * DAY, to: NOW - 2 * HOUR, seed: 9, grain: 1000 });
  const model = await startModel({ entries: [...entries, OLD, RECENT], now: NOW - 7 * HOUR, schedule });
  opened = model;
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
    chunk === undefined ? {} : { chunk },
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
