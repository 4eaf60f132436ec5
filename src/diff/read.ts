import type { AuditEvent, Change } from '../event.js';
import { isObject, isText } from '../json/is.js';
import { jsonText } from '../json/write.js';
import { nameIn, pairsOf } from './pairs.js';
import { folded, GENERIC, sideOf } from './sides.js';

/** Anything else in an entry's metadata. */
export interface Detail {
  readonly path: string;
  readonly value: unknown;
}

/** The metadata of an entry, both in the entry's own order. */
export interface MetadataRead {
  readonly changes: readonly Change[];
  readonly details: readonly Detail[];
}

/**
 * What an event changed, in any of the usual shapes: `previous_role` and `new_role` (also old, prev, before, after, current; in
 * camelCase; as endings), `{from, to}`, `{old, new}`, `{before, after}`, of values or of maps of them, lists of `{field, old, new}`,
 * and maps of any of these under `changes`, at any depth. Never throws, whatever the entry holds.
 */
export function changesOf(event: Pick<AuditEvent, 'metadata' | 'value' | 'changes'>): readonly Change[] {
  return readMetadata(event).changes;
}

/** As `changesOf`, with the rest of the metadata. */
export function readMetadata({
  metadata,
  value,
  changes,
}: Pick<AuditEvent, 'metadata' | 'value' | 'changes'>): MetadataRead {
  const reader = new MetadataReader();
  // Without metadata a vendor may have the two values among the fields of the entry itself.
  if (metadata === undefined) reader.readPairs(value, '');
  else reader.walk(opened(metadata), '', 0);
  if (changes === undefined) return reader;
  const told = new MetadataReader();
  for (const { path, before, after } of changes) told.addChange(path, before, after);
  return { changes: told.changes, details: reader.details };
}

type JsonMap = Readonly<Record<string, unknown>>;

/** What is nested deeper is shown as its text. */
const DEEPEST = 64;

class MetadataReader implements MetadataRead {
  readonly changes: Change[] = [];
  readonly details: Detail[] = [];

  walk(value: unknown, path: string, depth: number): void {
    if (depth < DEEPEST && Array.isArray(value) && value.some(isPairedObject)) {
      for (const [index, element] of value.entries())
        this.walk(element, isObject(element) ? path : join(path, String(index)), depth + 1);
      return;
    }
    if (depth >= DEEPEST || !isObject(value) || Object.keys(value).length === 0) {
      this.details.push({ path, value });
      return;
    }
    for (const [key, inner] of this.readPairs(value, path)) {
      if (CHANGES.has(folded(key))) this.#readChanges(inner, path, key, depth + 1);
      else this.walk(inner, join(path, key), depth + 1);
    }
  }

  /** Takes every pair of an old and a new value out of an object; returns the other fields. */
  readPairs(object: JsonMap, path: string): readonly (readonly [string, unknown])[] {
    const entries = Object.entries(object);
    const sides = entries.map(([key]) => sideOf(key));
    const used = new Set<number>();
    for (const [at, other] of pairsOf(entries, sides, used)) {
      const { subject, name } = sides[at]!;
      const own = GENERIC.has(subject) ? nameIn(object, entries, used) : name;
      this.addChange(join(path, own), entries[at]![1], entries[other]![1]);
    }
    return entries.filter((_, at) => !used.has(at));
  }

  /** Reads what is under a key like `changes`: names, or a map or list of old and new values. */
  #readChanges(value: unknown, path: string, key: string, depth: number): void {
    const inner = opened(value);
    if (Array.isArray(inner) && inner.length > 0 && inner.every(isText)) {
      for (const name of inner) this.changes.push({ path: join(path, name), before: undefined, after: undefined });
      return;
    }
    const isPaired = isPairedObject(inner) || (Array.isArray(inner) && inner.some(isPairedObject));
    if (isPaired || !isObject(inner)) {
      this.walk(inner, isPaired ? path : join(path, key), depth);
      return;
    }
    for (const [name, values] of this.readPairs(inner, path)) {
      if (Array.isArray(values) && values.length === 2) this.addChange(join(path, name), values[0], values[1]);
      // A single value may be the old one or the new one.
      else this.walk(values, join(path, isObject(values) ? name : join(key, name)), depth + 1);
    }
  }

  /** Compares two maps member by member; a map is also compared with nothing. Members that are equal are details. */
  addChange(path: string, before: unknown, after: unknown, depth = 0): void {
    const [old, now] = [mapOf(before, after), mapOf(after, before)];
    if (depth >= DEEPEST || old === undefined || now === undefined) {
      this.changes.push({ path, before, after });
      return;
    }
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
      const was = Object.hasOwn(old, key) ? old[key] : undefined;
      const is = Object.hasOwn(now, key) ? now[key] : undefined;
      if (jsonText(was) === jsonText(is)) this.details.push({ path: join(path, key), value: is });
      else this.addChange(join(path, key), was, is, depth + 1);
    }
  }
}

/** A side of a change as a map; an empty one for nothing where the other side is a map. */
function mapOf(value: unknown, other: unknown): JsonMap | undefined {
  const map = opened(value);
  if (isObject(map)) return map;
  const isNothing = value === null || value === undefined;
  const facing = opened(other);
  return isNothing && isObject(facing) && Object.keys(facing).length > 0 ? {} : undefined;
}

/** Keys under which everything is a change. */
const CHANGES: ReadonlySet<string> = new Set([
  'changes',
  'change',
  'changed',
  'changedfields',
  'changedetails',
  'diff',
  'delta',
  'modifications',
  'modifiedproperties',
  'updatedfields',
]);

function isPairedObject(value: unknown): boolean {
  if (!isObject(value)) return false;
  const bare = Object.keys(value)
    .map(sideOf)
    .filter((side) => side?.subject === '');
  return bare.some((side) => side?.when === 'before') && bare.some((side) => side?.when === 'after');
}

/** Parses an object that the vendor sent as JSON inside a string. */
function opened(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
  try {
    const inner: unknown = JSON.parse(value);
    return isObject(inner) ? inner : value;
  } catch {
    return value;
  }
}

function join(path: string, step: string): string {
  return path === '' || step === '' ? path + step : `${path}.${step}`;
}
