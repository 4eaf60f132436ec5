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

/** `auditlog tail`: shows events as they arrive, until Ctrl-C. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Show new events as they arrive, each once, until Ctrl-C. Finds late entries, and catches up after a lost network.',
    examples: [
      ['auditlog tail', 'new events'],
      ['auditlog tail --since 1h', 'and those of the last hour'],
      ['auditlog tail --action "*.deleted" --diff', 'deletions, with what changed'],
      ['auditlog tail --format ndjson | jq -r .actor.email', 'for scripts'],
      ['auditlog tail --schema ocsf', 'as OCSF, a line each'],
      ['auditlog list --follow -n 20', 'the 20 newest, then new ones'],
    ],
    ends: 'Exit codes: 0 Ctrl-C, or the reader of the pipe ended; 2 usage; 4 key; 5 the server cannot be reached at the start, or is not the API. Waits for a network that is lost later.',
    common: [
      '--action',
      '--kind',
      '--user',
      '--since',
      '--search',
      '--diff',
      '--format',
      '--columns',
      '--interval',
      '--provider',
      '--demo',
    ],
    topics: ['filters', 'times', 'columns', 'exit-codes'],
  });
  addQueryFlags(command);
  command.optionsGroup('Output:');
  for (const option of [
    flag('-f, --format <format>', 'output format').choices(FORMATS),
    flag('--columns <names>', 'columns, such as time,action,actor.email, or paths of an entry'),
    flag('--diff', 'add a column with what each event changed: old → new'),
    timeFlag(),
    flag('--csv-raw', 'do not guard CSV cells that look like formulas'),
    intervalFlag(),
  ])
    command.addOption(option);
  addSchemaFlags(command);
  addConnectionFlags(command);
  command.action(perform(async (ctx, flags: FollowFlags) => (await import('./run.js')).tail(ctx, flags)));
};
