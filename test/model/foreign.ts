import type { LogQuery } from '../../src/demo/query.js';
import type { ModelEntry } from './entry.js';

/** An entry that was not asked for, and why it was not. */
export interface Foreign {
  readonly what: 'action' | 'day';
  readonly entry: ModelEntry;
}

/** So far outside the range that no zone's days explain it. */
const FAR = 4 * 86_400_000;

/** Entries of a log that do not belong into the answer to a question, at most one of each kind; none where everything was asked for. */
export function foreignTo(
  { filters, from, before }: LogQuery,
  all: readonly ModelEntry[],
  draw: number,
): readonly Foreign[] {
  const pick = (what: Foreign['what'], fits: (entry: ModelEntry) => boolean): readonly Foreign[] => {
    const found = all.filter(fits);
    const entry = found[draw % Math.max(1, found.length)];
    return entry === undefined ? [] : [{ what, entry }];
  };
  const { action } = filters;
  return [
    ...(action === undefined
      ? []
      : pick('action', ({ values, time }) => values.action !== action && time >= from && time < before)),
    ...pick('day', ({ values, time }) => {
      const isFar = time < from - FAR || time >= before + FAR;
      return isFar && (action === undefined || values.action === action);
    }),
  ];
}
