import { isObject } from '../json/is.js';
import type { ParameterPlace, Provider } from '../providers/provider.js';
import { stepsOf } from './tell/places.js';
import type { WireRequest } from './wire.js';

/** A parameter that a server knows: its place, and its type in a JSON body. */
export interface KnownParameter {
  readonly place: ParameterPlace;
  readonly name: string;
  readonly kind: 'number' | 'text' | 'any';
  /** Whether it has two values, the ends of a range. */
  readonly isTwice?: boolean;
}

/** The parameters of a request; those of a body as texts. */
export interface SentParameters {
  value(known: KnownParameter | undefined): string | undefined;
  /** All values, in order. */
  values(known: KnownParameter | undefined): readonly string[];
}

/**
 * Parses the parameters of a request. A text is the reason to reject it: an unknown parameter, a missing key of the body, or a value of another type.
 */
export function readSent(
  provider: Pick<Provider, 'method' | 'body' | 'fixed'>,
  known: readonly KnownParameter[],
  request: Pick<WireRequest, 'target' | 'body'>,
): SentParameters | string {
  const sent = new Map<string, string[]>();
  const add = (place: ParameterPlace, name: string, value: string): void => {
    const key = `${place} ${name}`;
    sent.set(key, [...(sent.get(key) ?? []), value]);
  };
  const mark = request.target.indexOf('?');
  for (const [name, value] of new URLSearchParams(mark === -1 ? '' : request.target.slice(mark + 1)))
    add('query', name, value);
  for (const [key, values] of sent) {
    const name = key.slice('query '.length);
    const one = known.find((other) => other.place === 'query' && other.name === name);
    const isFixed = Object.hasOwn(provider.fixed ?? {}, name);
    if (one === undefined && !isFixed) return `There is no parameter ${name}.`;
    if (values.length > (one?.isTwice === true ? 2 : 1)) return `${name} was given twice.`;
    const fixed = provider.fixed?.[name];
    if (one === undefined && fixed !== values[0] && !isTemplate(fixed)) return `${name} must be ${fixed}.`;
  }
  if (provider.method === 'POST') {
    const wrong = readBody(provider.body ?? {}, known, request.body ?? '', (name, value) => add('body', name, value));
    if (wrong !== undefined) return wrong;
  }
  const values = (one: KnownParameter | undefined): readonly string[] =>
    one === undefined ? [] : (sent.get(`${one.place} ${one.name}`) ?? []);
  return { values, value: (one) => values(one)[0] };
}

type Leaf = readonly [path: string, value: unknown];

function readBody(
  template: Readonly<Record<string, unknown>>,
  known: readonly KnownParameter[],
  text: string,
  add: (name: string, value: string) => void,
): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text === '' ? '{}' : text);
  } catch {
    return 'The body is not JSON.';
  }
  if (!isObject(body)) return 'The body must be an object.';
  const parameters = new Map(
    known.filter(({ place }) => place === 'body').map((one) => [stepsOf(one.name).join('\n'), one]),
  );
  const fixed = new Map(leavesOf(template, parameters).filter(([path]) => !parameters.has(path)));
  const missing = new Set(fixed.keys());
  for (const [path, value] of leavesOf(body, parameters)) {
    const name = path.replaceAll('\n', '.');
    const one = parameters.get(path);
    if (one !== undefined) {
      if (one.kind === 'number' && typeof value !== 'number') return `${name} must be a number.`;
      if (one.kind === 'text' && typeof value !== 'string') return `${name} must be a text.`;
      add(one.name, typeof value === 'string' ? value : JSON.stringify(value));
    } else if (!fixed.has(path)) return `There is no key ${name} in the body.`;
    else if (!isSame(fixed.get(path), value)) return `${name} in the body must be ${JSON.stringify(fixed.get(path))}.`;
    missing.delete(path);
  }
  const [left] = missing;
  return left === undefined ? undefined : `The body has no ${left.replaceAll('\n', '.')}.`;
}

/** The values of an object by path, with steps joined by line ends. A parameter is one value whatever it holds; so is an empty object. */
function leavesOf(
  value: unknown,
  parameters: ReadonlyMap<string, unknown>,
  above: readonly string[] = [],
): readonly Leaf[] {
  const path = above.join('\n');
  if (!isObject(value) || parameters.has(path)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, parameters, [...above, key]));
}

function isSame(wanted: unknown, value: unknown): boolean {
  if (isTemplate(wanted)) return typeof value === 'string' && value !== '';
  return JSON.stringify(wanted) === JSON.stringify(value);
}

/** Whether a text is `{org}` or `{variable}` and nothing else. */
function isTemplate(value: unknown): boolean {
  return typeof value === 'string' && /^\{[a-z][a-z0-9_-]*\}$/.test(value);
}
