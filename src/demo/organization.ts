import { DAY_MS } from '../time.js';
import { type Activity, countTurns, type Diary } from './calendar.js';
import { countEveryday, type DemoEvent, everyday } from './everyday.js';
import { incident } from './incident.js';
import { type DemoPerson, everybody } from './people.js';
import { idOf } from './random.js';
import { FIRST_MADE, standing } from './standing.js';
import { arrivals, milestones, type Scene } from './story.js';

/** An organization and its log. Rows are numbered from the oldest, 0. */
export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly plan: string;
  readonly seed: number;
  readonly size: number;
  /** The event of the n-th row. Stretches of days are made on demand, so the newest page needs only the last one. */
  row(n: number): DemoEvent;
}

const SEED = 20260401;
const NAME = 'Lumen Harbor';
const WHOLE: Activity = { days: 548, working: 31, weekend: 4.5, automated: 2 };
const PART: Activity = { days: 300, working: 2, weekend: 0.2, automated: 1 };

/** The days of a stretch, and the most new things of a kind in it. */
const STRETCH = 56;
const ROOM = 128;

/** The demo organization at `now` (epoch ms): 18 months of a plausible log that ends about now. The same UTC day gives the same log up to `now`. */
export function demoOrganization(now: number): Organization {
  const people = everybody(SEED);
  const scenes = [...milestones(), ...incident(Math.floor(now / DAY_MS)), ...arrivals(people)];
  const identity = { id: idOf('org', SEED, 900), name: NAME, plan: 'enterprise', seed: SEED };
  return open({ identity, activity: WHOLE, people, scenes }, now);
}

/** The two sub-organizations that the demo's key may read too, made on demand. */
export function subOrganizations(): readonly { readonly id: string; open(now: number): Organization }[] {
  return ['Labs', 'Logistics'].map((name, n) => {
    const id = idOf('org', SEED, FIRST_MADE + n);
    const identity = { id, name: `${NAME} ${name}`, plan: 'business', seed: SEED + 100 * (n + 1) };
    const people = everybody(SEED).filter((_, i) => i % 3 === n && i < 28);
    return { id, open: (now) => open({ identity, activity: PART, people, scenes: [] }, now) };
  });
}

/** Consecutive days whose events are made together. */
interface Stretch {
  readonly days: readonly number[];
  /** The numbers of its first row, and of the row after its last. */
  readonly first: number;
  readonly end: number;
  readonly next: number;
}

/** Makes one organization's log. */
interface Plot {
  readonly identity: Pick<Organization, 'id' | 'name' | 'plan' | 'seed'>;
  readonly activity: Activity;
  readonly people: readonly DemoPerson[];
  readonly scenes: readonly Scene[];
}

function open({ identity, activity, people, scenes }: Plot, now: number): Organization {
  const diary: Diary = { seed: identity.seed, activity, people, today: Math.floor(now / DAY_MS), now };
  const marks = standing(diary, identity.id, scenes);
  const stretches = stretchesOf(diary, marks);
  const rows = new Array<DemoEvent | undefined>(stretches.at(-1)?.end ?? 0);
  const makeRowsAround = (n: number): void => {
    const stretch = stretches.find(({ end }) => n < end);
    if (stretch === undefined) return;
    const { days, first, next } = stretch;
    const from = days[0]! * DAY_MS;
    const marked = marks.filter(({ time }) => time >= from && time < from + days.length * DAY_MS);
    const events = [...marked, ...everyday(diary, identity.id, days, next)].sort((a, b) => a.time - b.time);
    for (const [at, event] of events.entries()) rows[first + at] = event;
  };
  return {
    ...identity,
    size: rows.length,
    row: (n) => {
      if (rows[n] === undefined) makeRowsAround(n);
      return rows[n]!;
    },
  };
}

/** Divides the log by day numbers, so that the same days stay together tomorrow. */
function stretchesOf(diary: Diary, marks: readonly DemoEvent[]): readonly Stretch[] {
  const marked = new Map<number, number>();
  for (const { time } of marks) {
    const day = Math.floor(time / DAY_MS);
    marked.set(day, (marked.get(day) ?? 0) + 1);
  }
  const stretches: Stretch[] = [];
  let end = 0;
  for (let day = diary.today - diary.activity.days; day <= diary.today; ) {
    const first = end;
    const days: number[] = [];
    const number = Math.floor(day / STRETCH);
    for (; day <= diary.today && Math.floor(day / STRETCH) === number; day += 1) {
      days.push(day);
      end += (marked.get(day) ?? 0) + countEveryday(diary.seed, day, countTurns(diary, day));
    }
    stretches.push({ days, first, end, next: ROOM + (number % 64) * ROOM });
  }
  return stretches;
}
