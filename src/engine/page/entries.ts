import type { Entry } from '../../event.js';
import type { Provider } from '../../providers/provider.js';
import { timeReader } from '../../providers/times.js';
import { pathList } from '../../providers/value.js';
import { firstText, type ScannedEntry } from './scan/scan.js';

/** Makes entries of scanned ones, whichever text they were sliced from. */
export interface EntryReader {
  /** The fields to scan for; slots of other paths may follow. */
  readonly paths: readonly string[];
  readonly entryOf: (scanned: ScannedEntry) => Entry;
}

export function entryReader(provider: Provider): EntryReader {
  const ids = pathList(provider.fields.id);
  const times = pathList(provider.fields.time);
  const readTime = timeReader(provider.timeFormat);
  return {
    paths: [...ids, ...times],
    entryOf: (scanned) => {
      const { raw, odd } = scanned;
      const id = firstText(scanned, 0, ids.length);
      const time = readTime(firstText(scanned, ids.length, ids.length + times.length) ?? '');
      return odd === undefined ? { raw, id, time } : { raw, id, time, odd };
    },
  };
}
