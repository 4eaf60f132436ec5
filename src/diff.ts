import type { AuditEvent } from './event.js';
import { jsonText } from './json/write.js';

/** One thing that an event changed, as far as its entry tells. */
export interface Change {
  /** What was changed, such as `role` or `owner.email`; '' when the entry does not name it. */
  readonly path: string;
  /** Undefined when there was nothing before, or when the entry does not tell. */
  readonly before: unknown;
  readonly after: unknown;
}

/** Something that an entry tells besides what was changed. */
export interface Detail {
  readonly path: string;
  readonly value: unknown;
}

/** What an entry's metadata comes to: what was changed, and all the rest of it, each in the entry's own order. */
export interface MetadataRead {
  readonly changes: readonly Change[];
  readonly details: readonly Detail[];
}

/**
 * What an event changed, in whichever of the usual shapes the entry tells it: `previous_role` and `new_role` (also old,
 * prev, before, after, current; in camelCase; as endings), `{from, to}`, `{old, new}`, `{before, after}`, of values or of maps of them, lists of
 * `{field, old, new}`, and maps of any of these under `changes`, at any depth. Never throws, whatever the entry holds.
 */
export function changesOf(event: Pick<AuditEvent, 'metadata' | 'value'>): readonly Change[] {
  return readMetadata(event).changes;
}

/** As `changesOf`, with what is left of the metadata. */
export function readMetadata({ metadata, value }: Pick<AuditEvent, 'metadata' | 'value'>): MetadataRead {
  const found = { changes: [] as Change[], details: [] as Detail[] };
  // Without metadata a vendor may tell the two values among the fields of the entry itself.
  if (metadata === undefined) readPairs(value, '', found);
  else walk(opened(metadata), '', found, 0);
  return found;
}

/** All changes on one line: `role: member → admin; name: A → B`. Not yet safe for a terminal: the values are the vendor's. */
export function summary(changes: readonly Change[]): string {
  return changes
    .map((change) => {
      if (isBare(change)) return quoted(change.path);
      const values = `${shown(change.before)} → ${shown(change.after)}`;
      return change.path === '' ? values : `${change.path}: ${values}`;
    })
    .join('; ');
}

/** Whether the entry only names what was changed, without the values. */
export function isBare({ before, after }: Change): boolean {
  return before === undefined && after === undefined;
}

/** A value as people read it: a string as it is, `(none)` for none, anything else as JSON. */
export function shownValue(value: unknown): string {
  if (value === undefined) return '(none)';
  if (typeof value === 'string') return value === '' ? '""' : value;
  return jsonText(value) ?? '';
}

function shown(value: unknown): string {
  return typeof value === 'string' && value !== '' ? quoted(value) : shownValue(value);
}

