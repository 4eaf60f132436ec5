import type { Topic } from './topic.js';

export const formats: Topic = {
  name: 'formats',
  about: 'what --format and -o FILE write',
  intro: 'With -o FILE, the ending of the file chooses the format.',
  tables: [
    {
      heading: 'Formats',
      columns: ['format', 'writes'],
      rows: [
        ['table', 'a table for people; the default of list'],
        ['ndjson', 'one entry a line, as the vendor sent it; the default of export'],
        ['json', 'one array of entries, as the vendor sent them'],
        ['csv', 'columns with a header, in UTF-8 (RFC 4180)'],
        ['xlsx', 'a workbook with the sheets Events, Changes and About'],
        ['parquet', 'the same columns for DuckDB, ClickHouse, Spark and pandas; only export -o FILE'],
      ],
    },
    {
      heading: 'Endings of -o FILE',
      columns: ['ending', 'format'],
      rows: [
        ['.ndjson, .jsonl', 'ndjson'],
        ['.json', 'json'],
        ['.csv', 'csv'],
        ['.xlsx', 'xlsx'],
        ['.parquet', 'parquet'],
        ['.gz', 'after .ndjson, .jsonl, .json or .csv: compressed'],
      ],
    },
    {
      heading: 'Schemas of --schema',
      columns: ['schema', 'writes'],
      rows: [
        ['ocsf', 'OCSF events, as NDJSON or JSON'],
        ['ecs', 'Elastic Common Schema, as NDJSON or JSON'],
        ['cef', 'CEF lines'],
      ],
    },
  ],
  ends: 'CSV cells that a spreadsheet would take for a formula get an apostrophe in front; --csv-raw leaves them as they are. --csv-bom and --delimiter write CSV that a spreadsheet opens with a double click. --json, --csv and --ndjson are short for --format.',
};
