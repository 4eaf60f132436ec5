import { createHash } from 'node:crypto';
import type { Spool } from '../engine/store/spool.js';
import type { FileRow } from './rows/reader.js';
import type { IdsRecord } from './shape/file.js';

/** The set of ids of a file, in bounded memory: sorted runs go to disk and are merged at the end. */
export interface IdSet {
  add(id: string): void;
  /** Call it once; it frees the disk space. */
  finish(): IdsRecord;
}

/** Bytes of ids to sort in memory at a time. */
const RUN = 8 * 1024 * 1024;
const READ = 64 * 1024;

/** Calls `openSpool` only for more than `run` bytes of ids. */
export function openIdSet(openSpool: () => Spool, run: number = RUN): IdSet {
  let ids: string[] = [];
  let bytes = 0;
  let spool: Spool | undefined;
  const runs: { readonly offset: number; readonly length: number }[] = [];

  const sorted = (): string[] => {
    const done = ids.sort();
    ids = [];
    bytes = 0;
    return done;
  };
  const putAside = (): void => {
    spool ??= openSpool();
    const block = Buffer.from(`${sorted().join('\n')}\n`, 'latin1');
    runs.push({ offset: spool.append(block), length: block.length });
  };

  return {
    add(id) {
      const line = asBytes(id);
      ids.push(line);
      bytes += line.length + 1;
      if (bytes > run) putAside();
    },
    finish() {
      if (spool === undefined) return digest(sorted());
      if (ids.length > 0) putAside();
      try {
        return digest(merged(runs.map(({ offset, length }) => readRun(spool as Spool, offset, length))));
      } finally {
        spool.close();
      }
    },
  };
}

/** A line whose code units are the bytes of the id, so that lines compare as bytes do. Backslash and LF are escaped. */
function asBytes(id: string): string {
  const line = /[\\\n]/.test(id) ? id.replaceAll('\\', '\\\\').replaceAll('\n', '\\n') : id;
  return /^[\x00-\x7f]*$/.test(line) ? line : Buffer.from(line).toString('latin1');
}

function digest(inOrder: Iterable<string>): IdsRecord {
  const hash = createHash('sha256');
  let last: string | undefined;
  let count = 0;
  let block = '';
  for (const id of inOrder) {
    if (id === last) continue;
    block += last === undefined ? id : `\n${id}`;
    last = id;
    count += 1;
    if (block.length > READ) {
      hash.update(block, 'latin1');
      block = '';
    }
  }
  return { count, sha256: `sha256:${hash.update(block, 'latin1').digest('hex')}` };
}

function* readRun(spool: Spool, offset: number, length: number): Generator<string, void> {
  let carry = '';
  for (let done = 0; done < length; done += READ) {
    const lines = (carry + spool.read(offset + done, Math.min(READ, length - done)).toString('latin1')).split('\n');
    carry = lines.pop() as string;
    yield* lines;
  }
}

function* merged(runs: readonly Generator<string, void>[]): Generator<string, void> {
  const heads = runs.map((run) => ({ run, id: run.next().value as string | undefined }));
  for (;;) {
    let least: (typeof heads)[number] | undefined;
    for (const head of heads) {
      if (head.id !== undefined && (least?.id === undefined || head.id < least.id)) least = head;
    }
    if (least?.id === undefined) return;
    yield least.id;
    const next = least.run.next();
    least.id = next.done ? undefined : next.value;
  }
}

const MANY = 10_000;

/** Returns the key of each entry: its id, or else the hash of its text and its number among equal texts, which may all be real. */
export function openKeys(): (row: FileRow) => string | undefined {
  const equals = new Map<string, number>();
  let lastTime: string | undefined;
  return ({ id, time, raw }) => {
    if (id !== undefined) return id;
    if (raw === undefined) return undefined;
    // Equal texts have equal times, so in an ordered file they are neighbours.
    if (equals.size > MANY && time !== lastTime) equals.clear();
    lastTime = time;
    const digest = createHash('sha256').update(raw).digest('hex');
    const ordinal = (equals.get(digest) ?? 0) + 1;
    equals.set(digest, ordinal);
    return `${digest}#${ordinal}`;
  };
}
