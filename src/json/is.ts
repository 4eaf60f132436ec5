/** Checks the type of a parsed JSON value. Our own files are read through these checks, so that no other shape is accepted. */
export type Is<T> = (value: unknown) => value is T;

/** The type of the values that a check accepts. */
export type TypeOf<Check> = Check extends Is<infer T> ? T : never;

type MemberChecks = Readonly<Record<string, Is<unknown>>>;
type ValueOf<M extends MemberChecks> = { readonly [Key in keyof M]: TypeOf<M[Key]> };

/** Also undefined. */
export const isAnything: Is<unknown> = (_value): _value is unknown => true;

export const isText: Is<string> = (value) => typeof value === 'string';
/** Any number that JSON can hold. */
export const isNumber: Is<number> = (value) => typeof value === 'number';
export const isWhole: Is<number> = (value): value is number => Number.isSafeInteger(value);
export const isCount: Is<number> = (value): value is number => isWhole(value) && value >= 0;
export const isFlag: Is<boolean> = (value) => typeof value === 'boolean';

export function nullable<T>(is: Is<T>): Is<T | null> {
  return (value): value is T | null => value === null || is(value);
}

/** For a member that JSON omits when it is undefined. */
export function orAbsent<T>(is: Is<T>): Is<T | undefined> {
  return (value): value is T | undefined => value === undefined || is(value);
}

export function oneOf<const T extends string>(...texts: readonly T[]): Is<T> {
  return (value): value is T => texts.some((text) => text === value);
}

export function eitherOf<A, B>(isA: Is<A>, isB: Is<B>): Is<A | B> {
  return (value): value is A | B => isA(value) || isB(value);
}

export function listOf<T>(is: Is<T>): Is<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(is);
}

/** An object with keys of any name. */
export function mapOf<T>(is: Is<T>): Is<Readonly<Record<string, T>>> {
  return (value): value is Readonly<Record<string, T>> => isObject(value) && Object.values(value).every(is);
}

/** An object with these members, perhaps those of `optional`, and any others. */
export function objectOf<M extends MemberChecks, O extends MemberChecks = Record<never, never>>(
  members: M,
  optional?: O,
): Is<ValueOf<M> & Partial<ValueOf<O>>> {
  return (value): value is ValueOf<M> & Partial<ValueOf<O>> =>
    isObject(value) && hasMembers(value, members, optional ?? {});
}

/** As `objectOf`, without other members. */
export function exactly<M extends MemberChecks, O extends MemberChecks = Record<never, never>>(
  members: M,
  optional?: O,
): Is<ValueOf<M> & Partial<ValueOf<O>>> {
  const known = new Set([...Object.keys(members), ...Object.keys(optional ?? {})]);
  const isIt = objectOf(members, optional);
  return (value): value is ValueOf<M> & Partial<ValueOf<O>> =>
    isIt(value) && Object.keys(value).every((key) => known.has(key));
}

function hasMembers(value: Readonly<Record<string, unknown>>, members: MemberChecks, optional: MemberChecks): boolean {
  const own = (key: string): unknown => (Object.hasOwn(value, key) ? value[key] : undefined);
  return (
    Object.entries(members).every(([key, is]) => is(own(key))) &&
    Object.entries(optional).every(([key, is]) => !Object.hasOwn(value, key) || is(value[key]))
  );
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
