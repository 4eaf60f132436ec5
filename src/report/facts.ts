import type { AccessAnswer } from '../access/answer.js';
import type { Hours, Zone } from '../time.js';
import type { SeenBefore } from './before.js';

/** How sure it is that the events are all there are. */
export type Completeness = 'complete' | 'incomplete' | 'uncounted';

/** What is known of a report beside its events. Texts may be foreign: pages escape all of them. */
export interface ReportFacts {
  readonly title: string;
  /** The vendor's name, for people. */
  readonly vendor: string;
  /** The words for an action. */
  readonly labelOf: (action: string) => string;
  readonly organizations: readonly string[];
  /** Half-open, epoch ms; undefined: open. */
  readonly range: { readonly from: number | undefined; readonly before: number | undefined };
  readonly zone: Zone;
  /** The filters in words; undefined: none. */
  readonly filters: string | undefined;
  /** Business hours. */
  readonly hours: Hours;
  /** Where the events were read: an address, or a file. */
  readonly source: string;
  readonly madeBy: string | undefined;
  /** Epoch ms. */
  readonly madeAt: number;
  readonly version: string;
  readonly completeness: Completeness;
  /** The verdict in sentences. */
  readonly claims: readonly string[];
  readonly before: BeforeFacts;
  /** Undefined: not asked for. */
  readonly access: ReportAccess | undefined;
}

/** Who has which role at an instant, or why that cannot be told. */
export type ReportAccess =
  | {
      readonly answer: AccessAnswer;
      /** The end, epoch ms. */
      readonly at: number;
      /** Why the log may be incomplete, in sentences. */
      readonly doubts: readonly string[];
    }
  | { readonly why: string };

/** The period before, or why there is none. */
export type BeforeFacts =
  | {
      readonly seen: SeenBefore;
      readonly range: { readonly from: number; readonly before: number };
      /** What makes the comparison unsure, in sentences. */
      readonly doubts: readonly string[];
    }
  | { readonly why: string };

/** Which events the table of a report holds. */
export interface TableFacts {
  readonly which: 'all' | 'newest' | 'review';
  readonly rows: number;
  /** The SHA-256 of these events as NDJSON, in hex. */
  readonly sha256: string;
}
