import { safeJson } from '../../json/escape.js';
import { hasLookup } from '../../json/lookup.js';
import { members, textOf, tokenIn } from '../../json/tokens.js';
import { listOf } from '../../providers/event/normalize.js';
import { matchesAny } from '../../providers/glob.js';
import type { FieldPath, JoinedField, PersonField, Provider, ResourceField } from '../../providers/provider.js';
import { splitId } from '../../providers/rows.js';
import { isCoded, isJoined, pathList } from '../../providers/value.js';
import type { Column } from '../../view.js';
import { type JsonObject, textOfObject, tokenOf, toObject, withToken } from './object.js';

/** The entries that may have produced a row of a CSV export, likeliest first. */
export type Restore = (cells: readonly string[]) => Iterable<string>;

/**
 * Puts the cells of a row back at the vendor's paths, into the object in `extra`. If a value may be at one of several paths, writing the row again
 * shows which one it was.
 */
export function openRestore(provider: Provider, columns: readonly Column[], shape: (text: string) => string): Restore {
  const at = new Map(columns.map(({ field }, index) => [field, index] as const));
  const cellOf = (cells: readonly string[], field: Column['field']): string => cells[at.get(field) ?? -1] ?? '';
  const singles = columns
    .map((column, index) => ({ column, index }))
    .filter(({ column }) => !GROUPED.has(column.field));
  const places = new Map(columns.map(({ field, places: all }) => [field, all] as const));

  /** The ways to restore a person or a resource: each field at its own path, or at any path that fits. */
  const stepsFor = (
    cells: readonly string[],
    extra: JsonObject,
    group: FieldGroup,
    ways: readonly FieldPlaces[],
  ): readonly Placement[] =>
    [true, false].flatMap((shared) =>
      [...ways, {}].map(
        (way): Placement =>
          (object) =>
            group.reduce<JsonObject>((into, [field, path]) => {
              const wanted = [...pathList(path(way)), ...(places.get(field) ?? [])];
              return put(into, { extra, shape, shared, isToken: false }, cellOf(cells, field), wanted);
            }, object),
      ),
    );

  return function* restored(cells) {
    const whole = cellOf(cells, 'extra');
    // An entry that is not an object is completely in `extra`.
    if (whole !== '' && !whole.startsWith('{')) yield whole;
    const extra = toObject(whole);
    let base = withParts(extra, provider, cellOf(cells, 'id'));
    for (const { column, index } of singles) {
      if (column.field === 'extra') continue;
      base = put(
        base,
        { extra, shape, shared: true, isToken: column.field === 'metadata' },
        cells[index] ?? '',
        column.places,
      );
    }
    const action = cellOf(cells, 'action');
    const type = cellOf(cells, 'resource.type');
    const resources = (provider.fields.resource ?? []).filter((way) => isMeant(way, action, type));
    const groups = [
      codesFor(provider, cellOf(cells, 'action')),
      stepsFor(cells, extra, TARGET, listOf(provider.fields.target)),
      stepsFor(cells, extra, ACTOR, listOf(provider.fields.actor)),
      stepsFor(cells, extra, RESOURCE, resources),
    ];
    const told = new Set<string>();
    for (const steps of combinations(groups)) {
      const text = textOfObject(steps.reduce((object, step) => step(object), base));
      if (told.has(text)) continue;
      told.add(text);
      yield text;
    }
  };
}

/** Restores the texts that form a joined id. */
function withParts(object: JsonObject, { fields }: Provider, cell: string): JsonObject {
  if (!isJoined(fields.id)) return object;
  const texts = splitId(cell, fields.id.join.length) ?? [];
  return texts.reduce((into, text, at) => withText(into, (fields.id as JoinedField).join[at]!, text), object);
}

/** The ways to restore the code of an action: one word may stand for several codes, and other codes have no word. */
function codesFor({ fields: { action } }: Provider, cell: string): readonly Placement[] {
  if (!isCoded(action)) return [(object) => object];
  const codes = Object.entries(action.words ?? {}).flatMap(([code, word]) => (word === cell ? [code] : []));
  return [undefined, ...codes, cell].map((code) => (object) => {
    const [path = ''] = pathList(action);
    return code === undefined ? object : withText(object, path, code);
  });
}

