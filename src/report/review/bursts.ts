import type { Named } from '../people.js';

/** The deletions of one person within minutes. */
export interface Burst {
  readonly who: Named;
  /** Epoch ms of the first and the last minute. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** The number of deletions by label, most first. */
  readonly actions: readonly (readonly [label: string, count: number])[];
  readonly places: readonly string[];
  /** Identifies the person. */
  readonly key: string;
}

/** A burst is this many deletions by one person in this many minutes. */
export const BURST = { deletions: 10, minutes: 10 } as const;

const MINUTE_MS = 60_000;
/** Maximum number of deletions to remember, in 16 bytes each. */
const MOST_DELETIONS = 2_000_000;
const FIELDS = 4;

/** One deletion. */
export interface Deletion {
  readonly key: string;
  readonly who: Named;
  readonly time: number;
  readonly label: string;
  readonly place: string;
}

/** Finds bursts among deletions in any order of time. */
export function openBursts() {
  const people = openNumbers<Named>(100_000);
  const labels = openNumbers<string>(5000);
  const places = openNumbers<string>(50_000);
  // Person, minute, label, place.
  let held = new Int32Array(FIELDS * 1024);
  let count = 0;
  let lumped = 0;
  return {
    add({ key, who, time, label, place }: Deletion): void {
      const person = people.of(key, who);
      if (person === undefined || count >= MOST_DELETIONS) {
        lumped += 1;
        return;
      }
      if (held.length === count * FIELDS) {
        const larger = new Int32Array(held.length * 2);
        larger.set(held);
        held = larger;
      }
      const minute = Math.floor(time / MINUTE_MS);
      held.set([person, minute, labels.of(label, label) ?? -1, places.of(place, place) ?? -1], count * FIELDS);
      count += 1;
    },
    /** Newest first. */
    result(): { readonly bursts: readonly Burst[]; readonly lumped: number } {
      const field = (at: number, index: number): number => held[at * FIELDS + index]!;
      const order = Uint32Array.from({ length: count }, (_, at) => at);
      order.sort((a, b) => field(a, 0) - field(b, 0) || field(a, 1) - field(b, 1) || a - b);
      const bursts = runsOf(order, field).map((run): Burst => {
        const actions = new Map<string, number>();
        const found = new Set<string>();
        for (const at of run) {
          const label = labels.at(field(at, 2))?.value ?? 'other';
          actions.set(label, (actions.get(label) ?? 0) + 1);
          const place = places.at(field(at, 3))?.value ?? '';
          if (place !== '' && found.size < MOST_PLACES) found.add(place);
        }
        const { key, value: who } = people.at(field(run[0]!, 0))!;
        return {
          key,
          who,
          from: field(run[0]!, 1) * MINUTE_MS,
          to: field(run.at(-1)!, 1) * MINUTE_MS,
          count: run.length,
          actions: byCount(actions),
          places: [...found].sort(),
        };
      });
      return { bursts: bursts.sort((a, b) => b.from - a.from || (a.key < b.key ? -1 : 1)), lumped };
    },
  };
}

const MOST_PLACES = 4;

/** Numbers values from 0, up to `most` of them. */
function openNumbers<T>(most: number) {
  const numbers = new Map<string, number>();
  const values: { readonly key: string; readonly value: T }[] = [];
  return {
    of(key: string, value: T): number | undefined {
      const known = numbers.get(key);
      if (known !== undefined || values.length >= most) return known;
      numbers.set(key, values.length);
      values.push({ key, value });
      return values.length - 1;
    },
    at: (number: number) => values[number],
  };
}

/** The runs of one person's deletions in which every `BURST.minutes` have enough of them. `order`: by person and minute. */
function runsOf(order: Uint32Array, field: (at: number, index: number) => number): readonly (readonly number[])[] {
  const runs: number[][] = [];
  const isSame = (a: number, b: number) => field(a, 0) === field(b, 0) && field(b, 1) - field(a, 1) < BURST.minutes;
  let first = 0;
  /** How many of `order` belong to a run already. */
  let taken = 0;
  for (let last = 0; last < order.length; last += 1) {
    while (!isSame(order[first]!, order[last]!)) first += 1;
    if (last - first + 1 < BURST.deletions) continue;
    if (taken <= first) runs.push([]);
    for (let at = Math.max(first, taken); at <= last; at += 1) runs.at(-1)!.push(order[at]!);
    taken = last + 1;
  }
  return runs;
}

/** Most first, then by name. */
export function byCount(counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...counts].sort(([a, times], [b, others]) => others - times || (a < b ? -1 : a > b ? 1 : 0));
}
