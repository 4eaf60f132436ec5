import { usageError } from '../../errors.js';

/** What the table and the inserts need to know about a server. */
export interface ClickHouseServer {
  readonly version: string;
  /** The server's own time zone. */
  readonly zone: string;
  /** Whether it has `DateTime64` (20.1 and later), and so codecs. Otherwise times have whole seconds. */
  readonly fine: boolean;
  /** The settings that it knows, among those of inserts. */
  readonly settings: ReadonlySet<string>;
}

/** A table as the server describes it. */
export interface ClickHouseTable {
  readonly engine: string;
  readonly sortingKey: string;
  /** Types by name. */
  readonly columns: ReadonlyMap<string, string>;
  /** What the column `digest` says of itself. */
  readonly about: string;
  /** Whether it has no row. */
  readonly empty: boolean;
}

interface ClickHouseColumn {
  readonly name: string;
  readonly type: string;
  readonly codec?: string;
  readonly about: string;
  /** Without this column the table cannot distinguish entries, or loses parts of them. */
  readonly needed?: true;
}

const TEXT = { type: 'String', codec: 'ZSTD(1)' } as const;
const FEW = { type: 'LowCardinality(String)' } as const;

/** Replacements for servers without `DateTime64`. */
const OLD_TYPES: Readonly<Record<string, string>> = {
  "DateTime64(3, 'UTC')": "DateTime('UTC')",
  'LowCardinality(String)': 'String',
};

/** The columns of a new table, in order. A contract: columns are added, never reordered or renamed. */
export const TABLE_COLUMNS: readonly ClickHouseColumn[] = [
  { name: 'org', ...FEW, about: 'the organization: its id', needed: true },
  {
    name: 'time',
    type: "DateTime64(3, 'UTC')",
    codec: 'Delta, ZSTD(1)',
    about: 'when it happened; 1970-01-01 where the entry does not tell, or tells a time that this type cannot hold',
    needed: true,
  },
  { name: 'id', ...TEXT, about: "the vendor's id; empty where it gives none", needed: true },
  {
    name: 'digest',
    type: 'UInt64',
    codec: 'NONE',
    about:
      'tells entries of one id and time apart: their number; without an id or an exact time, the start of a SHA-256',
    needed: true,
  },
  { name: 'provider', ...FEW, about: 'whose audit log' },
  { name: 'action', ...FEW, about: 'what was done' },
  { name: 'actor_id', ...TEXT, about: 'who did it' },
  { name: 'actor_name', ...TEXT, about: 'who did it' },
  { name: 'actor_email', ...TEXT, about: 'who did it' },
  { name: 'target_id', ...TEXT, about: 'to whom it was done' },
  { name: 'target_email', ...TEXT, about: 'to whom it was done' },
  { name: 'resource_type', ...FEW, about: 'to what it was done' },
  { name: 'resource_id', ...TEXT, about: 'to what it was done' },
  { name: 'resource_name', ...TEXT, about: 'to what it was done' },
  { name: 'source', ...FEW, about: 'from where in the product, such as app or api' },
  { name: 'ip', ...TEXT, about: 'from which address' },
  { name: 'country', ...FEW, about: 'from which country' },
  { name: 'user_agent', ...TEXT, about: 'with which program' },
  { name: 'org_id', ...FEW, about: 'the organization as the entry names it' },
  { name: 'org_name', ...FEW, about: 'the organization as the entry names it' },
  { name: 'metadata', ...TEXT, about: 'JSON' },
  { name: 'extra', ...TEXT, about: 'JSON: what no other column carries' },
  {
    name: 'raw',
    type: 'String',
    codec: 'ZSTD(3)',
    about: "the vendor's own entry, its tokens as they came",
    needed: true,
  },
  {
    name: 'version',
    type: 'UInt64',
    codec: 'Delta, ZSTD(1)',
    about: 'when it was delivered, in ms since 1970: of the same entry the latest stays',
    needed: true,
  },
];

/** Rows with an equal sorting key are one entry. */
const SORTING_KEY: readonly string[] = ['org', 'time', 'id', 'digest'];

/** An acknowledged insert is durable, a repeated one is a no-op. Servers with `insert_deduplication_token` have these settings; not every user may ask for them. */
const SETTINGS =
  'SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000';

