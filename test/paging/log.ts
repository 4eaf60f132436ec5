import { hash } from '../../src/demo/random.js';
import { NOW } from '../helpers/world.js';

/** An entry of the stand-in's log. */
export interface Row {
  readonly id: string;
  /** Epoch ms; no two entries share one. */
  readonly time: number;
  readonly action: string;
}

const DAY = 86_400_000;
const MINUTE = 60_000;
const SPAN = 40 * DAY;
const ACTIONS = ['member.joined', 'member.left', 'role.changed', 'key.deleted', 'project.created'] as const;

/** So many entries in one afternoon, more than any page holds. */
const BURST = 110;
const BURST_AGO = 5 * DAY;

/** A log of `n` entries over the some 40 days before `now`, with one busy afternoon; newest first. */
export function makeLog(n: number, now = NOW): readonly Row[] {
  const quiet = n - BURST;
  const times = [
    ...Array.from({ length: quiet }, (_, at) => now - 10 * MINUTE - Math.floor((at * SPAN) / quiet) - jitter(1, at)),
    ...Array.from({ length: BURST }, (_, at) => now - BURST_AGO - at * MINUTE - jitter(2, at)),
  ];
  return newestFirst(times.map((time, at) => row(`e${at}`, time)));
}

/** `n` entries that come one after another from `start` on, in a few seconds. */
export function makeNews(n: number, start: number): readonly Row[] {
  return newestFirst(Array.from({ length: n }, (_, at) => row(`n${at}`, start + 1 + at * 90)));
}

export function newestFirst(rows: readonly Row[]): readonly Row[] {
  return [...rows].sort((one, other) => other.time - one.time);
}

/** Those of the days from `from` to `to`, both included. */
export function within(rows: readonly Row[], from: string, to: string): readonly Row[] {
  return rows.filter(({ time }) => dayOf(time) >= from && dayOf(time) <= to);
}

export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** The same rows in another order, which depends on nothing but `seed`. */
export function shuffled(rows: readonly Row[], seed: number): readonly Row[] {
  return rows
    .map((one, at) => ({ one, rank: hash(seed + 7, at) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ one }) => one);
}

/** How often each value comes. */
export function countBy(rows: readonly Row[], keyOf: (row: Row) => string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const one of rows) counts[keyOf(one)] = (counts[keyOf(one)] ?? 0) + 1;
  return counts;
}

function row(id: string, time: number): Row {
  return { id, time, action: ACTIONS[hash(3, Number(id.slice(1))) % ACTIONS.length] ?? ACTIONS[0] };
}

function jitter(seed: number, at: number): number {
  return hash(seed, at) % MINUTE;
}
