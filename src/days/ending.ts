import { isSegment, isVerdict } from '../engine/shape.js';
import type { Segment, Verdict } from '../engine/source.js';
import { type Is, isNumber, isText, listOf, mapOf, nullable, objectOf } from '../json/is.js';
import type { RunRecord } from '../manifest/shape/run.js';
import { isRunRecord } from '../manifest/shape/run.js';

/** How the reading of gathered entries went. */
export interface Ending {
  /** What the directory is for, part by part; and what this run was for, its range included. */
  readonly folder: Readonly<Record<string, string>>;
  readonly identity: Readonly<Record<string, string>>;
  readonly run: RunRecord;
  readonly verdict: Verdict;
  readonly segments: readonly Segment[];
  /** The range asked for: half-open, epoch ms; null: open. */
  readonly from: number | null;
  readonly before: number | null;
  /** The parts of the range that were asked for, ascending; absent: all of it. Days outside them stay as they are. */
  readonly parts?: readonly AskedPart[];
  /** The oldest day that the server still has an entry of, if known: retention removed what is gone up to that day. */
  readonly oldest?: string;
  /** Days that were not read, but counted unchanged: a second observation of them. */
  readonly confirmed?: readonly Confirmed[];
  /** The server's clock at the end, epoch ms. */
  readonly serverNow: number;
}

/** Half-open, epoch ms; null: open. */
export interface AskedPart {
  readonly from: number | null;
  readonly before: number | null;
}

/** Days on the wire, inclusive, that the server counts as when they were read; null: open. `at`: the server's clock then, epoch ms. */
export interface Confirmed {
  readonly from: string | null;
  readonly to: string;
  readonly at: number;
}

const isAskedRange: Is<AskedPart> = objectOf({ from: nullable(isNumber), before: nullable(isNumber) });

export const isEnding: Is<Ending> = objectOf(
  {
    folder: mapOf(isText),
    identity: mapOf(isText),
    run: isRunRecord,
    verdict: isVerdict,
    segments: listOf(isSegment),
    from: nullable(isNumber),
    before: nullable(isNumber),
    serverNow: isNumber,
  },
  {
    parts: listOf(isAskedRange),
    oldest: isText,
    confirmed: listOf(objectOf({ from: nullable(isText), to: isText, at: isNumber })),
  },
);
