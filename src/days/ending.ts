import { isSegment, isVerdict } from '../engine/source.js';
import { isNumber, isText, listOf, mapOf, nullable, objectOf, type TypeOf } from '../json/is.js';
import { isRunRecord } from '../manifest/shape/run.js';

/** Half-open, epoch ms; null: open. */
const isAskedPart = objectOf({ from: nullable(isNumber), before: nullable(isNumber) });
export type AskedPart = TypeOf<typeof isAskedPart>;

/** Days on the wire, inclusive, that the server counts as when they were read; null: open. `at`: the server's clock then, epoch ms. */
const isConfirmed = objectOf({ from: nullable(isText), to: isText, at: isNumber });
export type Confirmed = TypeOf<typeof isConfirmed>;

export const isEnding = objectOf(
  {
    /** What the directory is for, part by part; and what this run was for, with its range. */
    folder: mapOf(isText),
    identity: mapOf(isText),
    run: isRunRecord,
    verdict: isVerdict,
    segments: listOf(isSegment),
    /** The range asked for: half-open, epoch ms; null: open. */
    from: nullable(isNumber),
    before: nullable(isNumber),
    /** The server's clock at the end, epoch ms. */
    serverNow: isNumber,
  },
  {
    /** The parts of the range that were asked for, ascending; absent: all of it. Days outside them stay as they are. */
    parts: listOf(isAskedPart),
    /** The oldest day that the server still has an entry of, if known: retention removed what is gone up to that day. */
    oldest: isText,
    /** Days that were not read, but counted unchanged: a second observation of them. */
    confirmed: listOf(isConfirmed),
  },
);
/** How the reading of gathered entries went. */
export type Ending = TypeOf<typeof isEnding>;
