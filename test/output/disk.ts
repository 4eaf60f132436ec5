import type { Files, OpenFile } from '../../src/files/files.js';

/**
 * A file system in memory that can die between any two operations. What was not synced before that may be lost: data by file,
 * names by directory, as on a real disk with a power cut.
 */
export interface Disk {
  readonly files: Files;
  /** Operations so far. */
  operations(): number;
  /** What is left after a power cut: `lost` of what was not durable is gone (0 none, 1 all), or half of a last write is there. */
  afterCrash(lost: number, options?: DiskOptions): Disk;
  content(path: string): Buffer | undefined;
  names(): readonly string[];
  /** Puts a file there, durably. */
  put(path: string, bytes: Buffer): void;
}

export class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

interface Node {
  bytes: Buffer;
  durable: Buffer;
}

const identities = new WeakMap<Node, string>();
let known = 0;

function identityOf(node: Node): string {
  if (!identities.has(node)) {
    known += 1;
    identities.set(node, String(known));
  }
  return identities.get(node) as string;
}

export interface DiskOptions {
  readonly cutAfter?: number;
  readonly shortWrites?: boolean;
  readonly fail?: (operation: string, n: number) => string | undefined;
}

export function openDisk(options: DiskOptions = {}): Disk {
  return diskOf(new Map(), options);
}

function diskOf(initial: Map<string, Node>, options: DiskOptions): Disk {
  const live = new Map(initial);
  let durableNames = new Map(initial);
  let count = 0;
  const step = (operation: string): void => {
    if (options.cutAfter !== undefined && count >= options.cutAfter) throw new PowerCut(`cut at operation ${count}`);
    count += 1;
    const code = options.fail?.(operation, count);
    if (code !== undefined) throw Object.assign(new Error(code), { code });
  };
  const missing = (): Error => Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
  const handle = (node: Node): OpenFile => ({
    async write(bytes, position) {
      step('write');
      const taken = options.shortWrites && bytes.length > 1 ? Math.ceil(bytes.length / 2) : bytes.length;
      const size = Math.max(node.bytes.length, position + taken);
      const next = Buffer.alloc(size);
      node.bytes.copy(next);
      Buffer.from(bytes.subarray(0, taken)).copy(next, position);
      node.bytes = next;
      return taken;
    },
    async read(into, position) {
      return node.bytes.copy(into, 0, position, position + into.length);
    },
    async truncate(size) {
      step('truncate');
      node.bytes = Buffer.from(node.bytes.subarray(0, size));
    },
    size: async () => node.bytes.length,
    async sync() {
      step('sync');
      node.durable = Buffer.from(node.bytes);
    },
    identity: async () => identityOf(node),
    close: async () => {},
  });
  const files: Files = {
    async create(path) {
      step('create');
      if (live.has(path)) throw Object.assign(new Error('EEXIST'), { code: 'EEXIST' });
      const node = { bytes: Buffer.alloc(0), durable: Buffer.alloc(0) };
      live.set(path, node);
      return handle(node);
    },
    async reopen(path) {
      step('reopen');
      const node = live.get(path);
      if (node === undefined) throw missing();
      return handle(node);
    },
    async readText(path) {
      const node = live.get(path);
      if (node === undefined) throw missing();
      return node.bytes.toString();
    },
    async look(path) {
      if (path === '/data') return { kind: 'directory', size: 0, modified: 0, identity: '/data' };
      const node = live.get(path);
      if (node === undefined) return undefined;
      return { kind: 'file', size: node.bytes.length, modified: 0, identity: identityOf(node) };
    },
    async rename(from, to) {
      step('rename');
      const node = live.get(from);
      if (node === undefined) throw missing();
      live.delete(from);
      live.set(to, node);
    },
    async link(from, to) {
      step('link');
      const node = live.get(from);
      if (node === undefined) throw missing();
      if (live.has(to)) throw Object.assign(new Error('EEXIST'), { code: 'EEXIST' });
      live.set(to, node);
    },
    async remove(path) {
      step('remove');
      live.delete(path);
    },
    async syncDirectory() {
      step('syncDirectory');
      durableNames = new Map(live);
    },
  };
  return {
    files,
    operations: () => count,
    content: (path) => live.get(path)?.bytes,
    names: () => [...live.keys()].sort(),
    put(path, bytes) {
      const node = { bytes, durable: bytes };
      live.set(path, node);
      durableNames.set(path, node);
    },
    afterCrash(lost, next = {}) {
      const left = new Map<string, Node>();
      // Two names of one file stay names of one file.
      const copies = new Map<Node, Node>();
      for (const [path, node] of lost < 1 ? live : durableNames) {
        const kept = Buffer.from(keptOf(node, lost));
        const copy = copies.get(node) ?? { bytes: kept, durable: kept };
        copies.set(node, copy);
        left.set(path, copy);
      }
      return diskOf(left, next);
    },
  };
}

function keptOf({ bytes, durable }: Node, lost: number): Buffer {
  if (lost === 0) return bytes;
  if (lost === 1) return durable;
  // Some of what was written last is there, some is not.
  return Buffer.concat([
    durable,
    bytes.subarray(durable.length, durable.length + Math.ceil((bytes.length - durable.length) / 2)),
  ]);
}