/** Adds a text at an empty path. */
function withText(object: JsonObject, path: string, text: string): JsonObject {
  if (text === '' || hasLookup(path) || tokenIn(members(textOfObject(object)), path) !== undefined) return object;
  return withToken(object, path.split('.'), safeJson(text)) ?? object;
}

type FieldPlaces = PersonField & ResourceField;
type FieldGroup = readonly (readonly [field: Column['field'], path: (way: FieldPlaces) => FieldPath | undefined])[];
type Placement = (object: JsonObject) => JsonObject;

const ACTOR = [
  ['actor.id', (way: FieldPlaces) => way.id],
  ['actor.name', (way: FieldPlaces) => way.name],
  ['actor.email', (way: FieldPlaces) => way.email],
] as const;
const TARGET = [
  ['target.id', (way: FieldPlaces) => way.id],
  ['target.email', (way: FieldPlaces) => way.email],
] as const;
const RESOURCE = [
  ['resource.type', (way: FieldPlaces) => (typeof way.type === 'object' ? way.type.path : undefined)],
  ['resource.id', (way: FieldPlaces) => way.id],
  ['resource.name', (way: FieldPlaces) => way.name],
] as const;

const GROUPED: ReadonlySet<Column['field']> = new Set([...ACTOR, ...TARGET, ...RESOURCE].map(([field]) => field));

function isMeant({ actions, type }: ResourceField, action: string, told: string): boolean {
  if (actions !== undefined && action !== '' && !matchesAny(actions, action)) return false;
  return typeof type !== 'string' || told === '' || type === told;
}

interface PutOptions {
  readonly extra: JsonObject;
  /** The text in the cell. */
  readonly shape: (text: string) => string;
  /** Whether one value may be shown by two columns. */
  readonly shared: boolean;
  /** Whether the cell has tokens instead of a string's text. */
  readonly isToken: boolean;
}

/** Puts a cell at the first free path, unless one of its paths has the value already. */
function put(object: JsonObject, how: PutOptions, cell: string, places: readonly string[]): JsonObject {
  if (cell === '') return object;
  const paths = places.filter((place) => !hasLookup(place)).map((place) => place.split('.'));
  if (!how.isToken && paths.some((path) => isThere(object, how, path, cell))) return object;
  if (places.some((place) => isElsewhere(how, place, cell))) return object;
  const token = how.isToken ? cell : safeJson(cell);
  for (const path of paths) {
    const next = withToken(object, path, token);
    if (next !== undefined) return next;
  }
  return object;
}

/**
 * Whether a path has the value of a cell. A string that a cell carries was removed from `extra`, so an equal string that is still there belongs to a
 * second path, and the first one must be filled. Other values, and values from another column, count.
 */
function isThere(
  object: JsonObject,
  { extra, shape, shared }: PutOptions,
  path: readonly string[],
  cell: string,
): boolean {
  const token = tokenOf(object, path);
  if (token === undefined) return false;
  const text = textOf(token);
  if (shape(text) !== cell) return false;
  const inExtra = tokenOf(extra, path) !== undefined;
  return inExtra ? !(token.startsWith('"') && text === cell) : shared;
}

/** Whether `extra` has a cell's value in an array or under a key with dots, where nothing is ever removed. */
function isElsewhere({ extra, shape, isToken }: PutOptions, place: string, cell: string): boolean {
  if (!place.includes('.') || tokenOf(extra, place.split('.')) !== undefined) return false;
  const token = tokenIn(members(textOfObject(extra)), place);
  return token !== undefined && (isToken ? token : shape(textOf(token))) === cell;
}

/** Every choice of one step from each group, first choices first. */
function* combinations(groups: readonly (readonly Placement[])[]): Generator<readonly Placement[]> {
  const [first, ...rest] = groups;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const more of combinations(rest)) for (const step of first) yield [step, ...more];
}
