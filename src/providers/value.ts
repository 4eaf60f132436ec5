import { lookupAt } from '../json/lookup.js';
import { jsonText } from '../json/write.js';
import type { ActionField, FieldPath, JoinedField } from './provider.js';

/**
 * The value at a path such as `actor.email` or `tags.0`; undefined without one. Never throws. All readers of paths agree: a step names a member of
 * an object (the last, if it is repeated), or the index of an array. Where the steps lead nowhere, a key with dots is found when it equals the
 * rest of the path at any step. `target[type=User]` is the first member of a list whose `type` is that text.
 */
export function readPath(value: unknown, path: string): unknown {
  const lookup = lookupAt(path);
  if (lookup !== undefined) {
    const { list, key, text, rest } = lookup;
    const members: unknown = own(value, list);
    const found: unknown = Array.isArray(members) ? members.find((one) => own(one, key) === text) : undefined;
    return rest === '' || found === undefined ? found : readPath(found, rest);
  }
  const dot = path.indexOf('.');
  if (dot < 0) return own(value, path);
  const step = own(value, path.slice(0, dot));
  const below = step === undefined ? undefined : readPath(step, path.slice(dot + 1));
  return below === undefined ? own(value, path) : below;
}

/** The steps of a path. No step is empty, but some vendors have the key `.tag`: `event_type..tag`. */
export const STEPS = String.raw`(?:\.(?=tag(?:\.|$)))?[^.]+(?:\.(?:\.(?=tag(?:\.|$)))?[^.]+)*`;
const WRITTEN = new RegExp(`^${STEPS}$`);

/** Whether a text is a path. */
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

/** The first path's scalar as text. Empty texts, objects and arrays are skipped. */
export function readScalar(value: unknown, paths: FieldPath | undefined): string | undefined {
  if (typeof paths === 'string') return scalarText(readPath(value, paths)) || undefined;
  for (const path of paths ?? []) {
    const text = scalarText(readPath(value, path));
    if (text !== undefined && text !== '') return text;
  }
  return undefined;
}

/** The first path's value as text: objects and arrays as JSON. */
export function readText(value: unknown, paths: FieldPath | undefined): string | undefined {
  return anyText(readFirst(value, paths));
}

type PathField = FieldPath | JoinedField | ActionField | undefined;

/** Whether a field is joined from several. */
export function isJoined(path: PathField): path is JoinedField {
  return typeof path === 'object' && 'join' in path && !isPaths(path);
}

/** Whether actions are codes with words for them. */
export function isCoded(path: PathField): path is ActionField {
  return typeof path === 'object' && 'path' in path && !isPaths(path);
}

/** The action of a code. */
export function wordOf({ words, otherwise = '' }: ActionField, code: string | undefined): string {
  if (code === undefined || code === '') return otherwise;
  return words !== undefined && Object.hasOwn(words, code) ? words[code]! : code;
}

/** The paths of a field, in their order. */
export function pathList(field: PathField): readonly string[] {
  if (field === undefined) return [];
  if (typeof field === 'string') return [field];
  if (isJoined(field)) return field.join;
  return isCoded(field) ? pathList(field.path) : field;
}

function isPaths(field: object): field is readonly string[] {
  return Array.isArray(field);
}

/** The text of a scalar; undefined for null, objects and arrays. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Any value as text: objects and arrays as JSON; undefined for undefined and null. */
export function anyText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return scalarText(value) ?? jsonText(value);
}

function own(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  // The length of an array is not in its text.
  if (key === 'length' && Array.isArray(value)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
