import { DOINGS, type Fact } from './doings.js';
import { everybody, type Person } from './people.js';
import { hash, idOf, type Random, randomFrom } from './random.js';
import { arrivals, incident, milestones, type Origin, type Scene } from './story.js';
import { newWorld, type World } from './world.js';

/** What happened, oldest first, one column for each fact: thousands of small objects would cost more than everything else at start. */
export interface Chronicle {
  readonly times: number[];
  readonly actions: string[];
  /** Undefined for an automated event. */
  readonly actors: (Person | undefined)[];
  readonly sources: string[];
  readonly facts: Fact[];
  /** Only where it was not the actor's usual place. */
  readonly origins: Map<number, Origin>;
}

/** An organization and the log of what happened in it. */
export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly plan: string;
  readonly seed: number;
  readonly chronicle: Chronicle;
}

interface Size {
  readonly days: number;
  /** Events of a working day and of a day of the weekend, at the end of the story. */
  readonly working: number;
  readonly weekend: number;
  readonly automated: number;
}

const DAY = 86_400_000;
const HOUR = 3_600_000;
const SEED = 20260401;
const NAME = 'Lumen Harbor';
const WHOLE: Size = { days: 548, working: 32, weekend: 4.5, automated: 2 };
const PART: Size = { days: 300, working: 2, weekend: 0.2, automated: 0.5 };

/** The first hour of work is busier than the last. The index is the local hour, the value how much is done in it. */
const HOURS: readonly number[] = [0, 0, 0, 0, 0, 0, 1, 4, 11, 16, 17, 14, 7, 11, 15, 15, 12, 8, 4, 2, 2, 1, 1, 0];

const EVERYDAY: readonly (readonly [action: string, weight: number])[] = [
  ['assistant.updated', 300],
  ['chat.deleted', 120],
  ['connection.updated', 60],
  ['action.created', 40],
  ['integration.updated', 35],
  ['action.enabled', 30],
  ['workflow.created', 28],
  ['assistant.created', 26],
  ['action.disabled', 25],
  ['connection.created', 24],
  ['broadcast.activated', 24],
  ['broadcast.created', 22],
  ['action.deleted', 22],
  ['assistant.deleted', 22],
  ['workflow.deleted', 18],
  ['connection.deleted', 18],
  ['integration.created', 14],
  ['assistant.duplicated', 13],
  ['integration.enabled', 12],
  ['integration.disabled', 12],
  ['broadcast.deleted', 12],
  ['broadcast.paused', 10],
  ['integration.deleted', 10],
  ['assistant.restored', 7],
  ['workflow.restored', 6],
];

const OFFICE: readonly (readonly [action: string, weight: number])[] = [
  ['member.role_changed', 16],
  ['member.invited', 12],
  ['api_key.created', 9],
  ['api_key.deleted', 8],
  ['org.sub_org_member_joined', 7],
  ['org.sub_org_updated', 5],
  ['org.sub_org_member_role_changed', 5],
  ['org.updated', 4],
  ['email.identity.created', 3],
  ['domain.created', 2],
  ['email.identity.deleted', 2],
  ['sso.profile.updated', 1],
  ['sso.profile.sessions.revoked', 1],
];

const AUTOMATED: readonly (readonly [action: string, weight: number])[] = [
  ['chat.deleted', 50],
  ['connection.updated', 25],
  ['broadcast.activated', 12],
  ['integration.disabled', 8],
  ['broadcast.paused', 5],
];

/**
 * The demo organization as it is at `now` (epoch ms): 18 months of a believable log that ends about now. The same `now` gives the same
 * story, and another `now` of the same UTC day the same story up to that day.
 */
export function demoOrganization(now: number): Organization {
  const people = everybody(SEED);
  const today = Math.floor(now / DAY);
  const scenes = [...milestones(), ...incident(today), ...arrivals(people)];
  return tell({ id: idOf('org', SEED, 900), name: NAME, plan: 'enterprise', seed: SEED }, WHOLE, people, scenes, now);
}

/** The two sub-organizations that the demo's key may read besides, told when somebody asks. */
export function subOrganizations(): readonly { readonly id: string; tell(now: number): Organization }[] {
  return ['Labs', 'Logistics'].map((name, n) => {
    const id = idOf('org', SEED, n);
    const identity = { id, name: `${NAME} ${name}`, plan: 'business', seed: SEED + 1 + n };
    const few = everybody(SEED).filter((_, i) => i % 3 === n && i < 28);
    return { id, tell: (now) => tell(identity, PART, few, [], now) };
  });
}

interface Staged {
  readonly time: number;
  readonly scene: Scene;
}

/** A turn is when and who in one number, as there are many: the time in ms times this, and the index of the person. */
const CROWD = 64;
const NOBODY = 63;

function tell(
  identity: Omit<Organization, 'chronicle'>,
  size: Size,
  people: readonly Person[],
  scenes: readonly Scene[],
  now: number,
): Organization {
  const today = Math.floor(now / DAY);
  const turns = everydayTurns(randomFrom(identity.seed), size, people, now);
  const staged = scenes
    .flatMap((scene) => Array<Staged>(scene.times ?? 1).fill({ time: timeOf(scene, today), scene }))
    .filter(({ time }) => time <= now)
    .sort((a, b) => a.time - b.time);
  const world = newWorld(identity.seed, identity.id, identity.name, people);
  return { ...identity, chronicle: play(world, turns, staged, today) };
}

