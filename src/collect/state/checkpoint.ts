import { join } from 'node:path';
import type { Files } from '../../files/files.js';
import { type Is, isFlag, isNumber, isText, listOf, nullable, objectOf } from '../../json/is.js';
import { loadCollectorFile, saveCollectorFile } from './file.js';
import { IdFiles } from './ids.js';
import { type HistorySpan, isSpan } from './spans.js';

/** How far a collector is with one organization. Everything that it tells of is durable at the destination. */
export interface OrgCheckpoint {
  readonly org: string;
  /** One more with each that is written. */
  readonly generation: number;
  readonly spans: readonly HistorySpan[];
  /** Whether the server has shown that a range holds its last day. */
  readonly includesDay: boolean;
  /** The last day that the destination will not write again; for files. */
  readonly sealedTo: string | null;
  /** The server's clock when a cycle last came to its end, epoch ms; null: none has. */
  readonly readAt: number | null;
  /** The days that were still open when they were last read in full, from which day of the server on, and how many entries it has counted there since; null: not known. */
  readonly open: OpenDays | null;
  /** Cycles that came to their end. */
  readonly cycles: number;
  /** Entries that were delivered in all, and those of them that came after their day was over. */
  readonly delivered: number;
  readonly late: number;
  /** The newest entry that was delivered, epoch ms. */
  readonly newest: number | null;
  /** The oldest day that the server still had an entry of; once it moves, this is how long it keeps them. */
  readonly oldest: string | null;
  readonly purgedBefore: string | null;
  /** Entries that were delivered and are no longer on the server, though younger ones and older ones are. */
  readonly gone: readonly GoneDay[];
}

export interface OpenDays {
  /** Null: the beginning. */
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

/** Forgets how far a collector was and what it delivered, so that everything is read and brought again; tells whether there was anything to forget. */
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

/** Writes over the older one of two files, so that the newer one stays whatever happens. */
export async function saveOrgCheckpoint(files: Files, folder: string, checkpoint: OrgCheckpoint): Promise<void> {
  await saveCollectorFile(files, pathOf(folder, checkpoint.generation % 2), checkpoint);
}

/** The newer of the two that is whole. `damaged`: how many are there and are not. */
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
