import type { Provider } from '../../src/providers/provider.js';
import type { ModelEntry } from './entry.js';
import type { FaultName, Mix, Profile } from './faults.js';
import type { Zone } from './zone.js';

/** A model server, described. Everything has a harmless default. */
export interface ModelOptions {
  /** What the log holds at first, in any order. */
  readonly entries: readonly ModelEntry[];
  /** The model's clock: a start in epoch ms that `advance`, `setNow` and `tick` move, or somebody else's clock. */
  readonly now: number | (() => number);
  readonly seed?: number;
  readonly provider?: Provider;
  readonly key?: string;
  readonly org?: string;

  /** Which faults happen by themselves: a profile, or how often each. */
  readonly faults?: Profile | Mix;
  /** Faults that spoil every answer, in this order, besides those that happen by themselves: a server that always lies in the same way. */
  readonly lies?: readonly FaultName[];
  /** Faults of the profile that are left out. */
  readonly without?: readonly FaultName[];
  /** Faults that happen for certain, to the n-th request, counted from 1. They win over `faults`. */
  readonly script?: readonly { readonly atRequest: number; readonly fault: FaultName }[];

  /** Where a day begins. Default 0, UTC. */
  readonly zone?: Zone;
  /** What `to` means: that day too, the days before it, or its first instant. */
  readonly to?: 'inclusive' | 'exclusive' | 'midnight';
  /** The largest page that is given, whatever was asked and whatever the header says. */
  readonly clamp?: number;
  /** The order of the pages and of their rows. Default newest first. */
  readonly order?: 'newest-first' | 'oldest-first';
  /**
   * A filter that leaks, the same way each time: of the rows that were asked for one is hidden, and one of another action, or of days far
   * away, stands in its place. The count is as if nothing had happened.
   */
  readonly leaks?: 'action' | 'day';
  /** `unstable`: entries of the same instant stand in another order in every answer. */
  readonly ties?: 'stable' | 'unstable';
  /** Milliseconds that the Date header is ahead of the model's clock. */
  readonly skew?: number;
  /** Ids that are counted and never shown. */
  readonly hidden?: readonly string[];
  /** After so many requests the key is accepted no more, so that a reading without an end has one. */
  readonly patience?: number;
  /** Requests a minute; more are answered with 429 and Retry-After. */
  readonly perMinute?: number;

  /** Milliseconds of virtual time that pass before each request. Default 0, or 120 when `live` is set. */
  readonly tick?: number;
  /** Changes that happen by themselves as virtual time passes, per minute. */
  readonly live?: {
    readonly head?: number;
    /** Entries that turn up with a time anywhere in the log's past. */
    readonly late?: number;
    readonly deletes?: number;
    /** Entries older than this many ms are purged. */
    readonly keep?: number;
  };
  /** Changes that happen just before the n-th request is answered, counted from 1. */
  readonly schedule?: readonly Scheduled[];
}

export interface Scheduled {
  readonly before: number;
  readonly insert?: readonly ModelEntry[];
  readonly remove?: readonly string[];
  readonly advance?: number;
}
