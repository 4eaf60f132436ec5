import type { FieldPath } from './provider.js';

/** What stands at one place of a parsed entry, or undefined. Never throws. */
export type ReadValue = (value: unknown) => unknown;

/**
 * What stands at a path such as `actor.email` or `tags.0`; undefined when any step is missing. Only an object's own
 * keys count. A key that holds dots itself is found when the whole rest of the path names it.
 */
export function readPath(value: unknown, path: string): unknown {
  return walk(value, path.split('.'), 0);
}

/** `readPath` for a path that is read many times. */
export function pathReader(path: string): ReadValue {
  const steps = path.split('.');
  if (steps.length === 1) return (value) => own(value, path);
  return (value) => walk(value, steps, 0);
}

/** The first scalar that one of the paths yields, as text. An empty text, an object or an array is no value. */
export function textReader(paths: FieldPath | undefined): (value: unknown) => string | undefined {
  const readers = pathList(paths).map(pathReader);
  return (value) => {
    for (const read of readers) {
      const text = scalarText(read(value));
      if (text !== undefined && text !== '') return text;
    }
    return undefined;
  };
}

export function pathList(paths: FieldPath | undefined): readonly string[] {
  if (paths === undefined) return [];
  return typeof paths === 'string' ? [paths] : paths;
}

/** A string as it is, a number or boolean as its text; undefined for null, objects and arrays. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Any value as text: a string as it is, objects and arrays as JSON; undefined for what is missing or null. */
export function anyText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return scalarText(value) ?? JSON.stringify(value);
}

function walk(value: unknown, steps: readonly string[], from: number): unknown {
  let at = value;
  for (let i = from; i < steps.length; i++) {
    const next = own(at, steps[i]!);
    if (next === undefined) return i < steps.length - 1 ? own(at, steps.slice(i).join('.')) : undefined;
    at = next;
  }
  return at;
}

function own(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
