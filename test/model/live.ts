import type { Random } from '../../src/demo/random.js';
import { invent } from '../../src/providers/invent.js';
import type { ModelEntry } from './entry.js';
import { makeEntry } from './makeentries.js';
import type { ModelOptions } from './options.js';
import type { Change, Truth } from './truth.js';
import { vendorEntry } from './vendor.js';

const MINUTE = 60_000;
/** The numbers of entries that are made while the model runs, apart from those that it began with. */
const LIVE_SEED = 7_000_001;

/** Lets the log change by itself: call it with the time and the number of each request. The changes since the last call happen, each at its own time. */
export function happenings(
  { live, seed = 1, provider = invent }: ModelOptions,
  truth: Truth,
  start: number,
  random: Random,
): (now: number, request: number) => void {
  let last = start;
  let made = 0;
  if (live === undefined) return () => {};
  const { head = 0, late = 0, deletes = 0, keep } = live;
  return (now, request) => {
    const minutes = (now - last) / MINUTE;
    const happen: { at: number; kind: 'head' | 'late' | 'delete' }[] = [];
    for (const [kind, rate] of [
      ['head', head],
      ['late', late],
      ['delete', deletes],
    ] as const) {
      for (let n = poisson(rate * minutes, random); n > 0; n -= 1)
        happen.push({ kind, at: last + part(random) * (now - last) });
    }
    happen.sort((a, b) => a.at - b.at);
    for (const { kind, at } of happen) {
      const there = truth.entries();
      if (kind === 'delete') {
        if (there.length > 0) record(truth, request, at, kind, [], [random.pick(there)]);
        continue;
      }
      const oldest = there.at(-1)?.time ?? at - 86_400_000;
      const time = Math.floor(kind === 'head' ? at : oldest + part(random) * (at - oldest));
      made += 1;
      record(truth, request, at, kind, [vendorEntry(provider, makeEntry(time, seed + LIVE_SEED, made))], []);
    }
    const old = keep === undefined ? [] : truth.entries().filter(({ time }) => time < now - keep);
    if (old.length > 0) record(truth, request, now, 'purge', [], old);
    last = now;
  };
}

function record(
  truth: Truth,
  beforeRequest: number,
  at: number,
  kind: Change['kind'],
  inserted: readonly ModelEntry[],
  removed: readonly ModelEntry[],
): void {
  truth.change({ kind, at, beforeRequest, inserted, removed });
}

function part(random: Random): number {
  return random.below(1_000_000) / 1_000_000;
}

/** How many there are of something that happens `mean` times on average. */
function poisson(mean: number, random: Random): number {
  const end = Math.exp(-Math.min(mean, 500));
  let n = 0;
  for (let product = part(random); product > end && n < 2000; product *= part(random)) n += 1;
  return n;
}
