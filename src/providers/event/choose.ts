import { matchesAny } from '../glob.js';

/** One place where a person stands in an entry, its paths made ready for a `EntryAccess`. */
export interface PersonWay<P> {
  readonly id?: P;
  readonly name?: P;
  readonly email?: P;
}

/** One way to see the resource of an entry. */
export interface ResourceWay<P> {
  readonly id?: P;
  readonly name?: P;
}

/** How the values of an entry are read: of a parsed one, or where they stand in its text. */
export interface EntryAccess<V, P, T> {
  /** The first scalar with a text that one of the paths yields. */
  readonly scalar: (entry: V, paths: P | undefined) => T | undefined;
  /** Whether one of the paths has more than null. */
  readonly isThere: (entry: V, paths: P | undefined) => boolean;
  /** Whether one of the paths, or what stands directly above it, has more than null. */
  readonly isNear: (entry: V, paths: P | undefined) => boolean;
  readonly isSame: (entry: V, one: T, other: T) => boolean;
}

/** What was found of a person. */
export interface ChosenPerson<T> {
  readonly id?: T;
  readonly name?: T;
  readonly email?: T;
}

/** The person that an entry names at these places; undefined when it names nobody there. */
export function choosePerson<V, P, T>(
  ways: readonly PersonWay<P>[],
  entry: V,
  reading: EntryAccess<V, P, T>,
): ChosenPerson<T> | undefined {
  let person: { id?: T; name?: T; email?: T } | undefined;
  for (const way of ways) {
    if (isWhole(person)) break;
    if (!isPresent(way, entry, reading)) continue;
    const id = reading.scalar(entry, way.id);
    // Parts of two people are never put together: only the same id may complete what is missing.
    if (person !== undefined && isTold(person)) {
      if (id === undefined || person.id === undefined || !reading.isSame(entry, id, person.id)) continue;
    }
    person ??= {};
    const name = person.name ?? reading.scalar(entry, way.name);
    const email = person.email ?? reading.scalar(entry, way.email);
    if (id !== undefined) person.id = id;
    if (name !== undefined) person.name = name;
    if (email !== undefined) person.email = email;
  }
  return person;
}

function isWhole<T>(person: ChosenPerson<T> | undefined): boolean {
  return person?.id !== undefined && person.name !== undefined && person.email !== undefined;
}

function isTold<T>(person: ChosenPerson<T>): boolean {
  return person.id !== undefined || person.name !== undefined || person.email !== undefined;
}

/**
 * Whether the entry has anything at a person's place, if only an object without a name: such a person is unknown,
 * which is not the same as an automated event without anybody.
 */
function isPresent<V, P, T>(way: PersonWay<P>, entry: V, reading: EntryAccess<V, P, T>): boolean {
  return reading.isNear(entry, way.id) || reading.isThere(entry, way.email) || reading.isThere(entry, way.name);
}

/** The way that an entry's resource is seen, and what it tells; `last` is taken even if it tells nothing. */
export function chooseResource<V, P, T, W extends ResourceWay<P>>(
  ways: readonly W[],
  last: W | undefined,
  entry: V,
  reading: EntryAccess<V, P, T>,
): { readonly way: W; readonly id: T | undefined; readonly name: T | undefined } | undefined {
  for (const way of ways) {
    const id = reading.scalar(entry, way.id);
    const name = reading.scalar(entry, way.name);
    if (id !== undefined || name !== undefined || way === last) return { way, id, name };
  }
  return undefined;
}

/** Whether a place counts for entries of an action. */
export function isFor(action: string): (field: { readonly actions?: readonly string[] }) => boolean {
  return ({ actions }) => actions === undefined || matchesAny(actions, action);
}
