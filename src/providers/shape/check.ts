import { isObject } from '../../json/is.js';
import { suggest } from '../../suggest.js';
import type { JsonShape, RecordShape, TextShape } from './shape.js';

/** A fault of a value, and its path, such as `$.paging.style`. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** Every difference between `value` and `shape`, in the order of the file. */
export function checkShape(shape: JsonShape, value: unknown, path = '$'): readonly Problem[] {
  switch (shape.is) {
    case 'text':
      return typeof value === 'string' ? checkText(shape, value, path) : wrongKind(shape, value, path);
    case 'number':
      return checkNumber(shape, value, path);
    case 'flag':
      return typeof value === 'boolean' ? [] : wrongKind(shape, value, path);
    case 'value':
      return [];
    case 'list':
      return checkList(shape, value, path);
    case 'map':
      return checkMap(shape, value, path);
    case 'record':
      return isObject(value) ? checkRecord(shape, value, path) : wrongKind(shape, value, path);
    case 'variants':
      return checkVariants(shape, value, path);
    case 'either': {
      const way = shape.ways.find((one) => kindOfShape(one) === kindOf(value));
      return way === undefined ? wrongKind(shape, value, path) : checkShape(way, value, path);
    }
  }
}

/** A step below `path`, in messages. */
export function below(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

function checkText({ choices, pattern, looks }: TextShape, value: string, path: string): readonly Problem[] {
  if (choices !== undefined && !choices.includes(value))
    return [{ path, message: `${shown(value)} is not one of ${choices.join(', ')}${meant(value, choices)}` }];
  if (pattern !== undefined && !pattern.test(value))
    return [{ path, message: `${shown(value)} is not ${looks ?? 'as it should be'}` }];
  return value === '' && pattern === undefined && choices === undefined
    ? [{ path, message: 'expected a text, not an empty one' }]
    : [];
}

function checkNumber(shape: Extract<JsonShape, { is: 'number' }>, value: unknown, path: string): readonly Problem[] {
  if (typeof value !== 'number') return wrongKind(shape, value, path);
  const { least, most } = shape;
  if (Number.isInteger(value) && value >= least && value <= most) return [];
  return [{ path, message: `${value} is not a whole number from ${least} to ${most}` }];
}

function checkList(shape: Extract<JsonShape, { is: 'list' }>, value: unknown, path: string): readonly Problem[] {
  if (!Array.isArray(value)) return wrongKind(shape, value, path);
  if (value.length < shape.least) return [{ path, message: `at least ${shape.least} must be listed` }];
  return value.flatMap((one: unknown, index) => checkShape(shape.of, one, below(path, index)));
}

function checkMap(shape: Extract<JsonShape, { is: 'map' }>, value: unknown, path: string): readonly Problem[] {
  if (!isObject(value)) return wrongKind(shape, value, path);
  return Object.entries(value).flatMap(([key, one]) => {
    const at = below(path, key);
    const named = shape.keys === undefined ? [] : checkText(shape.keys, key, at);
    return [...named, ...checkShape(shape.of, one, at)];
  });
}

function checkRecord(shape: RecordShape, value: Readonly<Record<string, unknown>>, path: string): readonly Problem[] {
  const known = Object.keys(shape.keys);
  const problems = Object.entries(value).flatMap(([key, one]) => {
    const here = Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined;
    if (here !== undefined) return checkShape(here.shape, one, below(path, key));
    return [
      { path: below(path, key), message: `unknown key${meant(key, known) || `: expected one of ${known.join(', ')}`}` },
    ];
  });
  const missing = known.filter((key) => shape.keys[key]!.required && !Object.hasOwn(value, key));
  const { oneOf } = shape;
  const chosen = oneOf?.filter((key) => Object.hasOwn(value, key)) ?? [];
  return [
    ...problems,
    ...missing.map((key) => ({ path: below(path, key), message: `missing: ${shape.keys[key]!.about}` })),
    ...(oneOf === undefined || chosen.length === 1
      ? []
      : [{ path, message: `exactly one of ${oneOf.join(', ')} must be there` }]),
  ];
}

function checkVariants(
  shape: Extract<JsonShape, { is: 'variants' }>,
  value: unknown,
  path: string,
): readonly Problem[] {
  if (!isObject(value)) return wrongKind(shape, value, path);
  const { by, ways, usual } = shape;
  const names = Object.keys(ways);
  const at = below(path, by);
  if (!Object.hasOwn(value, by) && usual !== undefined) return checkRecord(ways[usual]!, value, path);
  if (!Object.hasOwn(value, by)) return [{ path: at, message: `missing: one of ${names.join(', ')}` }];
  const way = value[by];
  if (typeof way !== 'string' || !Object.hasOwn(ways, way)) return checkShape({ is: 'text', choices: names }, way, at);
  return checkRecord(ways[way]!, value, path);
}

function wrongKind(shape: JsonShape, value: unknown, path: string): readonly Problem[] {
  const wanted = shape.is === 'either' ? shape.ways.map(kindOfShape) : [kindOfShape(shape)];
  return [{ path, message: `expected ${wanted.join(' or ')}${keysOf(shape, path)} (found ${kindOf(value)})` }];
}

/** The allowed keys of an object, required ones first. The root has too many to list. */
function keysOf(shape: JsonShape, path: string): string {
  const ways = shape.is === 'either' ? shape.ways : [shape];
  const record = ways.find((way) => way.is === 'record' || way.is === 'variants');
  if (record === undefined || path === '$') return '';
  if (record.is === 'variants' && record.usual === undefined)
    return ` with "${record.by}": one of ${Object.keys(record.ways).join(', ')}`;
  const { keys } = record.is === 'variants' ? record.ways[record.usual!]! : record;
  const [must, may] = [true, false].map((required) =>
    Object.keys(keys).filter((key) => keys[key]!.required === required),
  );
  return ` with the keys ${[...must!, ...may!].join(', ')}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return (
    { object: 'an object', string: 'a text', number: 'a number', boolean: 'true or false' }[typeof value as string] ??
    'nothing'
  );
}

function kindOfShape(shape: JsonShape): string {
  return {
    text: 'a text',
    number: 'a number',
    flag: 'true or false',
    value: 'anything',
    list: 'a list',
    map: 'an object',
    record: 'an object',
    variants: 'an object',
    either: 'a value',
  }[shape.is];
}

function meant(word: string, known: readonly string[]): string {
  const near = suggest(word, known);
  return near === undefined ? '' : `: did you mean ${near}?`;
}

/** A text of the file, shortened. */
function shown(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
}
