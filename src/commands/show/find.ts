import type { Context } from '../../context.js';
import type { Reading, ReadingOptions } from '../../engine/source.js';
import { type AuditlogError, usageError } from '../../errors.js';
import type { Entry } from '../../event.js';
import type { Query } from '../../query.js';
import type { Job } from '../job/job.js';
import { type LastList, type ListedRow, loadLastList, logKey, textHash } from '../list/last.js';
import { count } from '../say/numbers.js';

/** Which event to find. */
export type Wanted =
  | { readonly by: 'latest' }
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'row'; readonly row: number };

/** The log to search. */
export interface Searched {
  readonly job: Job;
  /** The path of `--input`. */
  readonly input: string | undefined;
  /** The flags that select the log. */
  readonly flags: string;
}

/** The result of a search. */
export interface FoundEvent {
  readonly entry: Entry | undefined;
  /** The last reading, for its verdict. */
  readonly reading: Reading;
  /** The place where it was found, for people. */
  readonly note?: string | undefined;
}

/** Minimum length of a short id, in characters. */
export const LEAST_PREFIX = 6;
/** Maximum number of events to list for an ambiguous id. */
const MOST_LISTED = 10;
/** Maximum number of entries of one instant to read. */
const MOST_OF_INSTANT = 1000;

type Selected = Partial<Pick<Query, 'ids' | 'idPrefix' | 'from' | 'before'>>;

/** Thrown if several ids begin with the given text. */
export interface Ambiguity {
  readonly error: (shown: readonly string[]) => AuditlogError;
  readonly entries: readonly Entry[];
}

export async function findEvent(ctx: Context, wanted: Wanted, searched: Searched): Promise<FoundEvent | Ambiguity> {
  if (wanted.by === 'latest') return first(searched.job, {});
  const last = await lastListOf(ctx, wanted, searched);
  if (wanted.by === 'row') return findRow(wanted.row, last!, searched.job);
  const { id } = wanted;
  const known = last === undefined ? undefined : rowOfId(last, id);
  if (known?.id !== undefined) {
    const { job } = searched;
    const found = await findId(known.id, known, job);
    const note = known.id === id ? undefined : `${id} is ${known.id} of the last list`;
    if (found.entry !== undefined || known.id !== id || isReadOnce(job)) return { ...found, note: note ?? found.note };
  }
  return findPrefix(id, searched.job);
}

/** The last list; undefined if the search is for an id and there is no list of this log. */
async function lastListOf(
  ctx: Context,
  wanted: Wanted,
  { job, input, flags }: Searched,
): Promise<LastList | undefined> {
  const last = await loadLastList(ctx);
  const isSame = last !== undefined && String(last.log) === String(logKey(ctx, job, input));
  if (wanted.by !== 'row') return isSame ? last : undefined;
  const nth = `--nth ${wanted.row}`;
  if (last === undefined) throw usageError(`${nth}: no list was made yet`, `auditlog list${flags}`);
  if (!isSame)
    throw usageError(`${nth}: the last list was of another log: ${last.command}`, `auditlog show ${nth}${last.flags}`);
  return last;
}

async function findRow(nth: number, { rows, command, flags }: LastList, job: Job): Promise<FoundEvent> {
  const row = rows[nth - 1];
  if (row === undefined)
    throw usageError(
      `--nth ${nth}: the last list has ${rows.length === 0 ? 'no rows' : rows.length === 1 ? '1 row' : `${count(rows.length)} rows`} to choose from`,
      `auditlog list${flags} -n ${nth}`,
    );
  const note = `row ${nth} of: ${command}`;
  const found = row.id === undefined ? await findText(row, job) : await findId(row.id, row, job);
  if (found.entry !== undefined || found.reading.verdict().status === 'unreconciled') return { ...found, note };
  throw usageError(`--nth ${nth}: the log no longer has this event (${command})`, command);
}

/** The row with this whole id, or with this id as the list shortened it. */
function rowOfId({ rows, shortId }: LastList, id: string): ListedRow | undefined {
  const exact = rows.find((row) => row.id === id);
  if (exact !== undefined || shortId === undefined || id.length < shortId) return exact;
  const alike = rows.filter((row) => row.id?.startsWith(id));
  return new Set(alike.map((row) => row.id)).size === 1 ? alike[0] : undefined;
}

/** The event with a known id: looks where the list saw it first, then everywhere. */
async function findId(id: string, { time }: ListedRow, job: Job): Promise<FoundEvent> {
  if (time !== undefined && !hasTimes(job) && !isReadOnce(job)) {
    const found = await first(job, { ids: [id], ...instant(time) });
    if (found.entry !== undefined) return found;
  }
  return first(job, { ids: [id] });
}

/** The event with this text, for vendors without ids. */
async function findText({ time, sha256 }: ListedRow, job: Job): Promise<FoundEvent> {
  const { entries, reading } = await read(job, { limit: MOST_OF_INSTANT }, time === undefined ? {} : instant(time));
  return { entry: entries.find(({ raw }) => textHash(raw) === sha256), reading };
}

/** The event with this id, or the only one whose id begins with it. */
async function findPrefix(id: string, job: Job): Promise<FoundEvent | Ambiguity> {
  if ([...id].length < LEAST_PREFIX) return first(job, { ids: [id] });
  const newest = isReadOnce(job) ? undefined : await first(job, { idPrefix: id });
  if (newest !== undefined && (newest.entry === undefined || newest.entry.id === id)) return newest;
  const options = isReadOnce(job) ? {} : { limit: MOST_LISTED + 1 };
  const { entries, reading } = await read(job, options, { idPrefix: id });
  const exact = entries.find((one) => one.id === id);
  if (exact !== undefined) return { entry: exact, reading };
  if (new Set(entries.map((one) => one.id)).size < 2) return { entry: entries[0], reading };
  if (entries.length > MOST_LISTED && !isReadOnce(job)) {
    const whole = await first(job, { ids: [id] });
    if (whole.entry !== undefined) return whole;
  }
  const many = entries.length > MOST_LISTED ? `more than ${MOST_LISTED}` : String(entries.length);
  return {
    entries: entries.slice(0, MOST_LISTED),
    error: (shown) =>
      usageError(
        `id ${id} is ambiguous: ${many} events have ids that begin so`,
        ['Give more of the id:', ...shown].join('\n'),
      ),
  };
}

/** Requests nothing, because an earlier export cannot change and is not read a second time. */
function isReadOnce({ input }: Job): boolean {
  return input !== undefined;
}

function hasTimes({ query: { from, before } }: Job): boolean {
  return from !== undefined || before !== undefined;
}

function instant(time: number): Required<Pick<Query, 'from' | 'before'>> {
  return { from: Math.floor(time), before: Math.floor(time) + 1 };
}

async function first(job: Job, selected: Selected): Promise<FoundEvent> {
  const { entries, reading } = await read(job, { limit: 1 }, selected);
  return { entry: entries[0], reading };
}

async function read(
  job: Job,
  options: Pick<ReadingOptions, 'limit'>,
  selected: Selected,
): Promise<{ readonly entries: readonly Entry[]; readonly reading: Reading }> {
  const reading = await job.read({ ties: 'server', ...options }, selected);
  const found: Entry[] = [];
  for await (const { entries } of reading.batches) found.push(...entries);
  return { entries: found, reading };
}
