import { createHash } from 'node:crypto';
import { toEvent } from '../../providers/event/normalize.js';
import type { Provider } from '../../providers/provider.js';
import { parseTimestamp } from '../../time.js';
import { allColumns, openRow } from '../../view.js';
import type { DeliveredEntry } from '../destination.js';

/** How the rows of a table are written. */
export interface RowShape {
  /** The columns of the table: only these are written. */
  readonly columns: ReadonlySet<string>;
  /** Whether `time` has milliseconds; otherwise it has whole seconds. */
  readonly fine: boolean;
  /** The table keeps the highest version of a redelivered entry. */
  readonly version: number;
}

/** An entry as a line of JSONEachRow, with its line end. Empty columns are left out: that is the table's default. */
export type ReadLine = (org: string, entry: DeliveredEntry) => string;

/** The month of an entry's time: the table's partition. */
export function partitionOf(time: number): number {
  const date = new Date(clamped(time));
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

export function openLines(provider: Provider, { columns, fine, version }: RowShape): ReadLine {
  const exact = fine ? MILLISECONDS : SECONDS;
  const told = allColumns(provider);
  let isTimed = false;
  const readRow = openRow(told, (text, { field }) => {
    // What the column cannot hold exactly stays in `extra`.
    if (field === 'time') return isTimed && exact.test(text) && isHeld(parseTimestamp(text)) ? text : '';
    return field === 'metadata' ? text : wellFormed(text);
  });
  const names = told.map(({ name, field }) => {
    const column = name.replaceAll('.', '_');
    return columns.has(column) && !OURS.has(field ?? '') ? `,"${column}":` : undefined;
  });
  const ending = `${columns.has('provider') ? `,"provider":${JSON.stringify(provider.name)}` : ''},"version":"${version}"}\n`;
  return (org, entry) => {
    const { raw, id = '', time } = entry;
    isTimed = !Number.isNaN(time);
    const cells = readRow(toEvent(provider, entry));
    let line = `{"org":${JSON.stringify(wellFormed(org))},"time":"${timeText(time, fine)}","id":${JSON.stringify(wellFormed(id))},"digest":"${digestOf(entry, fine)}"`;
    for (const [at, name] of names.entries()) {
      const cell = cells[at];
      if (name !== undefined && cell) line += name + JSON.stringify(cell);
    }
    return `${line},"raw":${JSON.stringify(raw.toString('utf8'))}${ending}`;
  };
}

/** Written before the other columns. */
const OURS: ReadonlySet<string> = new Set(['id', 'time']);

const MILLISECONDS = /^[^.]{17}(?!60)\d\d(?:\.\d{1,3})?Z$/;
const SECONDS = /^[^.]{17}(?!60)\d\d(?:\.0+)?Z$/;
const LAST = Date.UTC(2105, 11, 31, 23, 59, 59, 999);

/** Whether every server can hold the time: `DateTime` ends in 2106. */
function isHeld(time: number): boolean {
  return time >= 0 && time <= LAST;
}

function clamped(time: number): number {
  return isHeld(time) ? time : 0;
}

function timeText(time: number, fine: boolean): string {
  return new Date(Math.floor(clamped(time)))
    .toISOString()
    .slice(0, fine ? 23 : 19)
    .replace('T', ' ');
}

/**
 * Distinguishes entries of one org, id and time: their ordinal number. Where the column does not hold the time exactly, the first 64 bits
 * of a SHA-256 of time and number; without an id or a valid time, of the text and its ordinal. As decimal digits.
 */
function digestOf({ raw, id = '', time, ordinal = 0, sibling = 0 }: DeliveredEntry, fine: boolean): string {
  const hash = createHash('sha256');
  if (id === '' || Number.isNaN(time)) {
    hash.update(raw);
    if (ordinal > 0) hash.update(`\n${ordinal}`);
  } else {
    if (isHeld(time) && time % (fine ? 1 : 1000) === 0) return String(sibling);
    hash.update(JSON.stringify([time, sibling]));
  }
  return hash.digest().readBigUInt64BE().toString();
}

const SURROGATE = /\p{Cs}/u;
const SURROGATES = /\p{Cs}/gu;

/** Replaces lone surrogates, which have no UTF-8, by U+FFFD. `extra` and `raw` keep their escapes. */
function wellFormed(text: string): string {
  return SURROGATE.test(text) ? text.replace(SURROGATES, '\ufffd') : text;
}
