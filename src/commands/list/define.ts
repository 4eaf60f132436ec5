import { FORMAT_NAMES } from '../../formats/format.js';
import type { Define } from '../command.js';
import { addConnectionFlags } from '../flags/connection.js';
import { count, flag } from '../flags/flag.js';
import { addInputFlag } from '../flags/input.js';
import { intervalFlag } from '../flags/interval.js';
import { addOutputFlags, failIfAnyFlag, reverseFlag } from '../flags/output.js';
import { addQueryFlags } from '../flags/query.js';
import { addSchemaFlags } from '../flags/schema.js';
import { timeFlag } from '../flags/timestyle.js';
import { explain } from '../help.js';
import { type ListFlags, USUAL_LIMIT } from './flags.js';

/** `auditlog list`: the newest events that match, and a footer on stderr with their number. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: `Shows the ${USUAL_LIMIT} newest events that match, as a table. Longer ones than the screen go through a pager.`,
    examples: [
      ['auditlog list', `the ${USUAL_LIMIT} newest`],
      ['auditlog list --action "*.deleted" --from yesterday', 'what was deleted since'],
      ['auditlog list --user ana@acme.example -n 200', 'what one person did'],
      ['auditlog list --page 3', `events 101 to 150, as pages of ${USUAL_LIMIT}`],
      ['auditlog list --diff --action "*.role_changed"', 'who got which role'],
      ['auditlog list --kind delete --from 1d --fail-if-any', 'for cron: exit 9 if anything was deleted'],
      ['auditlog list --columns time,action,metadata --format csv', 'chosen columns'],
      ['auditlog list --format json | jq ".[0]"', 'the newest, as the vendor gave it'],
    ],
    ends: 'Exit codes: 0 done (also when nothing matches), 2 usage, 3 shown but not reconciled, 4 key, 5 server, 9 events match (--fail-if-any).',
  });
  addQueryFlags(command);
  addOutputFlags(command, FORMAT_NAMES);
  addSchemaFlags(command);
  command
    .addOption(count('-n, --limit <n>', `at most so many events (default: ${USUAL_LIMIT})`))
    .addOption(count('--page <n>', 'the n-th page of that many'))
    .addOption(reverseFlag('oldest first; with -n the oldest').conflicts(['follow']))
    .addOption(
      flag('--count', 'print only the number of events that match').conflicts([
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
    .addOption(flag('--all', 'all of them').conflicts(['limit', 'page']))
    .addOption(
      flag('--follow', 'and then new events as they come, oldest first, until Ctrl-C').conflicts([
        'all',
        'page',
        'output',
      ]),
    )
    .addOption(intervalFlag().hideHelp())
    .addOption(flag('--diff', 'a column more: what each event changed, and from what to what'))
    .addOption(timeFlag())
    .addOption(flag('--ids', 'add a column with ids, cut to what show accepts'))
    .addOption(flag('--no-pager', 'never through a pager'));
  addInputFlag(command, { csvRaw: false });
  addConnectionFlags(command);
  command.action(perform(async (ctx, flags: ListFlags) => (await import('./run.js')).listEvents(ctx, flags)));
};