/** The statement that creates the table, unless it exists. */
export function createTable(name: string, server: ClickHouseServer): string {
  const columns = TABLE_COLUMNS.map((column) => `    ${columnFor(column, server)}`);
  return [
    `CREATE TABLE IF NOT EXISTS ${name} (`,
    columns.join(',\n'),
    ') ENGINE = ReplacingMergeTree(version)',
    'PARTITION BY toYYYYMM(time)',
    `ORDER BY (${SORTING_KEY.join(', ')})`,
    ...(server.settings.has('insert_deduplication_token') ? [SETTINGS] : []),
  ].join('\n');
}

function columnFor({ name, type, codec, about }: ClickHouseColumn, { fine }: ClickHouseServer): string {
  const comment = `COMMENT '${about.replaceAll("'", "\\'")}'`;
  if (!fine) return `${name} ${OLD_TYPES[type] ?? type} ${comment}`;
  return `${name} ${type} ${comment}${codec === undefined ? '' : ` CODEC(${codec})`}`;
}

/** Why events cannot be delivered to a table, and the fix. */
export function faultOfTable(
  name: string,
  { engine, sortingKey, columns, about }: ClickHouseTable,
): { readonly what: string; readonly fix: string } | undefined {
  const another = 'Name a table that is not there yet, and it is made';
  const missing = TABLE_COLUMNS.find((column) => column.needed === true && !columns.has(column.name));
  if (missing !== undefined)
    return { what: `${name} is not a table for events: column ${missing.name} is missing`, fix: another };
  const wrong = WANTED_TYPES.find(([column, pattern]) => !pattern.test(columns.get(column) ?? ''));
  if (wrong !== undefined)
    return { what: `the column ${wrong[0]} of ${name} is a ${columns.get(wrong[0])}, not ${wrong[2]}`, fix: another };
  if (about.includes(EARLIER))
    return {
      what: `${name} was made by an earlier version, which knew events by their text: an event that is delivered again would be there twice`,
      fix: `RENAME TABLE ${name} TO ${name}_before, then run this again to create and fill the table\nTo keep rows that only the old one has: docs/destinations/clickhouse.md`,
    };
  if (engine === 'Distributed') return undefined;
  if (!engine.includes('Replacing'))
    return { what: `${name} has the engine ${engine}, which keeps twice what is delivered twice`, fix: another };
  const keys = sortingKey.split(',').map((key) => key.trim());
  const lacking = SORTING_KEY.find((key) => !keys.includes(key));
  if (lacking !== undefined)
    return {
      what: `${name} is ordered by (${sortingKey}), without ${lacking}: different entries would replace one another`,
      fix: another,
    };
  return undefined;
}

/** How the column `digest` of earlier tables was described. */
const EARLIER = 'of the same id and other text apart';

const WANTED_TYPES: readonly (readonly [column: string, pattern: RegExp, name: string])[] = [
  // Times are written in UTC: a column of another zone would change them.
  ['time', /^DateTime(64\([3-9], |\()'(Etc\/)?UTC'\)$/, "DateTime64(3, 'UTC')"],
  ['digest', /^UInt64$/, 'UInt64'],
  ['version', /^UInt64$/, 'UInt64'],
  ['raw', /^(LowCardinality\()?String\)?$/, 'String'],
  ['org', /^(LowCardinality\()?String\)?$/, 'String'],
  ['id', /^(LowCardinality\()?String\)?$/, 'String'],
];

/** Columns that a table lacks and can do without: `raw` holds each entry whole. */
export function missingColumns({ columns }: ClickHouseTable): readonly string[] {
  return TABLE_COLUMNS.flatMap(({ name }) => (columns.has(name) ? [] : [name]));
}

/** The statement that adds them. */
export function addColumns(name: string, missing: readonly string[], server: ClickHouseServer): string {
  const added = TABLE_COLUMNS.filter((column) => missing.includes(column.name));
  return `ALTER TABLE ${name} ${added.map((column) => `ADD COLUMN ${columnFor(column, server)}`).join(', ')}`;
}

/** Throws a usage error for a table that events cannot be delivered to. */
export function checkTable(name: string, table: ClickHouseTable): void {
  const fault = faultOfTable(name, table);
  if (fault !== undefined) throw usageError(fault.what, fault.fix);
}
