import type { Context } from '../context.js';
import type { ExitCode } from '../errors.js';
import type { Entry } from '../event.js';
import type { Gathered } from '../evidence/gathered.js';
import type { Hearing } from '../http/outbound.js';
import type { Provider } from '../providers/provider.js';
import type { Schema } from '../schemas/schema.js';
import type { DestinationForm } from './forms.js';

/** Where a collector puts entries: a directory, a bucket, a database, an index, a pipe. */
export interface Destination {
  /** As people see it and as a collector's definition keeps it: never with a secret in it. */
  readonly shown: string;
  /** Whether an entry that is delivered again leaves one, because it is known by its id there. */
  readonly idempotent: boolean;
  /** Where its secret is sent, which is what a saved one is bound to, such as `https://host:8443`; undefined where none of ours is used. */
  readonly origin?: string;
  /** Looks at what delivering needs, one thing after the other, and changes nothing that stays. Never rejects for what it finds. */
  check(): AsyncIterable<CheckFinding>;
  /**
   * Makes ready to deliver, such as a table that is not there yet: `beforeMaking` is waited for first, as whatever was delivered before is not there any more.
   * Rejects with an `AuditlogError` that says what to do.
   */
  open(beforeMaking?: () => Promise<void>): Promise<Delivery>;
}

/** One thing that `destination check` has looked at. */
export interface CheckFinding {
  /** A word or two, such as `address`, `sign-in`, `table`. */
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What was seen. May quote a server: neutralise before showing. */
  readonly what: string;
  readonly fix?: string;
  /** The exit code that a `failed` calls for; default: 5, the server. */
  readonly exit?: ExitCode;
}

/** Either keeps whole days as files, or takes entries one after another. */
export type Delivery = FileDelivery | StreamDelivery;

/** Keeps days as files with manifests and a chain for each org, and so knows itself what it holds. */
export interface FileDelivery {
  readonly kind: 'files';
  /**
   * Takes what was read of one org: new days, more of open ones, late entries of sealed ones. Resolves when all of it is durable;
   * done again after an interruption, it comes to the same. A day is sealed when it was observed to be the same twice, six hours apart, the
   * last time when nothing more of it was due: it was read again, or the reading's `confirmed` says that it was counted again. So each
   * reading should tell what was confirmed, even if it holds no entry. The file of what was gathered must not be written to afterwards.
   */
  take(gathered: Gathered, org: string): Promise<TakenDays>;
  close(): Promise<void>;
}

/** What became of the days of one `take`. Days are UTC, `YYYY-MM-DD`. */
export interface TakenDays {
  /** Entries that were not there before. */
  readonly fresh: number;
  /** Entries of the org that are there, with those that were removed because of their age. */
  readonly held: number;
  readonly late: readonly DayRows[];
  /** No longer on the server, though a sealed day holds them. */
  readonly gone: readonly DayRows[];
  readonly sealedTo: string | undefined;
}

export interface DayRows {
  readonly day: string;
  readonly rows: number;
}

/** Takes entries as they come: the collector remembers by itself which ones were delivered. */
export interface StreamDelivery {
  readonly kind: 'stream';
  /** Takes some entries. Resolves when it can take more, which is its backpressure. May be given entries again after an interruption. */
  put(batch: DeliveryBatch): Promise<void>;
  /** Resolves when everything that was put is durable there. Rejects with an `AuditlogError` otherwise: then all of it since the last flush is given again. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Entries of one org, oldest first. */
export interface DeliveryBatch {
  readonly org: string;
  readonly entries: readonly DeliveredEntry[];
}

export interface DeliveredEntry extends Entry {
  /** Of an entry without an id: how many entries of the same text and UTC day there are before it, so that equal ones are kept apart; absent: none. */
  readonly ordinal?: number;
}

/** Everything that a destination may need to know besides its URL. */
export interface DestinationOptions {
  readonly provider: Provider;
  /** The shape in which entries are handed over; undefined: the destination's own. */
  readonly schema: Schema | undefined;
  /** A private directory of the collector's own, made when it is needed, for what a destination has to remember from run to run. Left out where nothing is delivered. */
  readonly directory?: string | undefined;
  /** Who hears of the requests that are made, and of longer waits. */
  readonly hears?: Hearing | undefined;
}

/** A line of the table of destinations. */
export interface DestinationEntry extends DestinationForm {
  readonly load: () => Promise<OpenDestination>;
}

/** Throws a usage error for a URL that cannot be; asks nobody yet. */
export type OpenDestination = (ctx: Context, url: string, options: DestinationOptions) => Destination;
