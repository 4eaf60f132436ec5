import type { Define } from '../command.js';
import { addConnectionFlags } from '../flags/connection.js';
import { addInputFlag } from '../flags/input.js';
import { addPseudonymFlags } from '../flags/pseudonyms.js';
import { explain } from '../help.js';
import { type AccessFlags, addAccessFlags } from './flags.js';

/** `auditlog access`: the members and their roles, replayed from the events. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Show who has which role, since when, and who gave it, according to the events. Reads the whole log. Two events that contradict each other are listed as a break: an event is missing, access was changed in another way, or the log began later.',
    examples: [
      ['auditlog access', 'the members and their roles now'],
      ['auditlog access --at 2026-09-30', 'at the end of that day'],
      ['auditlog access --role admin --during last-month', 'who was an admin, since when, by whom'],
      ['auditlog access --changes --from 90d', 'who got or lost what'],
      ['auditlog access --person ana@acme.example', 'the history of one person'],
      ['auditlog access --breaks --strict', 'test the log: exit 3 if it contradicts itself'],
      ['auditlog access --input ./archive -o access.csv', 'from an archive, for a spreadsheet'],
    ],
    ends: 'Exit codes: 0 done, 2 usage, 3 not confirmed with the server, events that cannot be used, or with --strict breaks, 4 key, 5 server.',
    common: [
      ...['--at', '--during', '--from', '--to', '--tz', '--changes', '--person', '--role', '--breaks', '--strict'],
      ...['--format', '--output', '--input', '--provider', '--demo'],
    ],
    topics: ['times', 'exit-codes'],
  });
  addAccessFlags(command);
  addPseudonymFlags(command);
  addInputFlag(command, { csvRaw: true });
  addConnectionFlags(command);
  command.action(perform(async (ctx, flags: AccessFlags) => (await import('./run.js')).showAccess(ctx, flags)));
};
