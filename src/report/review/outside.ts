import type { Named } from '../people.js';
import { byCount } from './bursts.js';

/** One person's changes outside business hours. */
export interface OutsideWork {
  readonly who: Named;
  readonly count: number;
  /** Epoch ms. */
  readonly first: number;
  readonly last: number;
  readonly actions: readonly (readonly [label: string, count: number])[];
  readonly places: readonly string[];
}

/** One such change. */
export interface OutsideChange {
  readonly key: string;
  readonly who: Named;
  readonly time: number;
  readonly label: string;
  readonly place: string;
}

const MOST_PEOPLE = 20_000;
const MOST_WORDS = 30;
const MOST_PLACES = 4;

/** Counts changes by person, in any order of time. */
export function openOutside() {
  const people = new Map<
    string,
    {
      readonly who: Named;
      count: number;
      first: number;
      last: number;
      readonly actions: Map<string, number>;
      readonly places: Set<string>;
    }
  >();
  let total = 0;
  return {
    add({ key, who, time, label, place }: OutsideChange): void {
      total += 1;
      let person = people.get(key);
      if (person === undefined) {
        if (people.size >= MOST_PEOPLE) return;
        person = { who, count: 0, first: time, last: time, actions: new Map(), places: new Set() };
        people.set(key, person);
      }
      person.count += 1;
      person.first = Math.min(person.first, time);
      person.last = Math.max(person.last, time);
      if (person.actions.has(label) || person.actions.size < MOST_WORDS)
        person.actions.set(label, (person.actions.get(label) ?? 0) + 1);
      if (place !== '' && person.places.size < MOST_PLACES) person.places.add(place);
    },
    /** Most changes first; automated events last. */
    result(): { readonly total: number; readonly people: readonly OutsideWork[] } {
      const all = [...people.values()].map(({ actions, places, ...person }) => ({
        ...person,
        actions: byCount(actions),
        places: [...places].sort(),
      }));
      return { total, people: all.sort((a, b) => rank(a) - rank(b) || b.count - a.count || byName(a, b)) };
    },
  };
}

/** People come before automated events. */
function rank({ who }: OutsideWork): number {
  return who.main === 'System' && who.detail === '' ? 1 : 0;
}

function byName({ who: { main: a } }: OutsideWork, { who: { main: b } }: OutsideWork): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
