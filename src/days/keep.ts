import type { Manifest } from '../manifest/manifest.js';
import type { DayFiles, Entries } from './file.js';
import { compareEntries, type GatheredEntry } from './lines.js';
import { keysFor, readHeld } from './sides.js';

/** Epoch ms; NaN if the text is not a time. */
export type ReadTime = (text: string) => number;

/** Entries on disk in canonical order, read back by number. */
export interface Kept {
  readonly rows: number;
  readonly at: (n: number) => GatheredEntry;
  close(): void;
}

/** Copies to disk the entries of a day's files that have one of these keys. Rejects as `readHeld`. */
export async function keepEntries(
  manifests: readonly Manifest[],
  keys: ReadonlySet<string>,
  readTime: ReadTime,
  files: DayFiles,
): Promise<Kept> {
  const spool = files.openSpool();
  const org = manifests[0]?.source.orgs[0] ?? '';
  const places: (Pick<GatheredEntry, 'id' | 'time'> & { readonly start: number; readonly size: number })[] = [];
  try {
    const keyOf = keysFor(files);
    for (const manifest of manifests)
      await readHeld(manifest, files, 'as it is', ({ id, time, raw }) => {
        const { key } = keyOf({ id, raw });
        if (raw === undefined || !keys.has(key)) return;
        places.push({ id, time: readTime(time ?? ''), start: spool.append(raw), size: raw.length });
      });
  } catch (error) {
    spool.close();
    throw error;
  }
  const entryAt = ({ id, time, start, size }: (typeof places)[number]): GatheredEntry => {
    return { id, time, org, raw: spool.read(start, size) };
  };
  if (manifests.length > 1) places.sort((a, b) => compareEntries(entryAt(a), entryAt(b)));
  return {
    rows: places.length,
    at: (n) => entryAt(places[n]!),
    close: () => spool.close(),
  };
}

export function mergeKept(entries: Entries, kept: Kept): Entries {
  return async function* () {
    let next = 0;
    for await (const batch of entries()) {
      const merged: GatheredEntry[] = [];
      for (const entry of batch) {
        for (; next < kept.rows; next += 1) {
          const old = kept.at(next);
          if (compareEntries(old, entry) > 0) break;
          merged.push(old);
        }
        merged.push(entry);
      }
      yield merged;
    }
    for (; next < kept.rows; next += 1) yield [kept.at(next)];
  };
}