/** In quotes where a text could be taken for more than one value. */
function quoted(text: string): string {
  return /→|; |^["(]/.test(text) ? JSON.stringify(text) : text;
}

interface Found {
  readonly changes: Change[];
  readonly details: Detail[];
}

type Fields = Readonly<Record<string, unknown>>;

/** What is nested deeper is shown as its text. */
const DEEPEST = 64;

function walk(value: unknown, path: string, found: Found, depth: number): void {
  if (depth < DEEPEST && Array.isArray(value) && value.some(isPairedObject)) {
    for (const [index, element] of value.entries()) {
      walk(element, isFields(element) ? path : join(path, String(index)), found, depth + 1);
    }
    return;
  }
  if (depth >= DEEPEST || !isFields(value) || Object.keys(value).length === 0) {
    found.details.push({ path, value });
    return;
  }
  const left = readPairs(value, path, found);
  for (const [key, inner] of left) {
    if (CHANGES.has(folded(key))) readChanges(inner, path, key, found, depth + 1);
    else walk(inner, join(path, key), found, depth + 1);
  }
}

/** What stands under a word like `changes`: names, or a map or a list of what became what. */
function readChanges(value: unknown, path: string, word: string, found: Found, depth: number): void {
  const inner = opened(value);
  if (Array.isArray(inner) && inner.length > 0 && inner.every((name) => typeof name === 'string')) {
    for (const name of inner as string[])
      found.changes.push({ path: join(path, name), before: undefined, after: undefined });
    return;
  }
  const isTold = isPairedObject(inner) || (Array.isArray(inner) && inner.some(isPairedObject));
  if (isTold || !isFields(inner)) {
    walk(inner, isTold ? path : join(path, word), found, depth);
    return;
  }
  const left = readPairs(inner, path, found);
  for (const [key, what] of left) {
    if (Array.isArray(what) && what.length === 2) addChange(found, join(path, key), what[0], what[1]);
    // A lone value is not said to be the old or the new one.
    else walk(what, isFields(what) ? join(path, key) : join(path, join(word, key)), found, depth + 1);
  }
}

/** Takes every pair of an old and a new value out of an object; gives the fields that are left. */
function readPairs(object: Fields, path: string, found: Found): readonly (readonly [string, unknown])[] {
  const entries = Object.entries(object);
  const sides = entries.map(([key]) => sideOf(key));
  const after = new Map<string, number[]>();
  for (const [at, side] of sides.entries()) {
    if (side?.when !== 'after') continue;
    const alike = after.get(side.subject) ?? [];
    // No vendor has more spellings of one thing.
    if (alike.length < 8) after.set(side.subject, [...alike, at]);
  }
  const plain = new Map(entries.map(([key], at) => [folded(key), at]));
  const used = new Set<number>();
  const pairs: (readonly [before: number, after: number])[] = [];
  // An object may hold several pairs: `from` goes with `to`, whatever `new` stands beside them.
  for (const goesWith of [isTwin, isAny]) {
    for (const [at, side] of sides.entries()) {
      if (side?.when !== 'before' || used.has(at)) continue;
      const twin = after.get(side.subject)?.find((index) => !used.has(index) && goesWith(side, sides[index]!));
      // `old_name` beside a plain `name` is a pair too, but a bare `old` needs its `new`.
      const alone = goesWith === isTwin || side.subject === '' ? undefined : plain.get(side.subject);
      const other = twin ?? alone;
      if (other === undefined || used.has(other)) continue;
      used.add(at).add(other);
      pairs.push([at, other]);
    }
  }
  for (const [at, other] of pairs.sort(([a], [b]) => a - b)) {
    const { subject, name } = sides[at]!;
    addChange(
      found,
      join(path, GENERIC.has(subject) ? nameIn(object, entries, used) : name),
      entries[at]![1],
      entries[other]![1],
    );
  }
  return entries.filter((_, at) => !used.has(at));
}

/** The name of what was changed where the pair itself has none: `{ "field": "role", "old": ..., "new": ... }`. */
function nameIn(object: Fields, entries: readonly (readonly [string, unknown])[], used: Set<number>): string {
  for (const key of NAMES) {
    const name = Object.hasOwn(object, key) ? object[key] : undefined;
    if (typeof name !== 'string' || name === '') continue;
    used.add(entries.findIndex(([known]) => known === key));
    return name;
  }
  return '';
}

/** Two maps are compared member by member: what is the same in both was not changed. So is a map with nothing before or after it. */
function addChange(found: Found, path: string, before: unknown, after: unknown, depth = 0): void {
  const [old, now] = [fieldsOf(before, after), fieldsOf(after, before)];
  if (depth >= DEEPEST || old === undefined || now === undefined) {
    found.changes.push({ path, before, after });
    return;
  }
  for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const was = Object.hasOwn(old, key) ? old[key] : undefined;
    const is = Object.hasOwn(now, key) ? now[key] : undefined;
    if (jsonText(was) === jsonText(is)) found.details.push({ path: join(path, key), value: is });
    else addChange(found, join(path, key), was, is, depth + 1);
  }
}

/** A side of a change as a map; an empty one for nothing where the other side is a map. */
function fieldsOf(value: unknown, other: unknown): Fields | undefined {
  const map = opened(value);
  if (isFields(map)) return map;
  const isNothing = value === null || value === undefined;
  const facing = opened(other);
  return isNothing && isFields(facing) && Object.keys(facing).length > 0 ? {} : undefined;
}

