import type { Ending } from '../../days/ending.js';
import type { Delivery } from '../../destinations/destination.js';
import type { Through } from '../../engine/count/through.js';
import type { Reading } from '../../engine/source.js';
import type { Range } from '../../time.js';
import type { CollectorFolder } from '../paths.js';

/** What collecting one organization needs: the real API (live.ts), or a model of it in tests. */
export interface OrgWorld {
  readonly org: string;
  readonly folder: CollectorFolder;
  readonly delivery: Delivery;
  /** The first instant wanted, epoch ms; undefined: everything. */
  readonly from: number | undefined;
  /** Undefined: the vendor's counts do not cover the past. */
  readonly through: Through | undefined;
  /** Opens a reading, oldest first. `range`: whole days, except for `from` itself. `counted`: whether it is compared with the server's counts. */
  readonly read: (range: Range, options: { readonly counted: boolean }) => Reading;
  /** Opens a reading of the newest `limit` entries, newest first; undefined: our own filters leave fewer than the server counts. */
  readonly readNewest: ((range: Range, limit: number) => Reading) | undefined;
  /** How a reading went so far, for the files that are made of it. */
  readonly ending: (reading: Reading, part: EndingPart) => Ending;
  /** The server's clock as well as we know it, epoch ms. */
  readonly serverNow: () => number;
  readonly random: () => number;
  /** Prints a message at once. */
  readonly say: (text: string) => void;
  /** Entries to deliver before they are made durable and remembered; the others are delivered again after an interruption. */
  readonly flushRows: number;
  /** Bytes to gather for files before whole days are delivered. */
  readonly chunk: number;
}

/** `history`: the number of entries up to the end of a day, all of which were read, so that `verify --online` can count them again. */
export interface EndingPart extends Pick<Ending, 'from' | 'before' | 'segments' | 'oldest' | 'confirmed'> {
  readonly history?: { readonly to: string; readonly count: number; readonly at: number };
}
