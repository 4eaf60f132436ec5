import type { Reading, Verdict } from '../../engine/source.js';
import { count } from './numbers.js';

/** The verdict of a finished reading in words. */
export function claim(reading: Reading): string {
  return claimed(reading.verdict());
}

export function claimed(verdict: Verdict): string {
  const { status, kept, fetched, counted, at, notes, file, coverage } = verdict;
  const events = `${count(kept)} ${kept === 1 ? 'event' : 'events'}`;
  if (file !== undefined) {
    const from = kept === fetched ? `${events} from ${file}` : `${events} from ${file}, chosen from ${count(fetched)}`;
    return [notes.length === 0 ? from : `not certain: ${from}`, ...notes.map((note) => `- ${note}`)].join('\n');
  }
  const time = iso(at);
  const covered = coverage === undefined ? '' : coverageWords(coverage);
  if (status === 'uncounted') return `${events}; this vendor tells no count to compare with${covered}`;
  if (status === 'verified') {
    const equal = `equal to the server's count at ${time}${covered}`;
    return kept === fetched ? `${events}, ${equal}` : `${events}, chosen from ${count(fetched)}, ${equal}`;
  }
  const whole = kept === fetched ? events : `${events}, chosen from ${count(fetched)}`;
  const told = counted === undefined ? '' : `, while the server counts ${count(counted)}`;
  return [
    `not reconciled with the server: ${whole}${told}, at ${time}${covered}`,
    ...notes.map((note) => `- ${note}`),
  ].join('\n');
}

/** What of its range the log cannot answer for, to follow a claim; empty if it can. A range without an end was read up to the time of the claim. */
export function coverageWords({ oldest, reachesBack, open }: NonNullable<Verdict['coverage']>): string {
  const begins =
    reachesBack !== false
      ? []
      : [
          oldest === null
            ? 'the log has nothing from before the range'
            : `the log begins at ${iso(oldest)}, after the range does`,
        ];
  return [...begins, ...openWords(open)].map((words) => `; ${words}`).join('');
}

function openWords(open: NonNullable<Verdict['coverage']>['open']): readonly string[] {
  if (open === null || open.to === null) return [];
  return [open.from >= open.to ? `${open.to} is not over yet` : `${open.from} to ${open.to} are not over yet`];
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
