import type { CycleResult } from '../../collect/cycle/cycle.js';
import type { CollectedOrg } from '../../collect/cycle/result.js';
import type { Definition } from '../../collect/definition.js';
import type { Schema } from '../../schemas/schema.js';
import type { Notes } from '../say/notes.js';
import { count } from '../say/numbers.js';
import { schemaRemarks } from '../say/remarks.js';

/** Prints the result of a run: a line for each organization, and its warnings. */
export function tellRun(
  notes: Notes,
  { name, connection, dest }: Definition,
  { orgs, requests }: CycleResult,
  schema: Schema | undefined,
): void {
  const several = connection.orgs.length > 1;
  for (const one of orgs) {
    const who = several ? `${name}, ${one.org}` : name;
    if ('error' in one) notes.insist(`${who}: cannot be read: ${one.error}`);
    else tellOrg(notes, { who, name, dest }, one);
  }
  if (schema !== undefined) {
    const left = { name: schema.name, unmapped: schema.unmapped(), undated: schema.undated() };
    for (const remark of schemaRemarks(left)) notes.insist(`${name}: ${remark}`);
  }
  notes.say(`${name}: ${count(requests)} ${requests === 1 ? 'request' : 'requests'}`);
}

interface Told {
  /** The collector, with the organization if there are several. */
  readonly who: string;
  readonly name: string;
  readonly dest: string;
}

function tellOrg(notes: Notes, { who, name, dest }: Told, one: CollectedOrg): void {
  const { status, delivered, late, gone, gaps, sealedTo, unconfirmed, unacknowledged = 0, refused = 0 } = one;
  const lately = late === 0 ? '' : `, ${count(late)} of them late`;
  const sealed = sealedTo === null ? '' : `, sealed up to ${sealedTo}`;
  const where = dest === '-' ? '' : ` in ${dest}`;
  const fresh = `${count(delivered)} new ${delivered === 1 ? 'event' : 'events'}`;
  notes.say(
    `${who}: ${fresh}${where}${lately}${sealed}. ${status === 'verified' && unconfirmed > 0 ? PARTLY : CLAIMS[status]}`,
  );
  for (const { from, to, why } of gaps) notes.insist(`${who}: incomplete, ${days(from, to)}: ${why}`);
  for (const { day, rows } of gone)
    notes.insist(
      `${who}: ${day}: the server no longer returns ${events(rows)}; the destination keeps ${rows === 1 ? 'it' : 'them'}`,
    );
  if (refused > 0)
    notes.insist(
      `${who}: the destination rejects ${count(refused)} ${refused === 1 ? 'event' : 'events'}; they are kept for a retry\nTo retry: auditlog collect ${name} --retry-refused`,
    );
  if (unacknowledged > 0)
    notes.insist(
      `${who}: the server no longer returns ${events(unacknowledged)}, not acknowledged yet\nTo list the days: auditlog collect gaps ${name}\nTo acknowledge: auditlog collect gaps ${name} --acknowledge`,
    );
}

const CLAIMS: Readonly<Record<CollectedOrg['status'], string>> = {
  verified: 'Complete: the server reports the same counts for all days.',
  uncounted: 'Uncounted: the server reports no counts, so recent days are read again in each run.',
  unreconciled: 'Incomplete: see the days below.',
};

/** For days whose count changed during the reading, or that an interrupted run did not count. */
const PARTLY =
  'Complete, except for days that were not counted both before and after they were read: the next run counts them.';

export function events(rows: number): string {
  return `${count(rows)} ${rows === 1 ? 'event' : 'events'}`;
}

/** `2026-03-01 to 2026-03-09`; undefined: open. */
export function days(from: string | undefined, to: string | undefined): string {
  if (from === undefined) return to === undefined ? 'all days' : `until ${to}`;
  if (to === undefined) return `from ${from}`;
  return from === to ? from : `${from} to ${to}`;
}
