import type { Define } from '../command.js';
import { addConnectionFlags } from '../flags/connection.js';
import { flag } from '../flags/flag.js';
import { addInputFlag } from '../flags/input.js';
import { addOutputFlags, failIfAnyFlag, reverseFlag, type WritingFlags } from '../flags/output.js';
import { addQueryFlags } from '../flags/query.js';
import { addSchemaFlags } from '../flags/schema.js';
import { explain } from '../help.js';

/** For files of days, whose names are ours. */
const PACKED = ['ndjson.gz', 'json.gz', 'csv.gz'] as const;

/** `auditlog export`: every event that matches, newest first, proven complete by the server's own count. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: "Writes every event that matches, newest first: as NDJSON to standard output, or to a file. It ends with a line that says whether the result equals the server's own count.",
    examples: [
      ['auditlog export --from 2026-03-01 --to 2026-03-31 -o march.csv', 'a month, as CSV'],
      ['auditlog export -o audit.ndjson.gz', 'everything; run again to go on if interrupted'],
      ['auditlog export --action "member.*" -o members.csv', ''],
      ['auditlog export | jq -r .actor.email | sort | uniq -c', 'who does how much'],
      ['auditlog export -o audit.parquet', 'for DuckDB, ClickHouse, Spark or pandas'],
      ['auditlog export --schema ocsf -o audit.ocsf.ndjson', 'in the words of OCSF, for a SIEM'],
      ['auditlog export -o audit.ndjson --manifest', 'with a record that auditlog verify checks'],
      ['auditlog export --split day -o days/', 'a file a day, sealed and chained; run it again to add to it'],
    ],
    ends: 'Exit codes: 0 equal to the count, 3 written but not reconciled, 4 key, 5 server, 6 stopped and resumable: the command that goes on is printed, 9 events match (--fail-if-any).',
  });
  addQueryFlags(command);
  addOutputFlags(command, ['ndjson', 'json', 'csv', 'parquet', ...PACKED]);
  addSchemaFlags(command);
  command.addOption(reverseFlag('oldest first'));
  command.addOption(failIfAnyFlag().conflicts(['split']));
  command.addOption(flag('--manifest', 'write FILE.manifest.json beside it: what was asked and answered, and hashes'));
  command.addOption(
    flag(
      '--split <period>',
      'with -o DIR/: a file and a manifest for each UTC day, in a chain; run again to add to it',
    ).choices(['day']),
  );
  command.addOption(flag('--restart', 'throw away what an interrupted run left, and begin anew'));
  addInputFlag(command, { csvRaw: false });
  addConnectionFlags(command);
  command.action(perform(async (ctx, flags: WritingFlags) => (await import('./run.js')).exportLog(ctx, flags)));
};
