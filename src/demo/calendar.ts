import { DAY_MS, weekdayOf } from '../time.js';
import type { DemoPerson } from './people.js';
import { hash, randomFrom } from './random.js';

const HOUR_MS = 3_600_000;

/** How long an organization's log is, and its events a day at the end of it. */
export interface Activity {
  /** It begins this many days before today. */
  readonly days: number;
  readonly working: number;
  readonly weekend: number;
  /** Half the largest number of automated events a day. */
  readonly automated: number;
}

/** Who may act on which day: the seed alone decides. */
export interface Diary {
  readonly seed: number;
  readonly activity: Activity;
  readonly people: readonly DemoPerson[];
  /** Today's number, in days since 1970-01-01, and the present moment, epoch ms. */
  readonly today: number;
  readonly now: number;
}

/** A turn is a time and a person in one number, to save memory: the time in ms times this, plus the index of the person. */
const CROWD = 64;
const NOBODY = 63;

/** The weight of each local hour. */
const HOURS: readonly number[] = [0, 0, 0, 0, 0, 0, 1, 4, 11, 16, 17, 14, 7, 11, 15, 15, 12, 8, 4, 2, 2, 1, 1, 0];

export function timeOfTurn(turn: number): number {
  return Math.floor(turn / CROWD);
}

/** Undefined for an automated event. */
export function actorOfTurn({ people }: Diary, turn: number): DemoPerson | undefined {
  return people[turn % CROWD];
}

export function countTurns(diary: Diary, day: number): number {
  return day === diary.today ? turnsOf(diary, day).length : peopleTurns(diary, day) + automatedTurns(diary, day);
}

/** The turns of a day, in order. Those of today end now; at any hour, the last was a few minutes ago. */
export function turnsOf(diary: Diary, day: number): readonly number[] {
  const { people, today, now, seed } = diary;
  const random = randomFrom(hash(seed, day));
  const reach = reachOf(people, today - day);
  const hours = HOURS.flatMap((weight, hour) => Array<number>(weight).fill(hour));
  const turns: number[] = [];
  for (let n = peopleTurns(diary, day); n > 0; n -= 1) {
    const by = random.pick(reach);
    const utc = (random.pick(hours) - people[by]!.offset + 24) % 24;
    turns.push((day * DAY_MS + utc * HOUR_MS + random.below(HOUR_MS)) * CROWD + by);
  }
  for (let n = automatedTurns(diary, day); n > 0; n -= 1) {
    turns.push((day * DAY_MS + random.below(24) * HOUR_MS + random.below(90) * 1000) * CROWD + NOBODY);
  }
  if (day !== today) return turns.sort((a, b) => a - b);
  for (const ago of [64, 17, 2]) {
    const time = Math.floor(now / 60_000 - ago) * 60_000 + 20_417;
    if (time >= day * DAY_MS || ago === 2) turns.push(Math.max(time, day * DAY_MS) * CROWD + (ago % 4));
  }
  return turns.filter((turn) => timeOfTurn(turn) <= now).sort((a, b) => a - b);
}

export function isWeekend(day: number): boolean {
  return weekdayOf(day) >= 5;
}

function peopleTurns({ seed, activity, today }: Diary, day: number): number {
  const busy = isWeekend(day) ? activity.weekend : activity.working;
  const growth = 0.62 + 0.38 * (1 - (today - day) / activity.days);
  return Math.floor(busy * growth * (0.7 + (hash(seed + 1, day) % 601) / 1000) + (hash(seed + 2, day) % 100) / 100);
}

function automatedTurns({ seed, activity }: Diary, day: number): number {
  return hash(seed + 3, day) % (2 * activity.automated + 1);
}

/** The index of each member on a day, repeated by their weight. */
function reachOf(people: readonly DemoPerson[], daysAgo: number): readonly number[] {
  return people.flatMap(({ joined, left, weight }, n) =>
    daysAgo < joined && daysAgo > left ? Array<number>(weight).fill(n) : [],
  );
}
