import { jsonText } from '../json/write.js';
import type { FieldPath } from './provider.js';

/**
 * The value at a path such as `actor.email` or `tags.0`; undefined when there is none. Never throws. All readers of paths mean the same:
 * a step leads to an object's own member of that name (the last, if it is repeated), or to an element of an array by its whole number.
 * Where the steps lead nowhere, a key that holds dots itself is found when it is the whole rest of the path at any step.
 */
export function readPath(value: unknown, path: string): unknown {
  const dot = path.indexOf('.');
  if (dot < 0) return own(value, path);
  const step = own(value, path.slice(0, dot));
  const below = step === undefined ? undefined : readPath(step, path.slice(dot + 1));
  return below === undefined ? own(value, path) : below;
}

/** The steps of a path as people write them. A step may not be empty, but `.tag` is a key that some vendors have: `event_type..tag`. */
export const STEPS = String.raw`(?:\.(?=tag(?:\.|$)))?[^.]+(?:\.(?:\.(?=tag(?:\.|$)))?[^.]+)*`;
const WRITTEN = new RegExp(`^${STEPS}$`);

/** Whether a text can be meant as a path. */
export function isPath(text: string): boolean {
  return WRITTEN.test(text);
}

/** The first path's value that is neither missing nor null. */
export function readFirst(value: unknown, paths: FieldPath | undefined): unknown {
  if (typeof paths === 'string') return readPath(value, paths) ?? undefined;
  for (const path of paths ?? []) {
    const found = readPath(value, path);
    if (found !== undefined && found !== null) return found;
  }
  return undefined;
}

/** The first scalar that one of the paths yields, as text. An empty text, an object or an array is no value. */
export function readScalar(value: unknown, paths: FieldPath | undefined): string | undefined {
  if (typeof paths === 'string') return scalarText(readPath(value, paths)) || undefined;
  for (const path of paths ?? []) {
    const text = scalarText(readPath(value, path));
    if (text !== undefined && text !== '') return text;
  }
  return undefined;
}

/** The first path's value as text, whatever it is: objects and arrays as JSON. */
export function readText(value: unknown, paths: FieldPath | undefined): string | undefined {
  return anyText(readFirst(value, paths));
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
  return scalarText(value) ?? jsonText(value);
}

/** Whether a value is an object with members, not a list. */
export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  // That of an array is not in its text.
  if (key === 'length' && Array.isArray(value)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
