import type { DemoPerson, Role } from './people.js';
import type { Random } from './random.js';
import { type DemoThing, discard, make, type ThingKind, type World } from './world.js';

/** The parts of an event besides who, when and where. */
export interface EventFacts {
  readonly assistant?: DemoThing;
  readonly workflow?: DemoThing;
  readonly connection?: DemoThing;
  readonly broadcast?: DemoThing;
  readonly member?: { readonly person: DemoPerson; readonly role: Role };
  /** The number of a conversation. There are many, so their entries are made from the number alone. */
  readonly chat?: number;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** The circumstances of one action. `on`: the email of a person or the name of a thing, if the story names one. */
export interface Occasion {
  readonly world: World;
  readonly random: Random;
  readonly by: DemoPerson | undefined;
  readonly on?: string | undefined;
}

/** Changes the world and returns the facts of the event; undefined if it is impossible now. */
export type DemoAction = (occasion: Occasion) => EventFacts | undefined;

/** The facts of an event that is about a thing. */
export type Describe = (thing: DemoThing) => EventFacts;

export function creates(kind: ThingKind, describe: Describe, ofAssistant: boolean): DemoAction {
  return (occasion) => {
    const { world, on } = occasion;
    return owned(occasion, describe(make(world.seed, world.things[kind], on)), ofAssistant);
  };
}

/** Deletes the named thing, or any that may be deleted. */
export function deletes(kind: ThingKind, describe: Describe, ofAssistant: boolean): DemoAction {
  return (occasion) => {
    const { world, random, on } = occasion;
    const shelf = world.things[kind];
    const { live, kept } = shelf;
    const at = on === undefined ? -1 : live.findIndex(({ name }) => name === on);
    if (at === -1 && live.length <= kept) return undefined;
    const thing = discard(shelf, at === -1 ? kept + random.below(live.length - kept) : at);
    return thing && owned(occasion, describe({ ...thing, enabled: false }), ofAssistant);
  };
}

export function restores(kind: ThingKind, describe: Describe): DemoAction {
  return ({ world }) => {
    const { live, bin } = world.things[kind];
    const thing = bin.pop();
    if (thing === undefined) return undefined;
    live.push(thing);
    return describe(thing);
  };
}

export function changes(kind: ThingKind, describe: Describe): DemoAction {
  return ({ world, random }) => {
    const { live } = world.things[kind];
    return live.length === 0 ? undefined : describe(random.pick(live));
  };
}

export function switches(
  kind: ThingKind,
  describe: Describe,
  { enabled, ofAssistant = false }: { readonly enabled: boolean; readonly ofAssistant?: boolean },
): DemoAction {
  return (occasion) => {
    const { live } = occasion.world.things[kind];
    const at = occasion.random.below(live.length);
    const thing = live[at];
    if (thing === undefined) return undefined;
    live[at] = { ...thing, enabled };
    return owned(occasion, describe(live[at]), ofAssistant);
  };
}

/** Adds the assistant that an action belongs to. */
function owned({ world, random }: Occasion, facts: EventFacts, ofAssistant: boolean): EventFacts {
  const { live } = world.things.assistant;
  return ofAssistant && live.length > 0 ? { ...facts, assistant: random.pick(live) } : facts;
}
