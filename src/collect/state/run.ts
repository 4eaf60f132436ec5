import { join } from 'node:path';
import { eitherOf, isNumber, isText, listOf, nullable, objectOf, type TypeOf } from '../../json/is.js';
import { isCollectedOrg } from '../cycle/result.js';
import type { CollectorFolder } from '../paths.js';
import { loadCollectorFile, saveCollectorFile } from './file.js';

const FILE = 'lastrun.json';

/** The result of one organization, or why it failed. */
const isRunOrg = eitherOf(isCollectedOrg, objectOf({ org: isText, error: isText, exitCode: isNumber }));
export type RunOrg = TypeOf<typeof isRunOrg>;

const isLastRun = objectOf({
  /** Epoch ms, our clock. */
  startedAt: isNumber,
  endedAt: isNumber,
  exitCode: isNumber,
  /** Why it stopped before its end. May quote a server: neutralise before showing. */
  message: nullable(isText),
  /** When the last run that reconciled everything began: entries up to then are at the destination. Null: none has. */
  succeededAt: nullable(isNumber),
  /** Ms from the start of one cycle to the start of the next; null: a single cycle. */
  interval: nullable(isNumber),
  requests: isNumber,
  retries: isNumber,
  orgs: listOf(isRunOrg),
});
/** How the last run of a collector went. */
export type LastRun = TypeOf<typeof isLastRun>;

export async function saveLastRun({ files, path }: CollectorFolder, run: LastRun): Promise<void> {
  await saveCollectorFile(files, join(path, FILE), run);
}

/** Undefined: there was none, or its file is damaged. */
export async function loadLastRun({ files, path }: CollectorFolder): Promise<LastRun | undefined> {
  const found = await loadCollectorFile(files, join(path, FILE), isLastRun);
  return found === 'damaged' ? undefined : found;
}
