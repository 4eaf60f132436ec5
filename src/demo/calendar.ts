import type { DemoPerson } from './people.js';
import { hash, randomFrom } from './random.js';

export const DAY = 86_400_000;
const HOUR = 3_600_000;

/** How long an organization's story is, and how busy its days are at the end of it. */
export interface Activity {
  /** Days before today on which it begins. */
  readonly days: number;
  readonly working: number;
  readonly weekend: number;
  /** At most so many automated events a day, twice over. */
  readonly automated: number;
}

/** Who may do something on which day: the seed decides, and nothing else. */
export interface Diary {
  readonly seed: number;
  readonly pace: Activity;
  readonly people: readonly DemoPerson[];
  /** Today's number, in days since 1970-01-01, and the present moment, epoch ms. */
  readonly today: number;
  readonly now: number;
}

/** A turn is when and who in one number, as there are many: the time in ms times this, and the index of the person. */
const CROWD = 64;
const NOBODY = 63;

/** The index is the local hour, the value how much is done in it: the first hours of work are the busiest. */
const HOURS: readonly number[] = [0, 0, 0, 0, 0, 0, 1, 4, 11, 16, 17, 14, 7, 11, 15, 15, 12, 8, 4, 2, 2, 1, 1, 0];

export function timeOfTurn(turn: number): number {
  return Math.floor(turn / CROWD);
}

/** Undefined for an automated event. */
export function actorOfTurn({ people }: Diary, turn: number): DemoPerson | undefined {
  return people[turn % CROWD];
}

/** How many turns a day has. */
export function countTurns(diary: Diary, day: number): number {
  return day === diary.today ? turnsOf(diary, day).length : peopleTurns(diary, day) + automatedTurns(diary, day);
}

/** The turns of a day, in order. Those of today end now; whatever the hour, the last is a few moments ago. */
export function turnsOf(diary: Diary, day: number): readonly number[] {
  const { people, today, now, seed } = diary;
  const random = randomFrom(hash(seed, day));
  const reach = reachOf(people, today - day);
  const hours = HOURS.flatMap((weight, hour) => Array<number>(weight).fill(hour));
  const turns: number[] = [];
  for (let n = peopleTurns(diary, day); n > 0; n -= 1) {
    const by = random.pick(reach);
    const utc = (random.pick(hours) - people[by]!.offset + 24) % 24;
    turns.push((day * DAY + utc * HOUR + random.below(HOUR)) * CROWD + by);
  }
  for (let n = automatedTurns(diary, day); n > 0; n -= 1) {
    turns.push((day * DAY + random.below(24) * HOUR + random.below(90) * 1000) * CROWD + NOBODY);
  }
  if (day !== today) return turns.sort((a, b) => a - b);
  for (const ago of [64, 17, 2]) {
    const time = Math.floor(now / 60_000 - ago) * 60_000 + 20_417;
    if (time >= day * DAY || ago === 2) turns.push(Math.max(time, day * DAY) * CROWD + (ago % 4));
  }
  return turns.filter((turn) => timeOfTurn(turn) <= now).sort((a, b) => a - b);
}

/** 0 is Sunday; day 0, 1970-01-01, was a Thursday. */
export function weekday(day: number): number {
  return (day + 4) % 7;
}

function peopleTurns({ seed, pace, today }: Diary, day: number): number {
  const busy = weekday(day) % 6 === 0 ? pace.weekend : pace.working;
  const growth = 0.62 + 0.38 * (1 - (today - day) / pace.days);
  return Math.floor(busy * growth * (0.7 + (hash(seed + 1, day) % 601) / 1000) + (hash(seed + 2, day) % 100) / 100);
}

function automatedTurns({ seed, pace }: Diary, day: number): number {
  return hash(seed + 3, day) % (2 * pace.automated + 1);
}

/** The indices of those who are there on a day, each as often as they do something compared with the others. */
function reachOf(people: readonly DemoPerson[], daysAgo: number): readonly number[] {
  return people.flatMap(({ joined, left, weight }, n) =>
    daysAgo < joined && daysAgo > left ? Array<number>(weight).fill(n) : [],
  );
}
