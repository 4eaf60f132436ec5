import type { Entry } from '../event.js';
import type { FieldPath, Provider } from '../providers/provider.js';
import { timeReader } from '../providers/timeformat.js';
import type { ScannedRow } from './scan.js';

/** Makes entries of scanned rows, whichever text they were sliced out of. */
export interface EntryReader {
  /** What the rows are to be scanned for; slots of other paths may follow. */
  readonly paths: readonly string[];
  readonly entryOf: (row: ScannedRow) => Entry;
}

export function entryReader(provider: Provider): EntryReader {
  const ids = asList(provider.fields.id);
  const times = asList(provider.fields.time);
  const readTime = timeReader(provider.timeFormat);
  return {
    paths: [...ids, ...times],
    entryOf: (row) => ({
      raw: row.raw,
      id: firstText(row, 0, ids.length),
      time: readTime(firstText(row, ids.length, ids.length + times.length) ?? ''),
    }),
  };
}

export function asList(path: FieldPath | undefined): readonly string[] {
  if (path === undefined) return [];
  return typeof path === 'string' ? [path] : path;
}

/** The text of the first slot that has a string or a number: a string's value, a number's own token. */
export function firstText(row: ScannedRow, from: number, to: number): string | undefined {
  for (let slot = from; slot < to; slot += 1) {
    const token = row.tokens[slot];
    if (token === undefined) continue;
    const first = token[0] as number;
    if (first === 0x22)
      return token.includes(0x5c)
        ? (JSON.parse(token.toString()) as string)
        : token.toString('utf8', 1, token.length - 1);
    if (first === 0x2d || (first >= 0x30 && first <= 0x39)) return token.toString('latin1');
  }
  return undefined;
}
