import type { FieldPath } from './provider.js';

/**
 * What stands in a parsed entry at a path such as `actor.email` or `tags.0`; undefined when any step is missing. Only
 * an object's own keys count. A key that holds dots itself is found when it is the whole rest of the path. Never throws.
 */
export function readPath(value: unknown, path: string): unknown {
  if (!path.includes('.')) return own(value, path);
  const steps = path.split('.');
  let at = value;
  for (let i = 0; i < steps.length; i++) {
    const next = own(at, steps[i]!);
    if (next === undefined) return i < steps.length - 1 ? own(at, steps.slice(i).join('.')) : undefined;
    at = next;
  }
  return at;
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

/** Undefined for what is nested so deep that it cannot be written. */
function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function own(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
