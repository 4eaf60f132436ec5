import { isSegment } from '../engine/shape.js';
import type { Segment } from '../engine/source.js';
import type { Files } from '../files/files.js';
import { loadState, type StateShape, saveState } from '../files/state.js';
import { isAnything, isCount, isNumber, isText, listOf, mapOf, objectOf, oneOf } from '../json/is.js';

/** How far an unfinished file has got: everything that it names is durable. Kept beside the file, replaced as a whole. */
export interface Checkpoint {
  readonly format: 'auditlog-state-1';
  /** What is being written, by the names of its parts; all must be the same to go on. */
  readonly identity: Readonly<Record<string, string>>;
  /** The process that writes it: its id and, where the platform tells, when it started. */
  readonly writer: { readonly pid: number; readonly started: string };
  readonly segments: readonly DurableSegment[];
  /** What is still to be read (source.ts: `Reading.plan`). */
  readonly plan: unknown;
}

/** A segment of the file, from the end of the one before it. */
export interface DurableSegment {
  /** Bytes of the file up to its end. */
  readonly end: number;
  /** Of the segment's bytes in the file (compressed, where the file is). */
  readonly sha256: string;
  readonly record: Segment;
}

const CHECKPOINT: StateShape<Checkpoint> = {
  key: 'checkpoint',
  is: objectOf({
    format: oneOf('auditlog-state-1'),
    identity: mapOf(isText),
    writer: objectOf({ pid: isNumber, started: isText }),
    segments: listOf(objectOf({ end: isCount, sha256: isText, record: isSegment })),
    plan: isAnything,
  }),
};

/** Replaces the checkpoint at `path`. Rejects as the system does. */
export async function saveCheckpoint(files: Files, path: string, checkpoint: Checkpoint): Promise<void> {
  await saveState(files, path, CHECKPOINT, checkpoint);
}

/** The checkpoint at `path`; undefined when there is none, `damaged` when it is not one that we wrote whole. */
export async function loadCheckpoint(files: Files, path: string): Promise<Checkpoint | 'damaged' | undefined> {
  return loadState(files, path, CHECKPOINT);
}
