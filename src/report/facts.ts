import type { AccessAnswer } from '../access/answer.js';
import type { Hours, Zone } from '../time.js';
import type { SeenBefore } from './before.js';

/** How certain it is that all events are there. */
export type Completeness = 'complete' | 'incomplete' | 'uncounted';

/** The facts of a report besides its events. Texts may be foreign: pages escape all of them. */
export interface ReportFacts {
  readonly title: string;
  /** The vendor's name, for people. */
  readonly vendor: string;
  /** The label of an action. */
  readonly labelOf: (action: string) => string;
  readonly organizations: readonly string[];
  /** Half-open, epoch ms; undefined: open. */
  readonly range: { readonly from: number | undefined; readonly before: number | undefined };
  /** When the log was read, by the server's clock, epoch ms: there an open range ends. Undefined: an export was read. */
  readonly readAt: number | undefined;
  /** How much of the range the log can answer for, in sentences; undefined: not known. */
  readonly coverage: string | undefined;
  readonly zone: Zone;
  /** The filters in words; undefined: none. */
  readonly filters: string | undefined;
  /** Business hours. */
  readonly hours: Hours;
  /** The source of the events: an address or a file. */
  readonly source: string;
  readonly madeBy: string | undefined;
  /** Epoch ms. */
  readonly madeAt: number;
  readonly version: string;
  readonly completeness: Completeness;
  /** The verdict in sentences. */
  readonly claims: readonly string[];
  readonly before: BeforeFacts;
  /** Undefined if not requested. */
  readonly access: ReportAccess | undefined;
}

/** Who has which role at an instant, or why that is unknown. */
export type ReportAccess =
  | {
      readonly answer: AccessAnswer;
      /** The end, epoch ms. */
      readonly at: number;
      /** Why the log may be incomplete, in sentences. */
      readonly doubts: readonly string[];
    }
  | { readonly why: string };

/** The period before, or the reason why there is none. */
export type BeforeFacts =
  | {
      readonly seen: SeenBefore;
      readonly range: { readonly from: number; readonly before: number };
      /** Doubts about the comparison, in sentences. */
      readonly doubts: readonly string[];
    }
  | { readonly why: string };

/** The events in the table of a report. */
export interface TableFacts {
  readonly which: 'all' | 'newest' | 'review';
  readonly rows: number;
  /** The SHA-256 of these events as NDJSON, in hex. */
  readonly sha256: string;
}
