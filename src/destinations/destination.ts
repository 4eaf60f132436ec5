import type { Context } from '../context.js';
import type { Gathered } from '../days/gathered.js';
import type { ExpectedFiles, Holding } from '../days/holding.js';
import type { ExitCode } from '../errors.js';
import type { Entry } from '../event.js';
import type { Hearing } from '../http/outbound.js';
import type { Provider } from '../providers/provider.js';
import type { Schema } from '../schemas/schema.js';
import type { DestinationForm } from './forms.js';

/** Where a collector delivers entries: a directory, a bucket, a database, an index, a pipe. */
export interface Destination {
  /** The address in messages and in a collector's definition. Never contains a secret. */
  readonly shown: string;
  /** Whether redelivering an entry is a no-op. */
  readonly idempotent: boolean;
  /** The origin that its secret is sent to, and that a saved secret is bound to, such as `https://host:8443`; undefined without a secret of ours. */
  readonly origin?: string;
  /** Checks what delivering needs, one thing after another. Leaves nothing behind. What it finds never makes it reject. */
  check(): AsyncIterable<CheckFinding>;
  /** Prepares for delivery. Before it creates a missing table or fills an empty one it waits for `beforeMaking`: earlier deliveries are gone. Rejects with an `AuditlogError` and a fix. */
  open(beforeMaking?: () => Promise<void>): Promise<Delivery>;
}

/** One result of `destination check`. */
export interface CheckFinding {
  /** A word or two, such as `address`, `sign-in`, `table`. */
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What was found. May quote a server: neutralise it before showing. */
  readonly what: string;
  readonly fix?: string;
  /** The exit code of a `failed`; default: 5, the server. */
  readonly exit?: ExitCode;
}

/** Takes either whole days as files, or entries one after another. */
export type Delivery = FileDelivery | StreamDelivery;

/** Keeps days as files, with manifests and a chain for each org, so it knows what it holds. */
export interface FileDelivery {
  readonly kind: 'files';
  /**
   * Takes new days, more entries of open days and late entries of sealed days of one org. Resolves when all of it is durable. Repeating it gives the
   * same result. A day is sealed after two equal observations, six hours apart, the second one after its end: it was read again, or `confirmed`
   * says that it was counted again. So every reading reports what was confirmed, even without an entry. The gathered file may not change afterwards.
   */
  take(gathered: Gathered, org: string, expected?: ExpectedFiles): Promise<TakenDays>;
  /** Compares what it holds with what is remembered of it. `deep`: reads every file, whatever its size and time say. */
  look(known: Holding, deep: boolean): Promise<LookedFiles>;
  close(): Promise<void>;
}

/** The result of one `take`. Days are UTC, `YYYY-MM-DD`. */
export interface TakenDays {
  /** New entries. */
  readonly fresh: number;
  /** Entries held for the org, including those pruned because of their age. */
  readonly held: number;
  readonly late: readonly DayRows[];
  /** Entries that the server no longer returns, of days that are over and were read whole. */
  readonly gone: readonly DayRows[];
  /** Late entries that are not kept: the files of their day were removed because of their age. */
  readonly dropped: readonly DayRows[];
  readonly sealedTo: string | undefined;
  /** What it holds now. */
  readonly holding: Holding;
  /** Whether the head of the chain was the expected one before. */
  readonly asExpected: boolean;
}

/** How what is held compares with what is remembered. */
export interface LookedFiles {
  /** What the destination holds now. */
  readonly holding: Holding;
  /** Entries in all files, pruned ones included. */
  readonly rows: number;
  /** Days that are not as remembered, ascending; `undated` last. */
  readonly differing: readonly string[];
  /** Whether the chain does not hold together any more. */
  readonly isBroken: boolean;
  /** Whether everything remembered is there, and more: a run was interrupted before it remembered that. */
  readonly isAhead: boolean;
  /** What else differs, for people; it is put right by the next `take`. */
  readonly notes: readonly string[];
}

export interface DayRows {
  readonly day: string;
  readonly rows: number;
}

/** Takes entries one after another. The collector remembers which were delivered. */
export interface StreamDelivery {
  readonly kind: 'stream';
  /** Takes some entries. Resolves when it can take more: this is the backpressure. May get entries again after an interruption. */
  put(batch: DeliveryBatch): Promise<void>;
  /** Resolves when everything put so far is durable. Otherwise rejects with an `AuditlogError`, and everything since the last flush is put again. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Entries of one org, oldest first. */
export interface DeliveryBatch {
  readonly org: string;
  readonly entries: readonly DeliveredEntry[];
  /**
   * Called, before the next flush resolves, with each entry that the destination rejects; the others are delivered. `why` may quote a
   * server. Absent: a rejected entry makes the delivery reject.
   */
  readonly refuse?: RefuseEntry;
}

export type RefuseEntry = (entry: DeliveredEntry, why: string) => void;

export interface DeliveredEntry extends Entry {
  /** For an entry without an id: how many entries of the same text and UTC day come before it. Keeps equal entries apart. Absent: none. */
  readonly ordinal?: number;
}

/** What a destination may need besides its URL. */
export interface DestinationOptions {
  readonly provider: Provider;
  /** The schema of what is delivered; undefined: the destination's default. */
  readonly schema: Schema | undefined;
  /** The collector's private directory for state between runs, made on demand. Absent where nothing is delivered. */
  readonly directory?: string | undefined;
  /** Gets the requests made, and longer waits. */
  readonly hears?: Hearing | undefined;
}

/** A destination in the table. */
export interface DestinationEntry extends DestinationForm {
  readonly load: () => Promise<OpenDestination>;
}

/** Throws a usage error for an invalid URL. Sends nothing yet. */
export type OpenDestination = (ctx: Context, url: string, options: DestinationOptions) => Destination;
