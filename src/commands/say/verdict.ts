import type { Reading, Verdict } from '../../engine/source.js';
import { count } from './numbers.js';

/** What was done with the events; undefined if the line before has their number. */
export type ClaimVerb = 'Exported' | 'Counted';

/** The verdict of a finished reading, in words that can be quoted. */
export function claim(reading: Reading, verb?: ClaimVerb): string {
  return claimed(reading.verdict(), verb);
}

export function claimed(verdict: Verdict, verb?: ClaimVerb): string {
  const { kept, file } = verdict;
  const from = file === undefined ? '' : ` from ${file}`;
  const opening = verb === undefined ? '' : `${verb} ${events(kept)}${from}. `;
  const outcome = `${opening}${[outcomeOf(verdict), ...coverageWords(verdict.coverage)].filter((words) => words !== '').join(' ')}`;
  const read = verb === undefined ? undefined : readWords(verdict);
  return [outcome.trimEnd(), ...listed(verdict), ...(read === undefined ? [] : [read])].join('\n');
}

function outcomeOf({ status, at, notes, file }: Verdict): string {
  const checked = at > 0 ? ` (checked ${minute(at)})` : '';
  if (status === 'verified') return `Complete: the server reports the same count${checked}.`;
  if (notes.length > 0) {
    const word = file === undefined ? 'Incomplete' : 'Not certain';
    return notes.length === 1 ? `${word}: ${notes[0]?.replace(/\.$/, '')}${checked}.` : `${word}${checked}:`;
  }
  if (file !== undefined) return '';
  return 'Uncounted: every page was read, but the server reports no count to confirm that no event is missing.';
}

/** Several reasons, a line each. */
function listed({ notes }: Verdict): readonly string[] {
  return notes.length < 2 ? [] : notes.map((note) => `- ${note}`);
}

/** Explains why more events were read than written. */
function readWords({ kept, fetched, dropped, file }: Verdict): string | undefined {
  const others = fetched - kept;
  if (others <= 0) return undefined;
  const read = `${events(fetched)} ${fetched === 1 ? 'was' : 'were'} read`;
  const of = (number: number) =>
    number === fetched ? (number === 1 ? 'it' : 'all of them') : `${count(number)} of them`;
  if (dropped === undefined || dropped.range + dropped.filters !== others)
    return `${read}, ${of(others)} outside the range or not matching the filters.`;
  const { range, filters, dates } = dropped;
  const isApi = file === undefined;
  const outside = `outside the range${isApi ? DATES[dates] : ''}`;
  const unmatched = `not matching ${isApi ? 'filters that the API does not have' : 'the filters'}`;
  if (filters === 0) return `${read}, ${of(range)} ${outside}.`;
  if (range === 0) return `${read}, ${of(filters)} ${unmatched}.`;
  return `${read}, ${of(range)} ${outside}, ${of(filters)} ${unmatched}.`;
}

const DATES: Readonly<Record<NonNullable<Verdict['dropped']>['dates'], string>> = {
  days: ' because the API filters by whole days',
  instants: ' because whole days were requested',
  none: ' because the API does not filter by time',
};

/** The parts of the range that the log does not cover, one sentence each. A range without an end ends at the time of the verdict. */
export function coverageWords(coverage: Verdict['coverage']): readonly string[] {
  if (coverage === undefined) return [];
  const { oldest, reachesBack, open } = coverage;
  const begins =
    reachesBack !== false
      ? []
      : [
          oldest === null
            ? 'The log holds nothing from before the range.'
            : `The log begins at ${minute(oldest)}, after the start of the range.`,
        ];
  return [...begins, ...openWords(open)];
}

/** How far the log reaches, whether that limits the range or not. Undefined: not known. */
export function coverageText(coverage: Verdict['coverage']): string | undefined {
  if (coverage === undefined) return undefined;
  const { oldest, reachesBack } = coverage;
  const back =
    reachesBack === true
      ? ['The log reaches back to before the range.']
      : reachesBack === null
        ? [oldest === null ? 'How far the log reaches back is not known.' : `The log begins at ${minute(oldest)}.`]
        : [];
  return [...back, ...coverageWords(coverage)].join(' ');
}

function openWords(open: NonNullable<Verdict['coverage']>['open']): readonly string[] {
  if (open === null || open.to === null) return [];
  return [open.from >= open.to ? `${open.to} is not over yet.` : `${open.from} to ${open.to} are not over yet.`];
}

function events(number: number): string {
  return `${count(number)} ${number === 1 ? 'event' : 'events'}`;
}

/** `2026-11-28 14:00 UTC`. */
export function minute(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
