import { type Is, isFlag, isNumber, isText, listOf, objectOf, oneOf, orAbsent } from '../json/is.js';
import type { ReadingPlan } from './plan.js';
import { type Segment, statistics, type Verdict } from './source.js';

export const isSegment: Is<Segment> = objectOf({
  from: orAbsent(isText),
  to: orAbsent(isText),
  rows: isNumber,
  kept: isNumber,
  count: orAbsent(isNumber),
  at: isNumber,
  note: orAbsent(isText),
});

export const isVerdict: Is<Verdict> = objectOf(
  {
    status: oneOf('verified', 'uncounted', 'unreconciled'),
    fetched: isNumber,
    kept: isNumber,
    counted: orAbsent(isNumber),
    at: isNumber,
    notes: listOf(isText),
    remarks: listOf(isText),
    stats: objectOf(statistics(isNumber)),
  },
  { file: isText },
);

export const isReadingPlan: Is<ReadingPlan> = objectOf({
  closedTo: isText,
  nodes: listOf(
    objectOf(
      {
        from: orAbsent(isText),
        to: orAbsent(isText),
        open: isFlag,
        counts: orAbsent(listOf(isNumber)),
        budget: isNumber,
      },
      { until: isNumber },
    ),
  ),
  from: orAbsent(isNumber),
  before: orAbsent(isNumber),
  plan: oneOf('per-action', 'unfiltered'),
});
