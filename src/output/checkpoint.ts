import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { Segment } from '../engine/source.js';
import { type Files, writeAll } from './files.js';

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

/** Replaces the checkpoint at `path`: data first, then the name, then the directory. */
export async function saveCheckpoint(files: Files, path: string, checkpoint: Checkpoint): Promise<void> {
  const body = JSON.stringify(checkpoint);
  const text = `{"sha256":"${hashOf(body)}","checkpoint":${body}}\n`;
  const next = `${path}.new`;
  await files.remove(next);
  try {
    const file = await files.create(next);
    try {
      await writeAll(file, Buffer.from(text), 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(next, path);
  } catch (error) {
    await files.remove(next).catch(() => {});
    throw error;
  }
  await files.syncDirectory(dirname(path));
}

/** The checkpoint at `path`; undefined when there is none, `damaged` when it is not one that we wrote whole. */
export async function loadCheckpoint(files: Files, path: string): Promise<Checkpoint | 'damaged' | undefined> {
  const seen = await files.look(path);
  if (seen === undefined) return undefined;
  if (seen.kind !== 'file') return 'damaged';
  const text = await files.readText(path);
  const match = /^\{"sha256":"([0-9a-f]{64})","checkpoint":(.*)\}\n$/s.exec(text);
  if (match === null || hashOf(match[2] as string) !== match[1]) return 'damaged';
  const checkpoint = JSON.parse(match[2] as string) as Checkpoint;
  return checkpoint.format === 'auditlog-state-1' ? checkpoint : 'damaged';
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
