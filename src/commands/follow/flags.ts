import { usageError } from '../../errors.js';
import { readInterval } from '../flags/interval.js';
import { type Output, readOutput, type WritingFlags } from '../flags/output.js';
import { readSelection, type Selection } from '../flags/selection.js';

export type FollowFlags = WritingFlags & { readonly interval?: string };

/** What is followed, and how it is shown. */
export interface FollowChoice {
  readonly selection: Selection;
  readonly output: Output;
  /** In ms; undefined: derived from the rate. */
  readonly interval: number | undefined;
  /** Starts with this many of the newest events; undefined: with new ones only. */
  readonly newest: number | undefined;
}

/** Throws a usage error for flags that imply an end: a range, a file, a format with a closing bracket. */
export function readFollow(flags: FollowFlags, newest?: number): FollowChoice {
  const { in: period, to, until, around, inputFile, interval, pseudonymize } = flags;
  if (pseudonymize === true)
    throw usageError(
      '--pseudonymize cannot be combined with following',
      'auditlog list --pseudonymize --pseudonym-key-file FILE',
    );
  if (to !== undefined || until !== undefined)
    throw usageError('--to cannot be combined with following: it has no end');
  if (period !== undefined)
    throw usageError('--in cannot be combined with following: it has no end', 'Start with --from');
  if (around !== undefined)
    throw usageError('--around cannot be combined with following: it has no end', 'Start with --from');
  if (inputFile !== undefined) throw usageError('--input cannot be followed: a file does not grow');
  const output = { ...readOutput(flags, 'table'), live: true };
  if (output.format === 'json' || output.format === 'parquet' || output.format === 'xlsx')
    throw usageError(
      `following has no end, and neither would ${WHOLE[output.format]}`,
      'Write a line for each event: --format ndjson',
    );
  if (output.path !== undefined)
    throw usageError('following has no end, so a file would never be complete', 'Write to standard output: ... > FILE');
  const ms = interval === undefined ? undefined : readInterval(interval);
  return { selection: readSelection(flags), output, interval: ms, newest };
}

/** Formats that are invalid until they end. */
const WHOLE = { json: 'a JSON array', parquet: 'Parquet', xlsx: 'a workbook' } as const;
