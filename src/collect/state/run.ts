import { join } from 'node:path';
import { eitherOf, type Is, isNumber, isText, listOf, nullable, objectOf } from '../../json/is.js';
import { type CollectedOrg, isCollectedOrg } from '../cycle/result.js';
import type { CollectorFolder } from '../paths.js';
import { loadCollectorFile, saveCollectorFile } from './file.js';

/** How the last run of a collector went. */
export interface LastRun {
  /** Epoch ms, our clock. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly exitCode: number;
  /** Why it stopped before its end. May quote a server: neutralise before showing. */
  readonly message: string | null;
  /** When the last run that reconciled everything began: entries up to then are at the destination. Null: none has. */
  readonly succeededAt: number | null;
  /** Ms from the start of one cycle to the start of the next; null: a single cycle. */
  readonly interval: number | null;
  readonly requests: number;
  readonly retries: number;
  readonly orgs: readonly RunOrg[];
}

/** The result of one organization, or why it failed. */
export type RunOrg = CollectedOrg | { readonly org: string; readonly error: string; readonly exitCode: number };

const FILE = 'lastrun.json';

const isLastRun: Is<LastRun> = objectOf({
  startedAt: isNumber,
  endedAt: isNumber,
  exitCode: isNumber,
  message: nullable(isText),
  succeededAt: nullable(isNumber),
  interval: nullable(isNumber),
  requests: isNumber,
  retries: isNumber,
  orgs: listOf(eitherOf(isCollectedOrg, objectOf({ org: isText, error: isText, exitCode: isNumber }))),
});

export async function saveLastRun({ files, path }: CollectorFolder, run: LastRun): Promise<void> {
  await saveCollectorFile(files, join(path, FILE), run);
}

/** Undefined: there was none, or its file is damaged. */
export async function loadLastRun({ files, path }: CollectorFolder): Promise<LastRun | undefined> {
  const found = await loadCollectorFile(files, join(path, FILE), isLastRun);
  return found === 'damaged' ? undefined : found;
}
