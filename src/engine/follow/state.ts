import type { Resettle } from '../source.js';
import type { ReadingWorld } from '../world.js';
import type { Lost } from './lost.js';

/** Where following begins, and how closely. */
export interface FollowOptions {
  /** How many of the newest entries to give out first; absent: those since `query.from`, or none without it. */
  readonly newest?: number;
  /** ms from one look to the next. */
  readonly interval: number;
  /** ms: how late an entry may turn up and still be given out. Default 15 minutes. */
  readonly overlap?: number;
  /** For times relative to now: gives the range by the server's clock. */
  readonly resettle?: Resettle;
  readonly onState: (state: FollowState) => void;
}

/** What people should know while nothing comes, or before what comes. */
export type FollowState =
  /** The first look is over: from now on entries are new. */
  | { readonly state: 'following' }
  | ({ readonly state: 'lost' } & Lost)
  /** Looking takes longer than it should. */
  | { readonly state: 'slow'; readonly why: string }
  /** A look may have missed entries. */
  | { readonly state: 'doubt'; readonly why: string }
  /** Looks succeed again. */
  | { readonly state: 'back'; readonly after: number }
  /** `count` entries turned up that are older than what is looked through: they are not given out. */
  | { readonly state: 'late'; readonly count: number; readonly before: number }
  /** What the judge says of the new entries of a look. */
  | ({ readonly state: 'judged' } & Record<'notes' | 'remarks', readonly string[]>);

/** What following needs of the world: tests give a model of it. */
export interface FollowWorld extends Pick<ReadingWorld, 'fetch' | 'now' | 'skew' | 'openStore'> {
  /** Rejects when the run is stopped. */
  readonly sleep: (ms: number) => Promise<void>;
  /** From some fixed point, ms, never going back. */
  readonly monotonic: () => number;
}
