import type { Named } from '../people.js';

/** The deletions of one person within minutes. */
export interface Burst {
  readonly who: Named;
  /** Epoch ms of the first and the last minute. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** What was deleted how often, most first. */
  readonly actions: readonly (readonly [label: string, count: number])[];
  readonly places: readonly string[];
  /** Tells the people apart. */
  readonly key: string;
}

/** As many deletions of one person in as many minutes are a burst. */
export const BURST = { deletions: 10, minutes: 10 } as const;

const MINUTE_MS = 60_000;
/** Minutes of all people together: they limit the memory. */
const MOST_CELLS = 200_000;
const MOST_WORDS = 20;

interface BurstCell {
  count: number;
  readonly actions: Map<string, number>;
  readonly places: Set<string>;
}

/** One deletion. */
export interface Deletion {
  readonly key: string;
  readonly who: Named;
  readonly time: number;
  readonly label: string;
  readonly place: string;
}

/** Counts deletions by person and minute, in any order of time. */
export function openBursts() {
  const people = new Map<string, { readonly who: Named; readonly minutes: Map<number, BurstCell> }>();
  let cells = 0;
  let lumped = 0;
  return {
    add({ key, who, time, label, place }: Deletion): void {
      const minute = Math.floor(time / MINUTE_MS);
      const person = people.get(key) ?? { who, minutes: new Map<number, BurstCell>() };
      let cell = person.minutes.get(minute);
      if (cell === undefined) {
        if (cells >= MOST_CELLS) {
          lumped += 1;
          return;
        }
        cells += 1;
        cell = { count: 0, actions: new Map(), places: new Set() };
        person.minutes.set(minute, cell);
        people.set(key, person);
      }
      cell.count += 1;
      if (cell.actions.has(label) || cell.actions.size < MOST_WORDS)
        cell.actions.set(label, (cell.actions.get(label) ?? 0) + 1);
      if (cell.places.size < 3) cell.places.add(place);
    },
    /** Newest first. */
    result(): { readonly bursts: readonly Burst[]; readonly lumped: number } {
      const bursts = [...people].flatMap(([key, { who, minutes }]) =>
        runsOf(minutes).map((run) => ({ who, key, ...summed(run, minutes) })),
      );
      return { bursts: bursts.sort((a, b) => b.from - a.from || (a.key < b.key ? -1 : 1)), lumped };
    },
  };
}

/** The runs of minutes in which some window of `BURST.minutes` has enough deletions. */
function runsOf(minutes: ReadonlyMap<number, BurstCell>): readonly (readonly number[])[] {
  const all = [...minutes.keys()].sort((a, b) => a - b);
  const countOf = (minute: number) => minutes.get(minute)?.count ?? 0;
  const busy = new Set<number>();
  let sum = 0;
  let first = 0;
  for (const [at, minute] of all.entries()) {
    sum += countOf(minute);
    while (minute - all[first]! >= BURST.minutes) {
      sum -= countOf(all[first]!);
      first += 1;
    }
    if (sum >= BURST.deletions) for (const one of all.slice(first, at + 1)) busy.add(one);
  }
  const runs: number[][] = [];
  for (const minute of all.filter((one) => busy.has(one))) {
    const run = runs.at(-1);
    if (run !== undefined && minute - run.at(-1)! < BURST.minutes) run.push(minute);
    else runs.push([minute]);
  }
  return runs;
}

function summed(run: readonly number[], minutes: ReadonlyMap<number, BurstCell>) {
  const actions = new Map<string, number>();
  const places = new Set<string>();
  let count = 0;
  for (const minute of run) {
    const cell = minutes.get(minute)!;
    count += cell.count;
    for (const [label, times] of cell.actions) actions.set(label, (actions.get(label) ?? 0) + times);
    for (const place of cell.places) places.add(place);
  }
  return {
    from: run[0]! * MINUTE_MS,
    to: run.at(-1)! * MINUTE_MS,
    count,
    actions: byCount(actions),
    places: [...places].filter((place) => place !== '').sort(),
  };
}

/** Most first, then by name. */
export function byCount(counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...counts].sort(([a, times], [b, others]) => others - times || (a < b ? -1 : a > b ? 1 : 0));
}
