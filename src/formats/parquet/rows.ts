import type { AuditEvent, Entry } from '../../event.js';
import { toEvent } from '../../providers/event/normalize.js';
import type { Provider } from '../../providers/provider.js';
import { parseTimestamp } from '../../time.js';
import { type Column, openRow } from '../../view.js';
import type { ParquetColumn } from './columns.js';

/** A value of a row: text, UTF-8, microseconds since 1970, or nothing. */
export type ParquetValue = string | Uint8Array | bigint | null;

export interface ParquetRows {
  /** The values of an entry, one for each column. `org` fills what entries do not tell, as in CSV. */
  read(entry: Entry, org: string | undefined): ParquetValue[];
  /** How many halves of surrogate pairs became U+FFFD: UTF-8 has no place for them. `extra` and `raw` have their escapes. */
  replacedSurrogates(): number;
  /** The paths of `--columns` that no entry had anything at so far. */
  emptyPaths(): readonly string[];
}

const SURROGATES = /\p{Cs}/gu;

/** Reads rows of these columns. What is missing, null or empty is null; the rest of the vendor's entry is in `extra`, as JSON. */
export function openParquetRows(provider: Provider, columns: readonly ParquetColumn[]): ParquetRows {
  let replaced = 0;
  let isTimed = false;
  const filled = new Set<number>();
  const told = columns.flatMap(({ column }) => (column === undefined ? [] : [column]));
  const readRow = openRow(told, (text, column) => {
    if (column.field === 'time') return isTimed ? carriedTime(text) : '';
    if (column.field === 'metadata' || !SURROGATE.test(text)) return text;
    return text.replace(SURROGATES, () => {
      replaced += 1;
      return '\ufffd';
    });
  });
  const known = columns.map(openKnown);
  const read = (event: AuditEvent, org: string | undefined): ParquetValue[] => {
    // A time that cannot be the entry's is not in the column, whatever its text.
    isTimed = !Number.isNaN(event.time);
    const cells = readRow(event);
    let at = 0;
    return columns.map(({ kind, column }, index): ParquetValue => {
      if (column === undefined) return event.entry.raw;
      const cell = cells[at++] ?? '';
      if (kind === 'time') return micros(event.time);
      const text = cell === '' && column.field === 'org.id' && org !== provider.defaultOrg ? org : cell;
      if (text === undefined || text === '') return null;
      filled.add(index);
      // As bytes it keeps neither the text alive that it was cut from, nor the collector of garbage busy.
      return kind === 'json' ? Buffer.from(text) : known[index]!(text);
    });
  };
  return {
    read: (entry, org) => read(toEvent(provider, entry), org),
    replacedSurrogates: () => replaced,
    emptyPaths: () => columns.flatMap(({ column }, at) => (isPath(column) && !filled.has(at) ? [column.name] : [])),
  };
}

const KNOWN = 1000;

/** Gives for equal texts the same one, up to so many different ones: most columns have few, and a row group holds thousands of rows. */
function openKnown(): (text: string) => string {
  const found = new Map<string, string>();
  return (text) => {
    const known = found.get(text);
    if (known !== undefined) return known;
    if (found.size < KNOWN) found.set(text, text);
    return text;
  };
}

function isPath(column: Column | undefined): column is Column {
  return column !== undefined && column.field === undefined;
}

const SURROGATE = /\p{Cs}/u;
const SECOND = 1000;

/** Never rounded up to the next second, which may be another day. */
function micros(time: number): bigint | null {
  if (Number.isNaN(time)) return null;
  const second = Math.floor(time / SECOND);
  return BigInt(second) * 1_000_000n + BigInt(Math.min(999_999, Math.round((time - second * SECOND) * 1000)));
}

const MICROSECONDS = /^[^.]{17}(?!60)\d\d(?:\.\d{1,6})?Z$/;

/** The text of a time that microseconds can say; '' for any other, which then stays in `extra`. */
function carriedTime(text: string): string {
  return MICROSECONDS.test(text) && !Number.isNaN(parseTimestamp(text)) ? text : '';
}
