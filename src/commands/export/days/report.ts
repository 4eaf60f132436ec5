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

/** Notes the outcome, and gives the exit code. */
export function reportDays(notes: Notes, shown: string, { verdict, settled }: ExportedDays): ExitCode {
  const { days, sealedTo, late, recorded, purged, lost, undated, head } = settled;
  const say = (what: string, counts: Settled['late']) => {
    for (const { day, rows } of counts)
      notes.insist(`${day}: ${count(rows)} ${rows === 1 ? 'entry' : 'entries'} ${what}`);
  };
  notes.say(
    `${shown}: ${days.first} to ${days.last}, ${sealedTo === undefined ? 'nothing sealed yet' : `sealed up to ${sealedTo}`}`,
  );
  say('came late, and went to a file of their own', late);
  say('of the sealed day are no longer on the server; the file keeps them', recorded);
  say('of the day, which was not sealed yet, are no longer on the server, nor in the file', lost);
  const old = purged.reduce((sum, { rows }) => sum + rows, 0);
  if (old > 0)
    notes.say(`up to ${purged.at(-1)?.day} the server no longer has ${count(old)} entries; the files keep them`);
  if (undated > 0) notes.insist(`${count(undated)} entries have no time that can be: they are in undated`);
  if (head !== undefined) notes.say(`head of the chain, to be kept elsewhere: ${head.hash} (number ${head.seq})`);
  // What an older version gathered has none.
  for (const fact of verdict.remarks ?? []) notes.say(fact);
  const clean = verdict.status !== 'unreconciled';
  (clean ? notes.say : notes.insist)(claimed(verdict));
  return clean && recorded.length === 0 ? EXIT.ok : EXIT.unreconciled;
}
