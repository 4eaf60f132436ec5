import type { Entry } from '../../event.js';
import type { ReadCounters } from '../stats.js';
import { type IdentitySet, openIdentitySet } from './identity.js';
import type { StreamEntry } from './store.js';

/** Whether an entry of a stream is wanted. */
export type KeepEntry = (stream: number, entry: Entry) => boolean;

/** What the windows of one reading have of one another: an entry is in the output once for each text that its id has. */
export interface Neighbours {
  /** Whether a row belongs to the output: `keep` wants it, and no earlier row has its id and its text. Adds up what the verdict says of such rows. */
  isNew(row: StreamEntry, keep: KeepEntry): boolean;
}

/** Entries that are compared with later ones in any case: 24 MB at most. */
const REMEMBERED = 250_000;

export function openNeighbours(tally: ReadCounters, remembered: number = REMEMBERED): Neighbours {
  const seen: IdentitySet = openIdentitySet(remembered);
  let twice = 0;
  let noted = -1;

  const note = (): void => {
    twice += 1;
    const text = `${twice} ${twice === 1 ? 'entry' : 'entries'} came for two separate ranges of days; each is in the output once`;
    if (noted < 0) noted = tally.notes.push(text) - 1;
    else tally.notes[noted] = text;
  };

  return {
    isNew({ stream, entry, isVariant }, keep) {
      // The window has counted its variants by itself: of those, only what is in the output beside another counts.
      const counted = isVariant === true ? 1 : 0;
      const isKept = keep(stream, entry);
      const likeness = isKept && entry.id !== undefined ? seen.add(stream, entry) : 'new';
      tally.mutated += (likeness === 'variant' ? 1 : 0) - counted;
      if (likeness === 'same') note();
      return isKept && likeness !== 'same';
    },
  };
}
