import type { AuditEvent, Entry } from '../../event.js';
import { toEvent } from '../../providers/event/normalize.js';
import type { Provider } from '../../providers/provider.js';
import { parseTimestamp } from '../../time.js';
import { type Column, openRow } from '../../view.js';
import type { ParquetColumn } from './columns.js';

/** Text, UTF-8, microseconds since 1970, or null. */
export type ParquetValue = string | Uint8Array | bigint | null;

const SURROGATES = /\p{Cs}/gu;

/** Reads rows of these columns. Missing and empty values are null; `extra` has the rest of the entry, as JSON. */
export function openParquetRows(provider: Provider, columns: readonly ParquetColumn[]) {
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
    // An invalid time stays in `extra`, whatever its text.
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
      // Bytes do not keep alive the text that they were sliced from, and cost less garbage collection.
      return kind === 'json' ? Buffer.from(text) : known[index]!(text);
    });
  };
  return {
    /** The values of an entry, by column. `org` is used if the entry does not name one, as in CSV. */
    read: (entry: Entry, org: string | undefined) => read(toEvent(provider, entry), org),
    /** Halves of surrogate pairs that became U+FFFD, as UTF-8 has none. `extra` and `raw` have their escapes. */
    replacedSurrogates: () => replaced,
    /** Paths of `--columns` that were empty in every entry so far. */
    emptyPaths: () => columns.flatMap(({ column }, at) => (isPath(column) && !filled.has(at) ? [column.name] : [])),
  };
}

const KNOWN = 1000;

/** Returns one string for equal texts, up to `KNOWN` different ones: a row group has thousands of rows, and most columns few values. */
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

/** Never rounds up to the next second, which may be another day. */
function micros(time: number): bigint | null {
  if (Number.isNaN(time)) return null;
  const second = Math.floor(time / SECOND);
  return BigInt(second) * 1_000_000n + BigInt(Math.min(999_999, Math.round((time - second * SECOND) * 1000)));
}

const MICROSECONDS = /^[^.]{17}(?!60)\d\d(?:\.\d{1,6})?Z$/;

/** The text of a time that microseconds can represent; '' for any other, which stays in `extra`. */
function carriedTime(text: string): string {
  return MICROSECONDS.test(text) && !Number.isNaN(parseTimestamp(text)) ? text : '';
}
