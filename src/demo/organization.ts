import { type Activity, countTurns, DAY, type Diary } from './calendar.js';
import { countEveryday, type DemoEvent, everyday } from './everyday.js';
import { type DemoPerson, everybody } from './people.js';
import { idOf } from './random.js';
import { FIRST_MADE, standing } from './standing.js';
import { arrivals, incident, milestones, type Scene } from './story.js';

/** An organization and the log of what happened in it. Rows are numbered from the oldest, 0. */
export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly plan: string;
  readonly seed: number;
  readonly size: number;
  /** What the n-th row tells. The first question about a stretch of days makes that stretch; the newest page needs only the last one. */
  row(n: number): DemoEvent;
}

const SEED = 20260401;
const NAME = 'Lumen Harbor';
const WHOLE: Activity = { days: 548, working: 31, weekend: 4.5, automated: 2 };
const PART: Activity = { days: 300, working: 2, weekend: 0.2, automated: 1 };

/** Days that are told together, and how many things such a stretch may make of a kind. */
const STRETCH = 56;
const ROOM = 128;

/**
 * The demo organization as it is at `now` (epoch ms): 18 months of a believable log that ends about now. The same `now` gives the same
 * story, and another `now` of the same UTC day the same story up to that day.
 */
export function demoOrganization(now: number): Organization {
  const people = everybody(SEED);
  const scenes = [...milestones(), ...incident(Math.floor(now / DAY)), ...arrivals(people)];
  return open({ id: idOf('org', SEED, 900), name: NAME, plan: 'enterprise', seed: SEED }, WHOLE, people, scenes, now);
}

/** The two sub-organizations that the demo's key may read besides, told when somebody asks. */
export function subOrganizations(): readonly { readonly id: string; open(now: number): Organization }[] {
  return ['Labs', 'Logistics'].map((name, n) => {
    const id = idOf('org', SEED, FIRST_MADE + n);
    const identity = { id, name: `${NAME} ${name}`, plan: 'business', seed: SEED + 100 * (n + 1) };
    const few = everybody(SEED).filter((_, i) => i % 3 === n && i < 28);
    return { id, open: (now) => open(identity, PART, few, [], now) };
  });
}

/** Some days in a row that are told together. */
interface Stretch {
  readonly days: readonly number[];
  /** The number of its first row, and of the first after it. */
  readonly first: number;
  readonly end: number;
  readonly next: number;
}

function open(
  identity: Pick<Organization, 'id' | 'name' | 'plan' | 'seed'>,
  pace: Activity,
  people: readonly DemoPerson[],
  scenes: readonly Scene[],
  now: number,
): Organization {
  const diary: Diary = { seed: identity.seed, pace, people, today: Math.floor(now / DAY), now };
  const marks = standing(diary, identity.id, scenes);
  const stretches = stretchesOf(diary, marks);
  const rows = new Array<DemoEvent | undefined>(stretches.at(-1)?.end ?? 0);
  const tell = (n: number): void => {
    const stretch = stretches.find(({ end }) => n < end);
    if (stretch === undefined) return;
    const from = stretch.days[0]! * DAY;
    const to = from + stretch.days.length * DAY;
    const marked = marks.filter(({ time }) => time >= from && time < to);
    let at = stretch.first;
    let next = 0;
    for (const told of everyday(diary, identity.id, stretch.days, stretch.next)) {
      while (next < marked.length && marked[next]!.time <= told.time) rows[at++] = marked[next++];
      rows[at++] = told;
    }
    while (next < marked.length) rows[at++] = marked[next++];
  };
  return {
    ...identity,
    size: rows.length,
    row: (n) => {
      if (rows[n] === undefined) tell(n);
      return rows[n]!;
    },
  };
}

/** Divides the story where the number of the day says, so that the same days belong together tomorrow. */
function stretchesOf(diary: Diary, marks: readonly DemoEvent[]): readonly Stretch[] {
  const marked = new Map<number, number>();
  for (const { time } of marks) marked.set(Math.floor(time / DAY), (marked.get(Math.floor(time / DAY)) ?? 0) + 1);
  const stretches: Stretch[] = [];
  let end = 0;
  for (let day = diary.today - diary.pace.days; day <= diary.today; ) {
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
