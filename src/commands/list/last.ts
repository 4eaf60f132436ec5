import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { stateDir } from '../../collect/paths.js';
import type { Context } from '../../context.js';
import type { Entry } from '../../event.js';
import { realFiles } from '../../files/files.js';
import { makeFolders } from '../../files/folders.js';
import { loadState, type StateShape, saveState } from '../../files/state.js';
import { isNumber, isText, listOf, objectOf, orAbsent, type TypeOf } from '../../json/is.js';
import type { Job } from '../job/job.js';

/** An event of a list, with what is needed to find it again, and no part of its text. */
const isListedRow = objectOf({
  id: orAbsent(isText),
  /** Epoch ms; null if the time is not valid. */
  time: orAbsent(isNumber),
  /** The hash of the text, for an entry without an id. */
  sha256: orAbsent(isText),
});
export type ListedRow = TypeOf<typeof isListedRow>;

/** The last list, for `show --nth` and short ids. */
const isLastList = objectOf({
  /** The key of its log, see `logKey`. */
  log: listOf(isText),
  /** The flags that select that log, and the whole command, to paste into a shell. */
  flags: isText,
  command: isText,
  /** The length of its short ids, in characters. */
  shortId: orAbsent(isNumber),
  rows: listOf(isListedRow),
});
export type LastList = TypeOf<typeof isLastList>;

/** The log of a list, from its command's flags. */
export interface ListedLog {
  /** The path of `--input`. */
  readonly input: string | undefined;
  readonly flags: string;
  readonly command: string;
}

/** The command to use if a vendor's events have no ids. `flags`: those that select the log. */
export function noIdsHint(flags: string): string {
  return `auditlog list${flags}, then auditlog show --nth 3${flags} for its third row`;
}

/** Later rows are not kept. */
export const MOST_ROWS = 1000;

const FILE: StateShape<LastList> = {
  format: 'auditlog-last-list-1',
  key: 'list',
  largest: 4_000_000,
  is: isLastList,
};

/** Equal for lists of the same log: vendor, address or file, organizations, profile. */
export function logKey(
  { cwd }: Pick<Context, 'cwd'>,
  { connection }: Pick<Job, 'connection'>,
  input?: string,
): string[] {
  const { provider, orgs, base, direct, profile } = connection;
  const file = input === undefined || input === '-' || /^s3:/i.test(input) ? input : resolve(cwd, input);
  return [provider.name, orgs.join(','), file ?? (direct === true ? 'demo' : base.href), profile ?? ''];
}

export function listedRow({ id, time, raw }: Entry): ListedRow {
  return {
    id,
    time: Number.isNaN(time) ? undefined : time,
    sha256: id === undefined ? textHash(raw) : undefined,
  };
}

export function textHash(raw: Buffer): string {
  return createHash('sha256').update(raw).digest('hex');
}

/** Replaces the private file of the last list. Never fails, because the list itself does not depend on it. */
export async function saveLastList(ctx: Context, list: LastList): Promise<void> {
  try {
    const folder = stateDir(ctx);
    await makeFolders(folder);
    await saveState(realFiles, join(folder, NAME), FILE, list);
  } catch {
    // The folder may be read-only.
  }
}

/** Undefined if there is none, or it cannot be read. */
export async function loadLastList(ctx: Context): Promise<LastList | undefined> {
  const found = await loadState(realFiles, join(stateDir(ctx), NAME), FILE).catch(() => undefined);
  return found === 'damaged' ? undefined : found;
}

const NAME = 'last-list.json';
