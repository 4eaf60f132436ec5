import type { Define } from '../command.js';
import { addConnectionFlags } from '../flags/connection.js';
import { flag } from '../flags/flag.js';
import { addInputFlag } from '../flags/input.js';
import { addQueryFlags } from '../flags/query.js';
import { explain } from '../help.js';
import { addCountingFlags, STATS_FORMATS, type StatsFlags } from './flags.js';

/** `auditlog stats`: how many events, by what, and when. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Counts the events that match: by action unless something else is named, over time with --every. Months, weeks and days alone are counted by the server, which takes a request for each instead of reading every event.',
    examples: [
      ['auditlog stats', 'what is done how often'],
      ['auditlog stats --by actor --top 10 --from last-month', 'who does most'],
      ['auditlog stats --every month --from 2026-01-01', 'how many a month'],
      ['auditlog stats --by category --every week', 'with a trend for each'],
      ['auditlog stats --by weekday,hour --tz local', 'when people work, as a map'],
      ['auditlog stats --kind delete --by actor --every hour --over 20', 'mass deletions'],
      ['auditlog stats --by metadata.new_role', 'by any path of an entry'],
      ['auditlog stats --by actor,country --format csv > places.csv', 'for a spreadsheet'],
    ],
    ends: 'Exit codes: 0 done, 2 usage, 3 counted but not reconciled with the server or not exact, 4 key, 5 server.',
  });
  addCountingFlags(command);
  addQueryFlags(command);
  command.optionsGroup('Output:').addOption(flag('-f, --format <format>', 'how to write it').choices(STATS_FORMATS));
  addInputFlag(command, { csvRaw: true });
  addConnectionFlags(command);
  command.action(perform(async (ctx, flags: StatsFlags) => (await import('./run.js')).countEvents(ctx, flags)));
};