/** When somebody does something, oldest first. Draws the same numbers for a day whatever the time of `now`. */
function everydayTurns(random: Random, size: Size, people: readonly Person[], now: number): Float64Array {
  const today = Math.floor(now / DAY);
  const hours = HOURS.flatMap((weight, hour) => Array<number>(weight).fill(hour));
  const turns: number[] = [];
  const add = (time: number, by: number): void => {
    if (time <= now) turns.push(time * CROWD + by);
  };
  for (let daysAgo = size.days; daysAgo >= 0; daysAgo -= 1) {
    const start = (today - daysAgo) * DAY;
    const busy = isWeekend(today - daysAgo) ? size.weekend : size.working;
    const growth = 0.62 + 0.38 * (1 - daysAgo / size.days);
    const count = Math.floor(busy * growth * (0.7 + 0.006 * random.below(100)) + 0.01 * random.below(100));
    const reach = reachOf(people, daysAgo);
    for (let n = 0; n < count; n += 1) {
      const by = random.pick(reach);
      const local = random.pick(hours) * HOUR + random.below(HOUR);
      add(start + local - people[by]!.offset * HOUR, by);
    }
    for (let n = random.below(size.automated * 2 + 1); n > 0; n -= 1) {
      add(start + random.below(24) * HOUR + random.below(90) * 1000, NOBODY);
    }
  }
  // Whatever the hour, the log ends a few moments ago.
  for (const ago of [64, 17, 2]) {
    const time = Math.floor(now / 60_000 - ago) * 60_000 + 20_417;
    if (time >= today * DAY || ago === 2) add(Math.max(time, today * DAY), ago % 4);
  }
  return new Float64Array(turns).sort();
}

/** The moment of a scene. Unless it is exact, it is on a working day. */
function timeOf(scene: Scene, today: number): number {
  const day = today - scene.daysAgo;
  const shift = scene.exact ? 0 : [2, 0, 0, 0, 0, 0, 1][weekday(day)]!;
  return (day - shift) * DAY + Math.round(scene.minute * 60_000) + (hash(SEED, scene.daysAgo) % 1000);
}

/** Lets everything happen one after another, each in the world that the earlier ones left. */
function play(world: World, turns: Float64Array, staged: readonly Staged[], today: number): Chronicle {
  const random = randomFrom(world.seed + 7);
  const everyday = bagOf(EVERYDAY);
  const office = bagOf(OFFICE);
  const automated = bagOf(AUTOMATED);
  const chronicle: Chronicle = { times: [], actions: [], actors: [], sources: [], facts: [], origins: new Map() };

  let next = 0;
  const stageUntil = (time: number): void => {
    for (; next < staged.length && staged[next]!.time <= time; next += 1) {
      const { scene, time: at } = staged[next]!;
      const by = world.everyone.find(({ email }) => scene.by !== undefined && email.startsWith(`${scene.by}@`));
      const fact = DOINGS[scene.action]?.({ world, random, by, on: scene.on });
      if (fact === undefined) continue;
      if (scene.from !== undefined) chronicle.origins.set(chronicle.times.length, scene.from);
      record(chronicle, at, scene.action, by, scene.source ?? sourceOf(by, random), fact);
    }
  };

  let presentOn = Number.NaN;
  for (let n = 0; n < turns.length; n += 1) {
    const time = Math.floor(turns[n]! / CROWD);
    stageUntil(time);
    const daysAgo = today - Math.floor(time / DAY);
    if (daysAgo !== presentOn) {
      presentOn = daysAgo;
      world.present = world.everyone.filter(({ joined, left }) => daysAgo <= joined && daysAgo > left);
    }
    const by = world.everyone[turns[n]! % CROWD];
    const leads = by !== undefined && (by.role === 'admin' || by.role === 'owner');
    const deed = { world, random, by };
    for (let tries = 0; tries < 8; tries += 1) {
      const action = random.pick(by === undefined ? automated : leads && random.percent(20) ? office : everyday);
      const fact = DOINGS[action]!(deed);
      if (fact === undefined) continue;
      record(chronicle, time, action, by, sourceOf(by, random), fact);
      break;
    }
  }
  stageUntil(Number.POSITIVE_INFINITY);
  return chronicle;
}

function record(
  chronicle: Chronicle,
  time: number,
  action: string,
  by: Person | undefined,
  source: string,
  fact: Fact,
) {
  chronicle.times.push(time);
  chronicle.actions.push(action);
  chronicle.actors.push(by);
  chronicle.sources.push(source);
  chronicle.facts.push(fact);
  for (const other of fact.also ?? []) record(chronicle, time, other.action, by, source, other.fact);
}

function sourceOf(by: Person | undefined, random: Random): string {
  if (by === undefined) return 'system';
  return random.percent(7) ? 'api' : 'app';
}

/** The indices of those who are there on a day, each as often as they do something compared with the others. */
function reachOf(people: readonly Person[], daysAgo: number): readonly number[] {
  const reach: number[] = [];
  people.forEach(({ joined, left, weight }, n) => {
    for (let i = 0; i < weight && daysAgo < joined && daysAgo > left; i += 1) reach.push(n);
  });
  return reach;
}

function bagOf(weighted: readonly (readonly [string, number])[]): string[] {
  return weighted.flatMap(([action, weight]) => Array<string>(weight).fill(action));
}

/** 0 is Sunday; day 0, 1970-01-01, was a Thursday. */
function weekday(day: number): number {
  return (day + 4) % 7;
}

function isWeekend(day: number): boolean {
  return weekday(day) % 6 === 0;
}
