import { ACTIONS } from './actions.js';
import { actorOfTurn, type Diary, timeOfTurn, turnsOf } from './calendar.js';
import type { DemoPerson } from './people.js';
import { hash, type Random, randomFrom } from './random.js';
import type { Whereabouts } from './story.js';
import type { EventFacts, Occasion } from './things.js';
import { newWorld } from './world.js';

/** An event of the demo, before it becomes an entry. */
export interface DemoEvent {
  readonly time: number;
  readonly action: string;
  /** Undefined for an automated event. */
  readonly by: DemoPerson | undefined;
  readonly source: string;
  /** Undefined: the actor's usual place. */
  readonly from: Whereabouts | undefined;
  readonly facts: EventFacts;
}

type Weights = readonly (readonly [action: string, weight: number])[];

const WORK: Weights = [
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
  ['assistant.deleted', 20],
  ['workflow.deleted', 18],
  ['connection.deleted', 18],
  ['integration.created', 14],
  ['integration.enabled', 12],
  ['integration.disabled', 12],
  ['broadcast.deleted', 12],
  ['broadcast.paused', 10],
  ['integration.deleted', 10],
  ['assistant.restored', 7],
  ['workflow.restored', 6],
];

const AUTOMATED: Weights = [
  ['chat.deleted', 50],
  ['connection.updated', 25],
  ['broadcast.activated', 12],
  ['integration.disabled', 8],
  ['broadcast.paused', 5],
];

/** An action that is always possible, used after TRIES failed draws. */
const ALWAYS = 'assistant.updated';
const TRIES = 6;

/** One click that makes two entries at the same instant: the copied assistant, and the copy. */
const COPY: readonly string[] = ['assistant.duplicated', 'assistant.duplicated_from'];

/** The number of everyday events of a day with that number of turns. */
export function countEveryday(seed: number, day: number, turns: number): number {
  return turns + (turns > 0 && duplicates(seed, day) ? 1 : 0);
}

/**
 * The everyday events of some days, in order. Each stretch of days begins with the same things, and numbers its new ones from `next` on, which no
 * other stretch does, so the newest page needs only the last stretch.
 */
export function everyday(diary: Diary, orgId: string, days: readonly number[], next: number): readonly DemoEvent[] {
  const world = newWorld({ seed: diary.seed, orgId, everyone: diary.people, from: 0, next, keeps: true });
  const random = randomFrom(hash(diary.seed + 4, next));
  const work = bagOf(WORK);
  const automated = bagOf(AUTOMATED);
  const events: DemoEvent[] = [];
  for (const day of days) {
    for (const [n, turn] of turnsOf(diary, day).entries()) {
      const by = actorOfTurn(diary, turn);
      const common = { time: timeOfTurn(turn), by, source: sourceOf(by, random), from: undefined };
      const occasion = { world, random, by };
      const actions = n === 0 && duplicates(diary.seed, day) ? COPY : undefined;
      if (actions === undefined) events.push({ ...common, ...act(occasion, by === undefined ? automated : work) });
      else for (const action of actions) events.push({ ...common, action, facts: ACTIONS[action]!(occasion)! });
    }
  }
  return events;
}

export function sourceOf(by: DemoPerson | undefined, random: Random): string {
  if (by === undefined) return 'system';
  return random.percent(7) ? 'api' : 'app';
}

export function bagOf(weights: Weights): readonly string[] {
  return weights.flatMap(([action, weight]) => Array<string>(weight).fill(action));
}

/** Draws actions until one is possible. */
function act(occasion: Occasion, bag: readonly string[]): Pick<DemoEvent, 'action' | 'facts'> {
  for (let tries = 0; ; tries += 1) {
    const action = tries < TRIES ? occasion.random.pick(bag) : ALWAYS;
    const facts = ACTIONS[action]!(occasion);
    if (facts !== undefined) return { action, facts };
  }
}

/** Whether the first event of a day is the copy of an assistant: one day of six. */
function duplicates(seed: number, day: number): boolean {
  return hash(seed + 5, day) % 6 === 0;
}
