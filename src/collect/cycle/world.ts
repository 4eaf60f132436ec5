import type { Ending } from '../../days/gathered.js';
import type { Delivery } from '../../destinations/destination.js';
import type { Through } from '../../engine/count/through.js';
import type { Reading } from '../../engine/source.js';
import type { Range } from '../../time.js';
import type { CollectorFolder } from '../paths.js';

/** What collecting one organization needs of the world: tests give a model of it. */
export interface OrgWorld {
  readonly org: string;
  readonly folder: CollectorFolder;
  readonly delivery: Delivery;
  /** First instant wanted, epoch ms; undefined: everything. */
  readonly from: number | undefined;
  /** Undefined: this vendor's counts tell nothing of the past. */
  readonly through: Through | undefined;
  /** Opens a reading, oldest first, of these instants: half-open, whole days but for `from` itself. `counted`: whether it is compared with the server's counts. */
  readonly read: (range: Range, options: { readonly counted: boolean }) => Reading;
  /** Opens a reading of so many of the newest entries, newest first; undefined: our own filters leave fewer than the server counts. */
  readonly readNewest: ((range: Range, limit: number) => Reading) | undefined;
  /** What a reading, so far as it is, is told as, where files are made of it. */
  readonly ending: (reading: Reading, part: EndingPart) => Ending;
  /** The server's clock as well as we know it, epoch ms. */
  readonly serverNow: () => number;
  readonly random: () => number;
  /** What people should know at once. */
  readonly say: (text: string) => void;
  /** Entries that are delivered before they are made durable and remembered; what is not is delivered again after an interruption. */
  readonly flushRows: number;
  /** Bytes that are gathered for files before whole days are handed over. */
  readonly chunk: number;
}

/** `history`: how many entries there are up to the end of a day, all of which were read; so that it can be counted again one day. */
export interface EndingPart extends Pick<Ending, 'from' | 'before' | 'segments' | 'oldest' | 'confirmed'> {
  readonly history?: { readonly to: string; readonly count: number; readonly at: number };
}
