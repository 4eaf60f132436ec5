import { isSegment, type Segment } from '../engine/source.js';
import type { Files } from '../files/files.js';
import { loadState, type StateShape, saveState } from '../files/state.js';
import { isAnything, isCount, isText, listOf, mapOf, objectOf, oneOf, type TypeOf } from '../json/is.js';

/** The progress of an unfinished file: everything that it lists is durable. Kept beside the file and replaced as a whole. */
export interface Checkpoint {
  readonly format: 'auditlog-state-1';
  /** What is written, by part. A run resumes only if all parts are equal. */
  readonly identity: Readonly<Record<string, string>>;
  readonly segments: readonly DurableSegment[];
  /** The rest to read (`Reading.plan`). */
  readonly plan: unknown;
  /** Set once everything is in the file: its size and hash, and what the command needs to finish without reading again. */
  readonly ended?: EndedFile;
}

const isEndedFile = objectOf({ bytes: isCount, sha256: isText, facts: isAnything });
export type EndedFile = TypeOf<typeof isEndedFile>;

/** A segment of the file; it begins where the previous one ends. */
export interface DurableSegment {
  /** Its end, in bytes of the file. */
  readonly end: number;
  /** Of its bytes in the file, compressed if the file is. */
  readonly sha256: string;
  readonly record: Segment;
}

const CHECKPOINT: StateShape<Checkpoint> = {
  key: 'checkpoint',
  is: objectOf(
    {
      format: oneOf('auditlog-state-1'),
      identity: mapOf(isText),
      segments: listOf(objectOf({ end: isCount, sha256: isText, record: isSegment })),
      plan: isAnything,
    },
    { ended: isEndedFile },
  ),
};

/** Replaces the checkpoint at `path`. Rejects as the system does. */
export async function saveCheckpoint(files: Files, path: string, checkpoint: Checkpoint): Promise<void> {
  await saveState(files, path, CHECKPOINT, checkpoint);
}

/** The checkpoint at `path`; undefined without a file, `damaged` if it is not one of ours. */
export async function loadCheckpoint(files: Files, path: string): Promise<Checkpoint | 'damaged' | undefined> {
  return loadState(files, path, CHECKPOINT);
}
