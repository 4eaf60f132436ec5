import type { Define } from '../command.js';
import { addConnectionFlags } from '../flags/connection.js';
import { flag } from '../flags/flag.js';
import { addInputFlag } from '../flags/input.js';
import { addQueryFlags } from '../flags/query.js';
import { explain } from '../help.js';
import { addCountingFlags, STATS_FORMATS, type StatsFlags } from './flags.js';

/** `auditlog stats`: counts events by group and period. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Count matching events: by action, by another --by, or over time with --every. For days, weeks and months alone, the counts of the server are used, with one request each.',
    examples: [
      ['auditlog stats', 'events per action'],
      ['auditlog stats --by actor --top 10 --from last-month', 'the ten most active people'],
      ['auditlog stats --every month --from 2026-01-01', 'events per month'],
      ['auditlog stats --by category --every week', 'a trend for each category'],
      ['auditlog stats --by weekday,hour --tz local', 'a heat map of the week'],
      ['auditlog stats --kind delete --by actor --every hour --over 20', 'mass deletions'],
      ['auditlog stats --by metadata.new_role', 'by any path of an entry'],
      ['auditlog stats --by actor,country --format csv > places.csv', 'for a spreadsheet'],
    ],
    ends: 'Exit codes: 0 done, 2 usage, 3 counted but not confirmed or not exact, 4 key, 5 server.',
    common: [
      '--by',
      '--every',
      '--top',
      '--over',
      '--action',
      '--kind',
      '--user',
      '--from',
      '--to',
      '--format',
      '--input',
      '--provider',
      '--demo',
    ],
    topics: ['filters', 'times', 'exit-codes'],
  });
  addCountingFlags(command);
  addQueryFlags(command);
  command.optionsGroup('Output:').addOption(flag('-f, --format <format>', 'output format').choices(STATS_FORMATS));
  addInputFlag(command, { csvRaw: true });
  addConnectionFlags(command);
  command.action(perform(async (ctx, flags: StatsFlags) => (await import('./run.js')).countEvents(ctx, flags)));
};
