import type { Define } from '../command.js';
import { addConnectionFlags } from '../flags/connection.js';
import { flag } from '../flags/flag.js';
import { addInputFlag } from '../flags/input.js';
import { addOutputFlags, failIfAnyFlag, reverseFlag, type WritingFlags } from '../flags/output.js';
import { addPseudonymFlags } from '../flags/pseudonyms.js';
import { addQueryFlags } from '../flags/query.js';
import { addSchemaFlags } from '../flags/schema.js';
import { explain } from '../help.js';

/** Formats of `--split day`. For a single file the ending chooses compression. */
const PACKED = ['ndjson.gz', 'json.gz', 'csv.gz'] as const;

/** `auditlog export`: writes every matching event, newest first, and compares their number with the server's count. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Write every matching event, newest first: as NDJSON to standard output, or to a file. The last line says whether the export is complete: whether the server reports the same count.',
    examples: [
      ['auditlog export --from last-month --to last-month -o month.csv', 'a month, as CSV'],
      ['auditlog export --in last-month --access -o audit.xlsx', 'a workbook, for people'],
      ['auditlog export -o audit.ndjson.gz', 'everything; if interrupted, run it again to resume'],
      ['auditlog export --action "member.*" -o members.csv', 'some actions'],
      ['auditlog export | jq -r .actor.email | sort | uniq -c', 'events per person'],
      ['auditlog export -o audit.parquet', 'for DuckDB, ClickHouse, Spark or pandas'],
      ['auditlog export --schema ocsf -o audit.ocsf.ndjson', 'as OCSF, for a SIEM'],
      ['auditlog export -o audit.ndjson --manifest', 'with a manifest, for auditlog verify'],
      ['auditlog export --split day -o days/', 'a file per day; run it again to add new days'],
    ],
    ends: 'Exit codes: 0 complete, 3 written but not confirmed, 4 key, 5 server, 6 stopped: the command that resumes it is printed, 9 events match (--fail-if-any).',
    common: [
      '--action',
      '--user',
      '--from',
      '--to',
      '--search',
      '--output',
      '--format',
      '--manifest',
      '--split',
      '--schema',
      '--input',
      '--provider',
      '--demo',
    ],
    topics: ['filters', 'times', 'columns', 'formats', 'exit-codes'],
  });
  addQueryFlags(command);
  addOutputFlags(command, ['ndjson', 'json', 'csv', 'xlsx', 'parquet', ...PACKED]);
  addSchemaFlags(command);
  command.addOption(reverseFlag('oldest first'));
  command.addOption(failIfAnyFlag().conflicts(['split']));
  command.addOption(
    flag('--access', 'with -o FILE.xlsx: add who has which role at the end, replayed from the whole log'),
  );
  command.addOption(flag('--manifest', 'write FILE.manifest.json beside it: the question, the counts and hashes'));
  command.addOption(
    flag(
      '--split <period>',
      'with -o DIR/: a file and a manifest for each UTC day, chained; run again to add days',
    ).choices(['day']),
  );
  command.addOption(flag('--restart', 'discard what an interrupted run left, and start again'));
  addPseudonymFlags(command);
  addInputFlag(command, { csvRaw: false });
  addConnectionFlags(command);
  command.action(perform(async (ctx, flags: WritingFlags) => (await import('./run.js')).exportLog(ctx, flags)));
};