interface Side {
  readonly when: 'before' | 'after';
  /** What is left of the key, folded, to find the other side by. */
  readonly subject: string;
  /** The same in the vendor's spelling. */
  readonly name: string;
  /** The word that tells the side, and the name as it stood beside it, both folded. */
  readonly word: string;
  readonly beside: string;
}

/** The words that belong together, where there are several. */
const TWINS: ReadonlyMap<string, string> = new Map([
  ['old', 'new'],
  ['from', 'to'],
  ['before', 'after'],
  ['previous', 'current new updated'],
  ['prev', 'current new updated'],
  ['former', 'current new updated'],
  ['original', 'current new updated'],
]);

function isTwin(before: Side, after: Side): boolean {
  return after.beside === before.beside && TWINS.get(before.word)?.split(' ').includes(after.word) === true;
}

function isAny(): boolean {
  return true;
}

const WHEN = {
  before: 'previous|prev|old|former|original|before|from',
  after: 'new|current|updated|after|to',
} as const;
const OLD = `(?:${WHEN.before})`;
const NEW = `(?:${WHEN.after})`;
/** Words that stand in front of a name, in front of one in camelCase, or behind a name. `from` and `to` only stand alone: `to_email` is nobody's new email. */
const PATTERNS: readonly (readonly [Side['when'], RegExp])[] = [
  ['before', new RegExp(`^${OLD}$`, 'i')],
  ['after', new RegExp(`^${NEW}$`, 'i')],
  ['before', /^(?:previous|prev|old|former|original|before)[_\s-](.+)$/i],
  ['after', /^(?:new|current|updated|after)[_\s-](.+)$/i],
  ['before', /^(?:previous|prev|old|former|original|before)([A-Z].*)$/],
  ['after', /^(?:new|current|updated|after)([A-Z].*)$/],
  ['before', /^(.+?)[_\s-](?:before|old|previous)$/i],
  ['after', /^(.+?)[_\s-](?:after|new|current)$/i],
  ['before', /^(.+?)(?:Before|Old|Previous)$/],
  ['after', /^(.+?)(?:After|New|Current)$/],
];

function sideOf(key: string): Side | undefined {
  // No vendor's field has a longer name, and a server's text must not cost more than a look.
  if (key.length > 200) return undefined;
  for (const [when, pattern] of PATTERNS) {
    const match = pattern.exec(key);
    if (match === null) continue;
    const name = match[1] ?? '';
    const small = /^[A-Z][^A-Z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
    const beside = folded(name);
    const word = folded(key.replace(name, ''));
    return { when, subject: GENERIC.has(beside) ? '' : beside, name: small, word, beside };
  }
  return undefined;
}

/** Names that say nothing about what was changed: `old_value`, `previousValues`. */
const GENERIC: ReadonlySet<string> = new Set(['', 'value', 'values', 'state', 'data', 'attributes', 'fields']);

/** Words under which everything is a change. */
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

/** Where a list of changes names what each is about. */
const NAMES: readonly string[] = [
  'field',
  'path',
  'property',
  'attribute',
  'key',
  'name',
  'displayName',
  'field_name',
  'fieldName',
];

function isPairedObject(value: unknown): boolean {
  if (!isFields(value)) return false;
  const sides = Object.keys(value).map(sideOf);
  return sides.some((side) => side?.when === 'before' && side.subject === '') && sides.some(isBareAfter);
}

function isBareAfter(side: Side | undefined): boolean {
  return side?.when === 'after' && side.subject === '';
}

/** Vendors send objects as JSON inside of strings, too. */
function opened(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
  try {
    const inner: unknown = JSON.parse(value);
    return isFields(inner) ? inner : value;
  } catch {
    return value;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function folded(name: string): string {
  return name.toLowerCase().replace(/[_\s-]/g, '');
}

function join(path: string, step: string): string {
  return path === '' || step === '' ? path + step : `${path}.${step}`;
}
