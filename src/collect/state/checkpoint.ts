import { join } from 'node:path';
import { isHolding } from '../../days/holding.js';
import type { Files } from '../../files/files.js';
import { isFlag, isNumber, isText, listOf, mapOf, nullable, objectOf, type TypeOf } from '../../json/is.js';
import type { HandoverResult } from '../deliver/handover.js';
import { loadCollectorFile, saveCollectorFile } from './file.js';
import { allLasting, isGoneDay } from './gone.js';
import { IdFiles } from './ids.js';
import { isSpan } from './spans.js';

const isOpenDays = objectOf({
  /** The server's first day of them; null: the beginning. */
  from: nullable(isText),
  count: isNumber,
  /** The server's clock when they were read in full, epoch ms. */
  readAt: isNumber,
});
export type OpenDays = TypeOf<typeof isOpenDays>;

const isOrgCheckpoint = objectOf(
  {
    org: isText,
    /** Grows by one with each save. */
    generation: isNumber,
    spans: listOf(isSpan),
    /** Whether the server has shown that a range includes its last day. */
    includesDay: isFlag,
    /** For files: the last day that will not be written again. */
    sealedTo: nullable(isText),
    /** The server's clock when a cycle last ended, epoch ms; null: none has. */
    readAt: nullable(isNumber),
    /** The days that were open when last read in full, and the server's latest count of them; null: unknown. */
    open: nullable(isOpenDays),
    /** Cycles that ended. */
    cycles: isNumber,
    /** All delivered entries, and those of them that appeared after their day was over. */
    delivered: isNumber,
    late: isNumber,
    /** The time of the newest delivered entry, epoch ms. */
    newest: nullable(isNumber),
    /** The oldest day that the server had an entry of; `purgedBefore` is the same once retention has moved it. */
    oldest: nullable(isText),
    purgedBefore: nullable(isText),
    /** Delivered entries that the server no longer has, though it has older ones. */
    gone: listOf(isGoneDay),
  },
  {
    /** For files: what the destination holds now. The confirmed spans are valid as long as it matches. */
    holding: isHolding,
    /** Days whose files were found changed, and the entries that they had, until everything is read again. */
    owed: mapOf(isNumber),
  },
);
/** How far a collector got with one organization. Everything that it counts is durable at the destination. */
export type OrgCheckpoint = TypeOf<typeof isOrgCheckpoint>;

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
    gone: allLasting(checkpoint.gone),
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

/** The entries delivered in total, after what a reading has delivered so far. */
export function sums(
  { delivered, late }: OrgCheckpoint,
  { fresh, held, late: more }: HandoverResult,
): Pick<OrgCheckpoint, 'delivered' | 'late'> {
  return { delivered: Math.max(delivered + fresh, held), late: late + more.reduce((sum, { rows }) => sum + rows, 0) };
}

export function newestOf({ newest }: OrgCheckpoint, time: number | undefined): number | null {
  return time === undefined ? newest : Math.max(newest ?? time, time);
}
