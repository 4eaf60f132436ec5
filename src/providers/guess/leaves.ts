import { isObject } from '../../json/is.js';
import { isPath } from '../value.js';

/** A path in entries, and its values in the entries that have it. */
export interface EntryLeaf {
  readonly path: string;
  /** The names of its steps without indexes, folded: `createdat`. */
  readonly steps: readonly string[];
  readonly values: readonly unknown[];
}

const DEEPEST = 5;
const MOST = 2000;

/** Every path of entries, including objects; for a list, its first element. */
export function leavesOf(entries: readonly unknown[]): readonly EntryLeaf[] {
  const found = new Map<string, { readonly steps: readonly string[]; readonly values: unknown[] }>();
  const note = (path: string, steps: readonly string[], value: unknown): void => {
    if (value === null || value === undefined) return;
    const known = found.get(path) ?? { steps, values: [] };
    if (found.size < MOST) found.set(path, known);
    known.values.push(value);
  };
  const walk = (value: unknown, path: string, steps: readonly string[]): void => {
    if (path !== '') note(path, steps, value);
    if (steps.length >= DEEPEST) return;
    if (Array.isArray(value)) {
      if (value.length > 0 && path !== '') walk(value[0], `${path}.0`, steps);
      return;
    }
    if (!isObject(value)) return;
    for (const [key, inner] of Object.entries(value)) {
      const next = path === '' ? key : `${path}.${key}`;
      if (isPath(next)) walk(inner, next, [...steps, fold(key)]);
    }
  };
  for (const entry of entries) walk(entry, '', []);
  return [...found].map(([path, one]) => ({ path, ...one }));
}

/** `created_at`, `createdAt` and `Created-At` are `createdat`. */
export function fold(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** The name of a path alone, and with the name of the object around it: `id`, `actorid`. */
export function namesOf({ steps }: EntryLeaf): readonly string[] {
  const last = steps.at(-1) ?? '';
  return [last, `${steps.at(-2) ?? ''}${last}`];
}

/** Objects that only wrap an entry's own fields. */
const WRAPPERS: ReadonlySet<string> = new Set(['attributes', 'payload', 'data', 'event', 'auditevent', 'log']);

/** The number of objects around a path, without such wrappers. */
export function depthOf({ steps }: EntryLeaf): number {
  return steps.slice(0, -1).filter((step) => !WRAPPERS.has(step)).length;
}

/** The path whose name comes first in `names`; of equal ones the outermost. */
export function byName(
  leaves: readonly EntryLeaf[],
  names: readonly string[],
): readonly { readonly leaf: EntryLeaf; readonly rank: number }[] {
  const ranked = leaves.flatMap((leaf) => {
    const ranks = namesOf(leaf).map((name) => names.indexOf(name));
    const rank = Math.min(...ranks.filter((one) => one >= 0));
    return Number.isFinite(rank) ? [{ leaf, rank: rank + 3 * depthOf(leaf) }] : [];
  });
  return ranked.sort((a, b) => a.rank - b.rank);
}

export function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

export function areTexts(values: readonly unknown[]): values is readonly string[] {
  return values.length > 0 && values.every((value) => typeof value === 'string' && value !== '');
}
