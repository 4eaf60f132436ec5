import { expect, test } from 'vitest';
import { hash, randomFrom } from '../../src/demo/random.js';
import type { LogRow } from '../engine/log.js';
import { cycle, DAY, HOUR, openDisk, openLog, openStore } from './world.js';

const BEGAN = Date.parse('2026-06-01T05:00:00Z');
const KEEP = 20 * DAY;
const DAYS = 75;

/** What a cycle may overlook, as one entry that comes hides one that goes, the next ones find. */
const PATIENCE = 3 * DAY;

test.each([1, 2])(
  'while a server forgets after twenty days, nothing that it shows for some days is missed, however late it came (seed %i)',
  async (seed) => {
    const random = randomFrom(hash(seed, 20));
    let now = BEGAN;
    const log = openLog({ rows: [], zone: random.below(27) - 12 });
    const coming: (LogRow & { shown: number })[] = Array.from({ length: 40 * (DAYS + 20) }, (_, n) => {
      const time = BEGAN - 20 * DAY + random.below((DAYS + 20) * 24 * 60) * 60_000;
      const late = random.percent(8) ? random.below(16 * 24) * HOUR : 0;
      return { id: `e${n}`, time, shown: time + late };
    }).sort((a, b) => a.shown - b.shown);
    const all = [...coming];
    const [store, disk] = [openStore({ idempotent: false }), openDisk()];
    const said: string[] = [];
    let goneTold = 0;
    while (now < BEGAN + DAYS * DAY) {
      while ((coming[0]?.shown ?? Number.POSITIVE_INFINITY) <= now) log.rows.push(coming.shift() as LogRow);
      log.rows.splice(0, log.rows.length, ...log.rows.filter(({ time }) => time >= now - KEEP));
      const { status, gone } = await cycle({ log, store, disk, now: () => now, said });
      expect(status).toBe('verified');
      goneTold += gone.length;
      now += (1 + random.below(6)) * HOUR;
    }
    const shown = all.filter(({ time, shown }) => Math.min(time + KEEP, now) - Math.max(shown, BEGAN) > PATIENCE);
    const delivered = new Set(store.ids());
    expect(shown.length).toBeGreaterThan(3000);
    expect(shown.filter(({ id }) => !delivered.has(id))).toEqual([]);
    expect(store.kept).toHaveLength(delivered.size);
    expect({ said, goneTold }).toEqual({ said: [], goneTold: 0 });
  },
);
