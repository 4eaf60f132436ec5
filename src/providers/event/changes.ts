import type { Change } from '../../event.js';
import { isObject } from '../../json/is.js';
import type { ChangeWay } from '../provider.js';
import { readFirst, readPath, readText } from '../value.js';

/** The changes, in the first of a vendor's forms that finds some; undefined if none does. */
export function readChanges(ways: readonly ChangeWay[] | undefined, value: unknown): readonly Change[] | undefined {
  for (const way of ways ?? []) {
    const found = 'list' in way ? inList(way, value) : 'map' in way ? inMap(way, value) : beside(way, value);
    if (found.length > 0) return found;
  }
  return undefined;
}

type Way<Key extends string> = Extract<ChangeWay, Readonly<Record<Key, unknown>>>;

function inList(way: Way<'list'>, value: unknown): readonly Change[] {
  const list = readPath(value, way.list);
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: unknown) => {
    const change = {
      path: readText(one, way.name) ?? '',
      before: readFirst(one, way.old),
      after: readFirst(one, way.new),
    };
    return change.path === '' && change.before === undefined && change.after === undefined ? [] : [change];
  });
}

function inMap(way: Way<'map'>, value: unknown): readonly Change[] {
  const map = readPath(value, way.map);
  if (!isObject(map)) return [];
  return Object.entries(map).flatMap(([path, pair]) => {
    const [before, after] = [readPath(pair, way.old), readPath(pair, way.new)];
    return before === undefined && after === undefined ? [] : [{ path, before, after }];
  });
}

function beside(way: Exclude<ChangeWay, Way<'list'> | Way<'map'>>, value: unknown): readonly Change[] {
  const [before, after] = [readFirst(value, way.old), readFirst(value, way.new)];
  if (isNothing(before) && isNothing(after)) return [];
  return [{ path: readText(value, way.name) ?? '', before, after }];
}

/** Some vendors have an empty object for no old values. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === '' || (isObject(value) && Object.keys(value).length === 0);
}
