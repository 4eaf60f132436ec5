import { FORMAT_NAMES } from '../../formats/format.js';
import type { Define } from '../command.js';
import { addConnectionFlags } from '../flags/connection.js';
import { count, flag } from '../flags/flag.js';
import { addInputFlag } from '../flags/input.js';
import { intervalFlag } from '../flags/interval.js';
import { addOutputFlags, failIfAnyFlag, reverseFlag } from '../flags/output.js';
import { addPseudonymFlags } from '../flags/pseudonyms.js';
import { addQueryFlags } from '../flags/query.js';
import { addSchemaFlags } from '../flags/schema.js';
import { timeFlag } from '../flags/timestyle.js';
import { explain } from '../help.js';
import { type ListFlags, USUAL_LIMIT } from './flags.js';

/** `auditlog list`: the newest events that match, and a footer on stderr with their number. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: `Show the ${USUAL_LIMIT} newest matching events as a table, through a pager if it is longer than the screen.`,
    examples: [
      ['auditlog list', `the ${USUAL_LIMIT} newest events`],
      ['auditlog list --action "*.deleted" --from yesterday', 'deletions since yesterday'],
      ['auditlog list --user ana@acme.example -n 200', "one person's last 200"],
      ['auditlog list --page 3', 'events 101 to 150'],
      ['auditlog list --diff --action "*.role_changed"', 'who got which role'],
      ['auditlog list --kind delete --from 1d --fail-if-any', 'for cron: exit 9 if anything was deleted'],
      ['auditlog list --columns time,action,metadata --format csv', 'chosen columns'],
      ['auditlog list --format json | jq ".[0]"', 'the newest entry, as the vendor sent it'],
    ],
    ends: 'Exit codes: 0 done (also when nothing matches), 2 usage, 3 shown but not confirmed, 4 key, 5 server, 9 events match (--fail-if-any).',
    common: [
      '--action',
      '--kind',
      '--user',
      '--from',
      '--to',
      '--search',
      '--limit',
      '--follow',
      '--diff',
      '--format',
      '--output',
      '--input',
      '--provider',
      '--demo',
    ],
    topics: ['filters', 'times', 'columns', 'formats', 'exit-codes'],
  });
  addQueryFlags(command);
  addOutputFlags(command, FORMAT_NAMES);
  addSchemaFlags(command);
  command
    .addOption(count('-n, --limit <n>', `maximum number of events (default: ${USUAL_LIMIT})`))
    .addOption(count('--page <n>', 'show the n-th page of that many'))
    .addOption(reverseFlag('oldest first; with -n the oldest').conflicts(['follow']))
    .addOption(
      flag('--count', 'print only the number of matching events').conflicts([
        'limit',
        'page',
        'all',
        'follow',
        'diff',
        'columns',
        'format',
        'output',
        'reverse',
      ]),
    )
    .addOption(failIfAnyFlag().conflicts(['page', 'follow']))
    .addOption(flag('--all', 'show all matching events').conflicts(['limit', 'page']))
    .addOption(flag('--follow', 'then wait for new events, until Ctrl-C').conflicts(['all', 'page', 'output']))
    .addOption(intervalFlag().hideHelp())
    .addOption(flag('--diff', 'add a column with what each event changed: old → new'))
    .addOption(timeFlag())
    .addOption(flag('--ids', 'add a column with short ids, which show accepts'))
    .addOption(flag('--no-pager', 'do not use a pager'));
  addPseudonymFlags(command);
  addInputFlag(command, { csvRaw: false });
  addConnectionFlags(command);
  command.action(perform(async (ctx, flags: ListFlags) => (await import('./run.js')).listEvents(ctx, flags)));
};
