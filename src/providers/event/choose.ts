import { matchesAny } from '../glob.js';

/** The fields of a person, with paths prepared for an `EntryAccess`. */
export interface PersonWay<P> {
  readonly id?: P;
  readonly name?: P;
  readonly email?: P;
}

/** The fields of a resource. */
export interface ResourceWay<P> {
  readonly id?: P;
  readonly name?: P;
}

/** Reads the values `V` of an entry at paths `P`: of a parsed entry, or at the nodes of its text. */
export interface EntryAccess<V, P, T> {
  /** The first scalar that is not empty. */
  readonly scalar: (entry: V, paths: P | undefined) => T | undefined;
  /** Whether one of the paths has a value besides null. */
  readonly isThere: (entry: V, paths: P | undefined) => boolean;
  /** Whether one of the paths, or the value directly above it, has a value besides null. */
  readonly isNear: (entry: V, paths: P | undefined) => boolean;
  readonly isSame: (entry: V, one: T, other: T) => boolean;
}

export type ChosenPerson<T> = PersonWay<T>;

/** The person in these fields of an entry; undefined without a person. */
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
    // People are never mixed: only a field with the same id may add what is missing.
    if (person !== undefined && hasAny(person)) {
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

function hasAny<T>(person: ChosenPerson<T>): boolean {
  return person.id !== undefined || person.name !== undefined || person.email !== undefined;
}

/** Whether the entry has a value for a person, even an object without a name: an unknown person is not an automated event. */
function isPresent<V, P, T>(way: PersonWay<P>, entry: V, reading: EntryAccess<V, P, T>): boolean {
  return reading.isNear(entry, way.id) || reading.isThere(entry, way.email) || reading.isThere(entry, way.name);
}

/** The first resource with an id or a name; `last` even without either. */
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

/** Whether a field applies to entries of an action. */
export function isFor(action: string): (field: { readonly actions?: readonly string[] }) => boolean {
  return ({ actions }) => actions === undefined || matchesAny(actions, action);
}
