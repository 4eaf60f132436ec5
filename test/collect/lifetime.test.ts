import { afterEach, expect, test } from 'vitest';
import { tried } from '../helpers/tried.js';
import { run } from '../helpers/world.js';
import {
  alarmedDays,
  BEGAN,
  cycle,
  LATEST,
  type Life,
  type Lifetime,
  linesOf,
  openLifetime,
  removeOne,
  settled,
  TROUBLES,
  textOf,
} from './lifetime.js';
import { DAY, HOUR } from './world.js';

const RUNS = Math.max(1, Math.min(50, Number(process.env.AUDITLOG_TEST_RUNS ?? 0) / 100));
const SEED = Number(process.env.AUDITLOG_TEST_SEED ?? 1);
const DAYS = 60;

let life: Lifetime;
afterEach(() => life.model.close());

/** Cycles until one is not killed. */
async function live(of: Life, most: number): Promise<void> {
  for (;;) {
    const ran = await cycle(of, life.random.percent(30) ? { steps: life.random.below(most) } : {});
    count(typeof ran === 'string' ? `a run that is ${ran}` : 'a run');
    if (typeof ran !== 'string' && ran.gone > 0) expect(ran.code).toBe(3);
    if (ran !== 'killed') return;
  }
}

function count(what: string): void {
  life.tally.set(what, (life.tally.get(what) ?? 0) + 1);
}

/** What the vendor deletes is an alarm as soon as no count is off that hides it. */
async function deleteOne(): Promise<void> {
  for (const of of [life.archive, life.table]) {
    let left = 30;
    while (typeof (await cycle(of)) === 'string' && left > 0) left -= 1;
    expect(left, 'cycles that fail').toBeGreaterThan(0);
  }
  if (!(await removeOne(life))) return;
  count('an entry is deleted');
  for (const of of [life.archive, life.table]) {
    of.due += 1;
    let { gone } = await settled(of);
    for (let left = 4; left > 0 && gone < of.due; left -= 1) gone = (await settled(of)).gone;
    expect(gone).toBeGreaterThanOrEqual(of.due);
  }
}

for (let seed = SEED; seed < SEED + RUNS; seed += 1)
  test(`after sixty days in which everything goes wrong, archive and table hold the truth, or an alarm stands (seed ${seed})`, {
    timeout: 600_000,
  }, async () => {
    life = await openLifetime(seed, DAYS);
    const { model, random, archive, table, tally, key, odd, texts, lostDays, coming } = life;
    // Each happens on one day at least.
    const certain = new Map(Object.keys(TROUBLES).map((name) => [name, 10 + random.below(DAYS - 20)]));
    const deletions = [20, 40].map((day) => day + random.below(10));
    for (let day = 0; day < DAYS; day += 1) {
      life.pass(BEGAN + day * DAY + random.below(24) * HOUR);
      key.known = key.current;
      for (const [name, { percent, act }] of day === 0 ? [] : Object.entries(TROUBLES)) {
        const isDue = day >= (certain.get(name) ?? DAYS);
        if ((isDue || random.percent(percent)) && (await act(life)) !== false) {
          count(name);
          certain.delete(name);
        }
      }
      if (deletions.includes(day)) {
        key.known = key.current;
        await deleteOne();
      }
      if (random.percent(50)) await live(table, 25);
      if (random.percent(15) || life.root() === '') await live(archive, 25);
    }
    key.known = key.current;
    // The last of the late ones are there, and nothing is open any more.
    life.pass(BEGAN + DAYS * DAY + LATEST);
    for (const of of [archive, table]) await settled(of);
    model.advance(12 * HOUR);
    const refusing = await settled(table);
    const truth = new Map(model.truth().map((entry) => [entry.id as string, textOf(entry)]));
    expect(refusing.refused).toBeGreaterThanOrEqual([...odd].filter((id) => truth.has(id)).length);
    life.tally.set('an entry is refused', refusing.refused);
    odd.clear();
    const last = { archive: await settled(archive), table: await settled(table, { retry: true }) };
    expect(last.table.refused).toBe(0);

    const held = {
      archive: (await linesOf(life.root())).map((line) => [JSON.parse(line).id as string, line] as const),
      table: table.server.rows().map(({ id = '', raw = '' }) => [id, raw] as const),
    };
    for (const name of ['archive', 'table'] as const) {
      const ids = held[name].map(([id]) => id);
      expect(
        ids.filter((id, at) => ids.indexOf(id) !== at),
        `${name}: twice`,
      ).toEqual([]);
      expect(
        [...truth.keys()].filter((id) => !ids.includes(id)),
        `${name}: missing`,
      ).toEqual([]);
      const isText = ([id, text]: readonly [string, string]): boolean => {
        const { all = [], at = 0 } = texts.get(id) ?? {};
        return name === 'table' && at < table.anew && truth.has(id) ? text === all.at(-1) : all.includes(text);
      };
      expect(
        held[name].filter((one) => !isText(one)),
        `${name}: texts`,
      ).toEqual([]);
      // An alarm stands for all that was deleted, and for nothing else.
      expect(last[name].gone, `${name}: alarm`).toBeGreaterThanOrEqual(life[name].due);
      expect(last[name].code).toBe(last[name].gone > 0 ? 3 : 0);
      const days = await alarmedDays(life[name]);
      expect(
        days.filter((day) => !lostDays.has(day)),
        `${name}: false alarm`,
      ).toEqual([]);
    }
    expect(texts.size).toBe(coming.length);
    const verified = await run(['verify', life.root()], { now: model.now() });
    expect(verified.code, verified.stdout).toBe(0);
    for (const [name, times] of tally) tried(name, times);
    tried('sixty days');
    for (const name of Object.keys(TROUBLES)) expect(tally.get(name), name).toBeGreaterThan(0);
    expect(tally.get('a run that is killed')).toBeGreaterThan(1);
    expect(tally.get('an entry is deleted')).toBeGreaterThan(0);
  });
