import type { Entry } from '../event.js';
import type { Stream } from './request.js';
import type { Batch } from './source.js';
import type { StreamEntry } from './store/store.js';

/** Batches of one org each, in the order of the entries. */
export function batchesOf(entries: readonly StreamEntry[], streams: readonly Stream[]): readonly Batch[] {
  const batches: { org: string; entries: Entry[]; more?: boolean }[] = [];
  for (const { entry, stream } of entries) {
    const { org, log } = streams[stream] as Stream;
    const own = log === undefined ? entry : { ...entry, log };
    const last = batches.at(-1);
    if (last?.org === org) {
      last.entries.push(own);
      continue;
    }
    if (last !== undefined) last.more = true;
    batches.push({ org, entries: [own] });
  }
  return batches;
}
