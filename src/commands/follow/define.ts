import type { Define } from '../command.js';
import { addConnectionFlags } from '../flags/connection.js';
import { flag } from '../flags/flag.js';
import { intervalFlag } from '../flags/interval.js';
import { addQueryFlags } from '../flags/query.js';
import { addSchemaFlags } from '../flags/schema.js';
import { timeFlag } from '../flags/timestyle.js';
import { explain } from '../help.js';
import type { FollowFlags } from './flags.js';

/** Without an end. */
const FORMATS = ['table', 'ndjson', 'csv'] as const;

/** `auditlog tail`: events as they come, until Ctrl-C. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Shows new events as they come, each of them once, until Ctrl-C. Bursts, late entries and whatever happens while the network is gone are found and told.',
    examples: [
      ['auditlog tail', 'what happens from now on'],
      ['auditlog tail --since 1h', 'and in the last hour'],
      ['auditlog tail --action "*.deleted" --diff', 'only deletions, with what changed'],
      ['auditlog tail --format ndjson | jq -r .actor.email', 'for scripts'],
      ['auditlog tail --schema ocsf', 'in the words of OCSF, a line each'],
      ['auditlog list --follow -n 20', 'the 20 newest, and then what comes'],
    ],
    ends: 'Exit codes: 0 Ctrl-C, or the reader went away; 2 usage; 4 the key is not accepted; 5 the server cannot be reached at the start, or is not the API. A network that is lost later is waited for.',
  });
  addQueryFlags(command);
  command.optionsGroup('Output:');
  for (const option of [
    flag('-f, --format <format>', 'how to write events').choices(FORMATS),
    flag('--columns <names>', 'columns of a table or CSV: time,action,actor.email or any path of an entry'),
    flag('--diff', 'a column more: what each event changed, and from what to what'),
    timeFlag(),
    flag('--csv-raw', 'leave cells that look like formulas as they are'),
    intervalFlag(),
  ])
    command.addOption(option);
  addSchemaFlags(command);
  addConnectionFlags(command);
  command.action(perform(async (ctx, flags: FollowFlags) => (await import('./run.js')).tail(ctx, flags)));
};
