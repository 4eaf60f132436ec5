import type { ChangeWay } from '../../providers/provider.js';
import { pathList } from '../../providers/value.js';
import { type EntryDraft, putAt } from './places.js';

type Metadata = Readonly<Record<string, unknown>>;

interface Pair {
  readonly name: string;
  readonly old: unknown;
  readonly new: unknown;
}

/** `previous_role` and `new_role`, as the demo records changes. */
function pairsIn(metadata: Metadata): readonly Pair[] {
  return Object.keys(metadata).flatMap((key) => {
    const name = key.startsWith('previous_') ? key.slice('previous_'.length) : undefined;
    if (name === undefined || !Object.hasOwn(metadata, `new_${name}`)) return [];
    return [{ name, old: metadata[key], new: metadata[`new_${name}`] }];
  });
}

/** The rest of the metadata. */
export function withoutPairs(metadata: Metadata): Metadata {
  const pairs = new Set(pairsIn(metadata).flatMap(({ name }) => [`previous_${name}`, `new_${name}`]));
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !pairs.has(key)));
}

/** Writes the changes in the first of the vendor's forms. */
export function putChanges(draft: EntryDraft, [way]: readonly ChangeWay[], metadata: Metadata): void {
  const pairs = pairsIn(metadata);
  const [first] = pairs;
  if (way === undefined || first === undefined) return;
  if ('list' in way) {
    const rows = pairs.map((pair) => {
      const row: EntryDraft = {};
      putAt(row, way.name, pair.name);
      putFirst(row, way.old, pair.old);
      putFirst(row, way.new, pair.new);
      return row;
    });
    putAt(draft, way.list, rows);
    return;
  }
  if ('map' in way) {
    const isList = /^\d+$/.test(way.old);
    const values = pairs.map((pair) => {
      if (isList) return [pair.name, [pair.old, pair.new]] as const;
      const both: EntryDraft = {};
      putAt(both, way.old, pair.old);
      putAt(both, way.new, pair.new);
      return [pair.name, both] as const;
    });
    putAt(draft, way.map, Object.fromEntries(values));
    return;
  }
  if (way.name !== undefined) {
    putFirst(draft, way.name, first.name);
    putFirst(draft, way.old, first.old);
    putFirst(draft, way.new, first.new);
    return;
  }
  putFirst(draft, way.old, Object.fromEntries(pairs.map((pair) => [pair.name, pair.old])));
  putFirst(draft, way.new, Object.fromEntries(pairs.map((pair) => [pair.name, pair.new])));
}

function putFirst(draft: EntryDraft, field: Parameters<typeof pathList>[0], value: unknown): void {
  const [path] = pathList(field);
  if (path !== undefined) putAt(draft, path, value);
}
