/** A key that continues from a node. */
export interface OutlineKey {
  readonly key: Uint8Array;
  /** -1 for a key with dots, which could be a path. */
  readonly node: number;
}

/** The tree of paths: the parent of each node, and the keys that continue from it, by their length in bytes. */
export function growPaths(paths: Iterable<string>): {
  readonly above: readonly number[];
  readonly keys: readonly (readonly OutlineKey[] | undefined)[][];
  readonly nodes: ReadonlyMap<string, number>;
} {
  const above = [0];
  const keys: OutlineKey[][][] = [[]];
  const nodes = new Map<string, number>();
  const add = (from: number, name: string, node: number): void => {
    const key = Buffer.from(name);
    keys[from]![key.length] ??= [];
    keys[from]![key.length]!.push({ key, node });
  };
  const nodeAt = (path: string): number => {
    const known = nodes.get(path);
    if (known !== undefined) return known;
    const dot = path.lastIndexOf('.');
    const from = dot < 0 ? 0 : nodeAt(path.slice(0, dot));
    const node = above.push(from) - 1;
    keys.push([]);
    nodes.set(path, node);
    add(from, path.slice(dot + 1), node);
    // A key may contain the dots of a path.
    for (let at = dot; at >= 0; at = at === 0 ? -1 : path.lastIndexOf('.', at - 1)) {
      const before = at === 0 ? -1 : path.lastIndexOf('.', at - 1);
      add(before < 0 ? 0 : nodes.get(path.slice(0, before))!, path.slice(before + 1), -1);
    }
    return node;
  };
  for (const path of paths) nodeAt(path);
  return { above, keys, nodes };
}
