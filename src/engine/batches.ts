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

/** One page of entries, from 1. Asks for no more than it gives. */
export async function* pageOf(batches: AsyncIterable<Batch>, limit: number, page = 1): AsyncGenerator<Batch, void> {
  let skip = (Math.max(1, page) - 1) * limit;
  let left = limit;
  for await (const { entries: all, org } of batches) {
    const entries = all.slice(skip, skip + left);
    skip = Math.max(0, skip - all.length);
    left -= entries.length;
    if (entries.length > 0) yield { entries, org };
    if (left === 0) return;
  }
}
