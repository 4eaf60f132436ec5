import type { Entry } from '../../event.js';
import type { Provider } from '../../providers/provider.js';
import { joinId, type RowFields, rowFields } from '../../providers/rows.js';
import { timeReader } from '../../providers/times.js';
import { firstObject, firstText, type ScannedEntry } from './scan/scan.js';

/** Makes entries of scanned ones, whichever text they were sliced from. */
export interface EntryReader {
  /** The fields to scan for; slots of other paths may follow. */
  readonly paths: readonly string[];
  readonly entryOf: (scanned: ScannedEntry) => Entry;
}

export function entryReader(provider: Provider): EntryReader {
  const { paths, idOf, timeOf } = rowReader(rowFields(provider));
  const readTime = timeReader(provider.timeFormat, provider.timeZone);
  return {
    paths,
    entryOf: (scanned) => {
      const { raw, odd } = scanned;
      const id = idOf(scanned);
      const time = readTime(timeOf(scanned) ?? '');
      return odd === undefined ? { raw, id, time } : { raw, id, time, odd };
    },
  };
}

/** What reads the id and the text of the time of entries that were scanned for `paths`. */
export function rowReader({ id: ids, time: times, joined }: RowFields): {
  readonly paths: readonly string[];
  readonly idOf: (scanned: ScannedEntry) => string | undefined;
  readonly timeOf: (scanned: ScannedEntry) => string | undefined;
} {
  const [from, to] = [ids.length, ids.length + times.length];
  return {
    paths: [...ids, ...times],
    idOf:
      joined === true
        ? (scanned) => joinId(ids.map((_, slot) => firstText(scanned, slot, slot + 1)))
        : (scanned) => firstText(scanned, 0, from),
    // Some vendors have objects of seconds and nanoseconds.
    timeOf: (scanned) => firstText(scanned, from, to) ?? firstObject(scanned, from, to),
  };
}
