import type { Outline } from '../../json/outline.js';
import type { FieldPath } from '../provider.js';
import { anyText, pathList } from '../value.js';
import type { EntryAccess } from './choose.js';
import { above } from './normalize.js';
import { parseToken } from './parse.js';

/** The node with a value in an outline; undefined if the entry has none. Never the node of null. */
export type FieldNode = number | undefined;

/** The nodes of a field's paths, in the order of the paths. */
export interface PathNodes {
  readonly at: readonly number[];
  /** The same nodes, and the ones directly above them. */
  readonly near: readonly number[];
}

/** Reads values at the nodes of the entry that an outline read last. */
export interface NodeValues extends EntryAccess<Buffer, PathNodes, number> {
  readonly nodesOf: (paths: FieldPath | undefined) => PathNodes;
  /** Opens a finder for the first path's value that is not null. */
  readonly firstOf: (paths: FieldPath | undefined) => (raw: Buffer) => FieldNode;
  /** The value as text: a string as it is, objects and arrays as JSON. */
  readonly text: (raw: Buffer, node: number) => string | undefined;
}

const QUOTE = 0x22;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
const LOWER_N = 0x6e;

export function openNodeValues({ start, end, isPlain, nodeAt }: Outline): NodeValues {
  const isNone = (raw: Buffer, node: number): boolean => start[node]! < 0 || raw[start[node]!] === LOWER_N;
  const hasAny = (raw: Buffer, at: readonly number[]): boolean => {
    for (const node of at) if (!isNone(raw, node)) return true;
    return false;
  };
  const text = (raw: Buffer, node: number): string | undefined => {
    const from = start[node]!;
    const to = end[node]!;
    if (raw[from] === QUOTE && isPlain[node] === 1) return raw.toString('utf8', from + 1, to - 1);
    return anyText(parseToken(raw.toString('utf8', from, to)));
  };
  const scalar = (raw: Buffer, paths: PathNodes | undefined): FieldNode => {
    if (paths === undefined) return undefined;
    for (const node of paths.at) {
      const from = start[node]!;
      if (from < 0) continue;
      const byte = raw[from];
      if (byte === QUOTE ? end[node]! > from + 2 : byte !== OPEN_BRACE && byte !== OPEN_BRACKET && byte !== LOWER_N)
        return node;
    }
    return undefined;
  };
  return {
    nodesOf: (paths) => {
      const all = pathList(paths);
      return { at: all.map(nodeAt), near: [...new Set(all.flatMap((path) => [path, ...above(path)]))].map(nodeAt) };
    },
    firstOf: (paths) => {
      const at = pathList(paths).map(nodeAt);
      return (raw) => {
        for (const node of at) if (!isNone(raw, node)) return node;
        return undefined;
      };
    },
    text,
    scalar,
    isThere: (raw, paths) => paths !== undefined && hasAny(raw, paths.at),
    isNear: (raw, paths) => paths !== undefined && hasAny(raw, paths.near),
    isSame: (raw, one, other) => text(raw, one) === text(raw, other),
  };
}
