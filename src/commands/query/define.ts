import type { RecordFormat } from '../../formats/records/records.js';
import type { Define } from '../command.js';
import { flag } from '../flags/flag.js';
import { inputFlag } from '../flags/input.js';
import { explain } from '../help.js';
import type { QueryCommandFlags } from './run.js';

const FORMATS = ['table', 'json', 'ndjson', 'csv'] as const satisfies readonly RecordFormat[];

/** `auditlog query SQL`: runs SQL on an archive. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Query an archive with SQL, by DuckDB. The table events has the columns of the Parquet files, and org and date. Reads the archive only, and changes nothing. DuckDB is installed separately: npm install -g @duckdb/node-api@1.5.5-r.5',
    examples: [
      ['auditlog query "select action, count(*) from events group by all order by 2 desc" --input archive', ''],
      ['auditlog query "describe events" --input archive', 'the columns'],
      [
        "auditlog query \"from events where date = '2026-03-01' and actor_email like '%@acme.example'\" --format csv",
        '',
      ],
      ['auditlog query "select count(*) from events" --input s3://my-lake/audit', 'an archive in a bucket'],
      ['auditlog query - --input archive -o out.ndjson < question.sql', ''],
    ],
    ends: "A condition on date or org reads only the folders that match. Times are in UTC. metadata, extra and raw are JSON: raw->>'$.actor.name'.\nExit codes: 0 answered, 1 a file is missing, 2 no such archive, wrong SQL or no DuckDB, 7 a file differs from its manifest.",
  });
  command
    .argument('<sql>', 'one SELECT; - reads it from standard input')
    .addOption(
      inputFlag(
        '--input <path>',
        'the archive, or a Parquet file, also as s3://bucket/prefix (default: the current folder)',
      ),
    )
    .addOption(flag('-f, --format <format>', 'output format').choices(FORMATS))
    .addOption(flag('-o, --output <file>', 'write to a file: .csv .ndjson .json, each also with .gz'))
    .addOption(flag('--force', 'overwrite the file'))
    .addOption(flag('--csv-raw', 'do not guard CSV cells that look like formulas'))
    .action(
      perform(async (ctx, flags: QueryCommandFlags, sql: string) =>
        (await import('./run.js')).queryArchive(ctx, flags, sql),
      ),
    );
};
