import { join } from 'node:path';
import type { Files } from '../../files/files.js';
import { type Is, isFlag, isNumber, isText, listOf, nullable, objectOf } from '../../json/is.js';
import { loadCollectorFile, saveCollectorFile } from './file.js';
import { IdFiles } from './ids.js';
import { type HistorySpan, isSpan } from './spans.js';

/** How far a collector got with one organization. Everything that it counts is durable at the destination. */
export interface OrgCheckpoint {
  readonly org: string;
  /** Grows by one with each save. */
  readonly generation: number;
  readonly spans: readonly HistorySpan[];
  /** Whether the server has shown that a range includes its last day. */
  readonly includesDay: boolean;
  /** For files: the last day that will not be written again. */
  readonly sealedTo: string | null;
  /** The server's clock when a cycle last ended, epoch ms; null: none has. */
  readonly readAt: number | null;
  /** The days that were open when last read in full, and the server's latest count of them; null: unknown. */
  readonly open: OpenDays | null;
  /** Cycles that ended. */
  readonly cycles: number;
  /** All delivered entries, and those of them that appeared after their day was over. */
  readonly delivered: number;
  readonly late: number;
  /** The time of the newest delivered entry, epoch ms. */
  readonly newest: number | null;
  /** The oldest day that the server had an entry of; `purgedBefore` is the same once retention has moved it. */
  readonly oldest: string | null;
  readonly purgedBefore: string | null;
  /** Delivered entries that the server no longer has, though it has older ones. */
  readonly gone: readonly GoneDay[];
}

export interface OpenDays {
  /** The server's first day of them; null: the beginning. */
  readonly from: string | null;
  readonly count: number;
  /** The server's clock when they were read in full, epoch ms. */
  readonly readAt: number;
}

export interface GoneDay {
  readonly day: string;
  readonly rows: number;
  /** Epoch ms. */
  readonly found: number;
}

export const isGoneDay: Is<GoneDay> = objectOf({ day: isText, rows: isNumber, found: isNumber });

const isOrgCheckpoint: Is<OrgCheckpoint> = objectOf({
  org: isText,
  generation: isNumber,
  spans: listOf(isSpan),
  includesDay: isFlag,
  sealedTo: nullable(isText),
  readAt: nullable(isNumber),
  open: nullable(objectOf({ from: nullable(isText), count: isNumber, readAt: isNumber })),
  cycles: isNumber,
  delivered: isNumber,
  late: isNumber,
  newest: nullable(isNumber),
  oldest: nullable(isText),
  purgedBefore: nullable(isText),
  gone: listOf(isGoneDay),
});

export function newOrgCheckpoint(org: string): OrgCheckpoint {
  return {
    org,
    generation: 0,
    spans: [],
    includesDay: false,
    sealedTo: null,
    readAt: null,
    open: null,
    cycles: 0,
    delivered: 0,
    late: 0,
    newest: null,
    oldest: null,
    purgedBefore: null,
    gone: [],
  };
}

/** Forgets how far a collector got and what it delivered, so that everything is delivered again. Returns whether there was anything to forget. */
export async function forgetOrgCheckpoint(files: Files, folder: string): Promise<boolean> {
  const { checkpoint } = await loadOrgCheckpoint(files, folder);
  const delivered = await new IdFiles(files, folder).removeAll();
  if (checkpoint === undefined || (checkpoint.delivered === 0 && !delivered)) return delivered;
  await saveOrgCheckpoint(files, folder, {
    ...newOrgCheckpoint(checkpoint.org),
    generation: checkpoint.generation + 1,
  });
  return true;
}

/** Overwrites the older of two files, so that the newer one survives any interruption. */
export async function saveOrgCheckpoint(files: Files, folder: string, checkpoint: OrgCheckpoint): Promise<void> {
  await saveCollectorFile(files, pathOf(folder, checkpoint.generation % 2), checkpoint);
}

/** The newer of the two valid checkpoints. `damaged`: the number of invalid files. */
export async function loadOrgCheckpoint(
  files: Files,
  folder: string,
): Promise<{ readonly checkpoint: OrgCheckpoint | undefined; readonly damaged: number }> {
  const both = await Promise.all(
    [0, 1].map((which) => loadCollectorFile(files, pathOf(folder, which), isOrgCheckpoint)),
  );
  const whole = both.filter((one) => one !== undefined && one !== 'damaged');
  const [checkpoint] = whole.sort((a, b) => b.generation - a.generation);
  return { checkpoint, damaged: both.filter((one) => one === 'damaged').length };
}

function pathOf(folder: string, which: number): string {
  return join(folder, `checkpoint.${which}.json`);
}
