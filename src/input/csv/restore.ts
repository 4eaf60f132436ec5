import { safeJson } from '../../json/escape.js';
import { members, textOf, tokenIn } from '../../json/tokens.js';
import { matchesAny } from '../../providers/glob.js';
import type { FieldPath, PersonField, Provider, ResourceField } from '../../providers/provider.js';
import { pathList } from '../../providers/value.js';
import type { Column } from '../../view.js';
import { type JsonObject, textOfObject, tokenOf, toObject, withToken } from './object.js';

/** The texts that a row of a CSV export may be of, the likeliest first: each is an entry that holds all that the row does. */
export type Restore = (cells: readonly string[]) => Iterable<string>;

/**
 * Puts the cells of a row back to where the vendor has them, into what `extra` holds: the vendor's own tokens where a cell could not carry
 * them. Where a vendor tells a thing at one of several places, only writing the row again shows which it was.
 */
export function openRestore(provider: Provider, columns: readonly Column[], shape: (text: string) => string): Restore {
  const at = new Map(columns.map(({ field }, index) => [field, index] as const));
  const cellOf = (cells: readonly string[], field: Column['field']): string => cells[at.get(field) ?? -1] ?? '';
  const singles = columns
    .map((column, index) => ({ column, index }))
    .filter(({ column }) => !GROUPED.has(column.field));
  const places = new Map(columns.map(({ field, places: all }) => [field, all] as const));

  /** The ways in which a person or a resource may be put back: each field where that way has it, else wherever it fits. */
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
    // An entry that is not an object has no columns: it is in here as it was.
    if (whole !== '' && !whole.startsWith('{')) yield whole;
    const extra = toObject(whole);
    let base = extra;
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
  /** What no cell carried. */
  readonly extra: JsonObject;
  /** As a text looks in a cell. */
  readonly shape: (text: string) => string;
  /** Whether one value may be what two columns show. */
  readonly shared: boolean;
  /** Whether the cell holds tokens, and not a string's text. */
  readonly isToken: boolean;
}

/** Puts a cell to the first place that is free, unless it stands at one of its places already. */
function put(object: JsonObject, how: PutOptions, cell: string, places: readonly string[]): JsonObject {
  if (cell === '') return object;
  const paths = places.map((place) => place.split('.'));
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
 * Whether a place holds what a cell shows. A string that a cell carries was taken out of `extra`: one that still is in there stands at a
 * second place, and the first is to be filled. Not so what a cell cannot carry, and what another column has put there.
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

/** Whether `extra` shows a cell where no member by member path leads: in an array, or under a key that holds dots. It was never taken out there. */
function isElsewhere({ extra, shape, isToken }: PutOptions, place: string, cell: string): boolean {
  if (!place.includes('.') || tokenOf(extra, place.split('.')) !== undefined) return false;
  const token = tokenIn(members(textOfObject(extra)), place);
  return token !== undefined && (isToken ? token : shape(textOf(token))) === cell;
}

/** Every choice of one step from each group, those of the first ones first. */
function* combinations(groups: readonly (readonly Placement[])[]): Generator<readonly Placement[]> {
  const [first, ...rest] = groups;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const more of combinations(rest)) for (const step of first) yield [step, ...more];
}

function listOf(fields: PersonField | readonly PersonField[] | undefined): readonly PersonField[] {
  if (fields === undefined) return [];
  return Array.isArray(fields) ? fields : [fields as PersonField];
}
