import { join } from 'node:path';
import type { Files } from '../../files/files.js';
import { isNumber, isText, listOf, objectOf, type TypeOf } from '../../json/is.js';
import { loadCollectorFile, saveCollectorFile } from './file.js';
import { type GoneDay, goneByDay } from './gone.js';

/** Apart from the checkpoint, so that somebody can acknowledge while a run holds the collector's lock. */
const FILE = 'acknowledged.json';

const isAcknowledged = objectOf({
  days: listOf(objectOf({ day: isText, rows: isNumber })),
});
/** How many gone entries of each day somebody has looked at. */
export type Acknowledged = TypeOf<typeof isAcknowledged>['days'];

/** Nothing is acknowledged if the file is damaged: the alarm comes back. */
export async function loadAcknowledged(files: Files, folder: string): Promise<Acknowledged> {
  const found = await loadCollectorFile(files, join(folder, FILE), isAcknowledged);
  return found === undefined || found === 'damaged' ? [] : found.days;
}

/** Acknowledges all of these. Rejects with a local error if the file system does. */
export async function acknowledge(files: Files, folder: string, gone: readonly GoneDay[]): Promise<void> {
  await saveCollectorFile(files, join(folder, FILE), { days: goneByDay(gone).map(({ day, rows }) => ({ day, rows })) });
}

/** Gone entries that nobody has acknowledged yet. */
export function unacknowledged(gone: readonly GoneDay[], known: Acknowledged): number {
  const seen = new Map(known.map(({ day, rows }) => [day, rows]));
  return goneByDay(gone).reduce((sum, { day, rows }) => sum + Math.max(0, rows - (seen.get(day) ?? 0)), 0);
}
