import type { Settled } from '../../../days/settle.js';
import type { Verdict } from '../../../engine/source.js';
import { EXIT, type ExitCode } from '../../../errors.js';
import type { Notes } from '../../say/notes.js';
import { count } from '../../say/numbers.js';
import { claimed } from '../../say/verdict.js';

/** A finished export of days. */
export interface ExportedDays {
  readonly verdict: Verdict;
  readonly settled: Settled;
}

/** Prints the outcome, and returns the exit code. */
export function reportDays(notes: Notes, shown: string, { verdict, settled }: ExportedDays): ExitCode {
  const { days, sealedTo, late, recorded, purged, lost, undated, head } = settled;
  const say = (counts: Settled['late'], what: (rows: string, them: string) => string) => {
    for (const { day, rows } of counts)
      notes.insist(`${day}: ${what(`${count(rows)} ${rows === 1 ? 'event' : 'events'}`, rows === 1 ? 'it' : 'them')}`);
  };
  const sealed = sealedTo === undefined ? 'no day is sealed yet' : `sealed up to ${sealedTo}`;
  notes.say(`${shown}: ${days.first} to ${days.last}, ${sealed}`);
  say(late, (rows) => `${rows} arrived late, written to a separate file`);
  say(recorded, (rows, them) => `the server no longer returns ${rows} of this sealed day; the file keeps ${them}`);
  say(
    lost,
    (rows, them) =>
      `the server no longer returns ${rows} of this day, which is not sealed; ${them === 'it' ? 'it was' : 'they were'} dropped`,
  );
  const old = purged.reduce((sum, { rows }) => sum + rows, 0);
  if (old > 0)
    notes.say(`the server no longer returns ${count(old)} events up to ${purged.at(-1)?.day}; the files keep them`);
  if (undated > 0) notes.insist(`${count(undated)} events have no valid time: they are in "undated"`);
  // Absent if an older version gathered the entries.
  for (const fact of verdict.remarks ?? []) notes.say(fact);
  const clean = verdict.status !== 'unreconciled';
  (clean ? notes.say : notes.insist)(claimed(verdict, 'Exported'));
  if (head !== undefined)
    notes.say(`Chain head: ${head.hash} (number ${head.seq}). Keep it elsewhere, for auditlog verify --expect.`);
  return clean && recorded.length === 0 ? EXIT.ok : EXIT.unreconciled;
}
