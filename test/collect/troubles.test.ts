import { rm } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { orgFolder } from '../../src/collect/paths.js';
import { forgetOrgCheckpoint } from '../../src/collect/state/checkpoint.js';
import { hash, randomFrom } from '../../src/demo/random.js';
import type { StreamDelivery } from '../../src/destinations/destination.js';
import { entryKey } from '../../src/destinations/shared/identity.js';
import { AuditlogError } from '../../src/errors.js';
import { realFiles } from '../../src/files/files.js';
import { escapeJsonText } from '../../src/json/escape.js';
import { PROFILES } from '../model/faults.js';
import { makeEntries } from '../model/makeentries.js';
import { type Model, startModel } from '../model/server.js';
import { Killed, openCollector } from './site.js';
import { DAY, HOUR } from './world.js';

const RUNS = Math.max(2, Math.min(20, Number(process.env.AUDITLOG_TEST_RUNS ?? 0) / 100));
const SEED = Number(process.env.AUDITLOG_TEST_SEED ?? 1);
const BEGAN = Date.parse('2026-09-01T09:00:00Z');
const DAYS = 60;

/** A table that keeps the newest text of each entry, and refuses some while it is not mended. */
function openTable(isRefused: (text: string) => boolean) {
  const rows = new Map<string, string>();
  const open = (): StreamDelivery => {
    let pending: (readonly [string, string])[] = [];
    return {
      kind: 'stream',
      put: async ({ org, entries, refuse }) => {
        for (const entry of entries) {
          const text = entry.raw.toString();
          if (isRefused(text)) refuse?.(entry, 'it does not fit');
          else pending.push([entryKey(org, entry), text]);
        }
      },
      flush: async () => {
        for (const [key, text] of pending) rows.set(key, text);
        pending = [];
      },
      close: async () => {},
    };
  };
  return { rows, open };
}

let model: Model;
afterEach(() => model.close());

for (let seed = SEED; seed < SEED + RUNS; seed += 1)
  test(`after sixty days of purges, refusals, emptied tables and lost state the table holds the truth, or an alarm stands (seed ${seed})`, {
    timeout: 300_000,
  }, async () => {
    const random = randomFrom(hash(seed, 62));
    const all = makeEntries({
      n: 500,
      from: BEGAN - 20 * DAY,
      to: BEGAN + DAYS * DAY,
      seed: seed * 10,
      grain: 1000,
    });
    model = await startModel({
      entries: all.filter(({ time }) => time <= BEGAN),
      now: BEGAN,
      seed,
      faults: PROFILES.mild,
    });
    let isMended = false;
    const odd = new Set(all.filter(() => random.percent(2)).map(({ text }) => escapeJsonText(text)));
    const table = openTable((text) => !isMended && odd.has(text));
    const collector = await openCollector(model, async () => table.open());
    const org = orgFolder({ path: collector.folder }, 'c');
    const removed = new Set<string>();
    let told = 0;
    let isForgotten = false;
    const live = async (options: { steps?: number; deep?: boolean; retry?: boolean } = {}) => {
      try {
        const { exitCode, orgs } = await collector.cycle(options);
        const [one] = orgs;
        const standing = one !== undefined && 'delivered' in one ? (one.unacknowledged ?? 0) : 0;
        // What is gone is an alarm in every run until somebody acknowledges it.
        if (standing > 0) expect(exitCode).toBe(3);
        return { exitCode, standing, refused: one !== undefined && 'delivered' in one ? (one.refused ?? 0) : 0 };
      } catch (error) {
        if (error instanceof Killed || error instanceof AuditlogError) return undefined;
        throw error;
      }
    };
    for (let passed = BEGAN; passed < BEGAN + DAYS * DAY; ) {
      const to = passed + (1 + random.below(36)) * HOUR;
      model.setNow(Math.max(to, model.now()));
      const now = model.now();
      model.insert(...all.filter(({ time }) => time > passed && time <= now));
      passed = now;
      const ran = await live(random.percent(25) ? { steps: random.below(40) } : {});
      told = Math.max(told, ran?.standing ?? 0);
      if (random.percent(8)) {
        const held = new Set(table.rows.values());
        const old = [...model.truth()].filter(
          ({ time, text }) => time < now - 5 * DAY && held.has(escapeJsonText(text)),
        );
        const victim = old.slice(1, -1)[random.below(Math.max(1, old.length - 2))];
        if (victim !== undefined) {
          model.remove(victim.id as string);
          removed.add(escapeJsonText(victim.text));
        }
      }
      if (random.percent(4)) {
        table.rows.clear();
        await forgetOrgCheckpoint(realFiles, org);
        isForgotten = true;
      }
      if (random.percent(3)) {
        await rm(org, { recursive: true, force: true });
        isForgotten = true;
      }
    }
    model.advance(3 * DAY);
    const settle = async (retry: boolean) => {
      for (let left = 20; left > 0; left -= 1) {
        const wasSure = await collector.isSure();
        const ran = await live({ deep: left % 4 === 0, retry });
        if (ran !== undefined && wasSure && (await collector.isSure()) && left < 17) return ran;
      }
      throw new Error('it never comes to rest');
    };
    const truth = model.truth().map(({ text }) => escapeJsonText(text));
    const before = await settle(false);
    // Everything but what is refused is there, and what is refused is counted.
    expect(truth.filter((text) => !odd.has(text) && ![...table.rows.values()].includes(text))).toEqual([]);
    expect(before.refused).toBeGreaterThanOrEqual(truth.filter((text) => odd.has(text)).length);
    expect(before.exitCode).toBe(3);
    isMended = true;
    const after = await settle(true);
    const held = [...table.rows.values()];
    expect(after.refused).toBe(0);
    expect(truth.filter((text) => !held.includes(text))).toEqual([]);
    expect(new Set(held).size).toBe(held.length);
    // What is there besides was on the server once.
    expect(held.filter((text) => !truth.includes(text) && !removed.has(text))).toEqual([]);
    expect(removed.size).toBeGreaterThan(0);
    if (!isForgotten) expect(after.standing).toBe(removed.size);
    else expect(Math.max(told, after.standing)).toBeGreaterThan(0);
  });
