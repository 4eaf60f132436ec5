import type { GoneRecord, Manifest } from '../manifest/manifest.js';
import { UNDATED } from '../manifest/names.js';

/** What is sealed of one day. */
export interface SealedDay {
  /** Whether the day's own file is there, and not only late ones. */
  original: boolean;
  readonly files: Manifest[];
  late: number;
  /** The last time that entries were found gone, and how often they were. */
  gone: GoneRecord | null;
  goneTimes: number;
}

export const NOTHING_SEALED: Readonly<SealedDay> = { original: false, files: [], late: 0, gone: null, goneTimes: 0 };

/** Sealed manifests by their day, `undated` among them. */
export function sealedByDay(sealed: readonly Manifest[]): ReadonlyMap<string, SealedDay> {
  const days = new Map<string, SealedDay>();
  for (const manifest of sealed) {
    if (manifest.kind === 'pruned') continue;
    const key = manifest.day ?? UNDATED;
    const day = days.get(key) ?? { ...NOTHING_SEALED, files: [] };
    days.set(key, day);
    if (manifest.kind === 'gone') {
      day.gone = manifest.gone;
      day.goneTimes += 1;
      continue;
    }
    if (manifest.kind === 'late') day.late += 1;
    else {
      day.original = true;
      day.gone = manifest.gone;
    }
    day.files.push(manifest);
  }
  return days;
}
