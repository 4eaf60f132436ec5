import type { Context } from '../../context.js';
import { faultOf } from '../../http/fault.js';
import { type Hearing, type OutboundRequest, openOutbound } from '../../http/outbound.js';
import type { ApiResponse } from '../../http/send.js';
import { destinationSecret, renewable } from '../secret.js';
import { bodyOf, insertedBy, rowsOf } from './answer.js';
import { halves, type PackedRows, refuseOnly } from './batch.js';
import { type AnswerTo, RefusedRow } from './exception.js';
import type { ClickHouseServer, ClickHouseTable } from './table.js';
import type { ClickHouseTarget } from './url.js';

export type ClickHouseClient = Awaited<ReturnType<typeof openClickHouseClient>>;

export interface InsertHow {
  readonly columns: readonly string[];
  /** Whether the table only forwards rows to others: an insert then waits until those have them. */
  readonly distributed: boolean;
}

/** Settings of inserts, sent where the server knows them. A user's profile could otherwise weaken what a success means. */
const INSERT_SETTINGS: Readonly<Record<string, (rows: PackedRows, how: InsertHow) => string | undefined>> = {
  // Allow the server to collect small inserts, which saves parts. It answers when they are in the table.
  async_insert: ({ rows }) => (rows < SMALL ? undefined : '0'),
  wait_for_async_insert: () => '1',
  insert_deduplication_token: ({ token }) => token,
  insert_distributed_sync: (_, { distributed }) => (distributed ? '1' : undefined),
  input_format_allow_errors_num: () => '0',
  input_format_allow_errors_ratio: () => '0',
  date_time_input_format: () => 'basic',
};

/** Fewer rows than this are a small insert. */
const SMALL = 1000;

/** A large insert is answered only when it is complete. */
const LIMITS = { headers: 300_000, attempt: 330_000, bodyIdle: 300_000 } as const;

/** A ClickHouse server's HTTP interface, for one table. Everything rejects with an `AuditlogError`, or with the signal's reason. */
export async function openClickHouseClient(ctx: Context, target: ClickHouseTarget, hears?: Hearing) {
  const { origin, user, database } = target;
  const table = `${database}.${target.table}`;
  const secret = await destinationSecret(ctx, origin.origin);
  const outbound = await openOutbound(ctx, origin, {
    ...hears,
    what: 'ClickHouse',
    ...renewable(ctx, origin.origin, secret, (now) => ({
      secretFrom: now?.from,
      secrets: now === undefined ? [] : [now.reveal()],
      authorize: () => basic(user, now?.reveal()),
    })),
    connections: 2,
    limits: LIMITS,
  });
  const to: AnswerTo = { server: `ClickHouse at ${origin.host}`, table, user, secretFrom: secret?.from };
  let server: Promise<ClickHouseServer> | undefined;

  const ask = (statement: string) => outbound.ask(statementRequest(statement), (response) => rowsOf(response, to));
  const known = () => {
    server ??= askServer(ask);
    return server;
  };
  const insert = async (rows: PackedRows, how: InsertHow): Promise<void> => {
    const settings = (await known()).settings;
    const request = insertRequest(table, rows, how, settings);
    const refused = await outbound.ask(request, (response) => refusedBy(response, to)).catch(tooLarge);
    if (refused === undefined) return;
    if (refused instanceof RefusedRow && rows.refuse.length === 0) throw refused;
    if (rows.rows < 2) return refuseOnly(rows, refused);
    for (const half of halves(rows)) await insert(half, how);
  };

  return {
    /** `database.table`. */
    table,
    /** Its version and abilities. Asked once. */
    server: known,
    /** The table; undefined when it does not exist, or this user may not see it. */
    describe: () => describe(ask, database, target.table),
    hasDatabase: async () => (await ask(`SELECT name FROM system.databases WHERE name = '${database}'`)).length > 0,
    run: (statement: string) => outbound.ask(statementRequest(statement), (response) => void bodyOf(response, to)),
    /** Resolves when all rows are in the table. */
    insert,
    close: () => outbound.close(),
  };
}

/** The answer of a proxy that refuses a body of this size. */
const TOO_LARGE = 413;

function tooLarge(error: unknown): Error {
  if (faultOf(error)?.status === TOO_LARGE) return error as Error;
  throw error;
}

/** Why a row of an insert was rejected; undefined: all rows were inserted. */
function refusedBy(response: ApiResponse, to: AnswerTo): RefusedRow | undefined {
  try {
    insertedBy(response, to);
    return undefined;
  } catch (error) {
    if (error instanceof RefusedRow) return error;
    throw error;
  }
}

type AskRows = (statement: string) => Promise<ReturnType<typeof rowsOf>>;

function basic(user: string | undefined, password: string | undefined): Record<string, string> {
  if (user === undefined && password === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${user ?? 'default'}:${password ?? ''}`).toString('base64')}` };
}

function statementRequest(statement: string): OutboundRequest {
  const text = /^SELECT/.test(statement) ? `${statement} FORMAT JSON` : statement;
  return {
    method: 'POST',
    path: '/?wait_end_of_query=1',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: Buffer.from(text),
  };
}

function insertRequest(
  table: string,
  rows: PackedRows,
  how: InsertHow,
  settings: ReadonlySet<string>,
): OutboundRequest {
  const query = new URLSearchParams({
    wait_end_of_query: '1',
    query: `INSERT INTO ${table} (${how.columns.join(', ')}) FORMAT JSONEachRow`,
  });
  for (const [setting, toValue] of Object.entries(INSERT_SETTINGS)) {
    const value = settings.has(setting) ? toValue(rows, how) : undefined;
    if (value !== undefined) query.set(setting, value);
  }
  return {
    method: 'POST',
    path: `/?${query}`,
    headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
    body: rows.gzip,
  };
}

async function askServer(ask: AskRows): Promise<ClickHouseServer> {
  const [first] = await ask('SELECT version() AS version, timezone() AS zone');
  const settings = Object.keys(INSERT_SETTINGS).map((name) => `'${name}'`);
  const known = await ask(
    [
      `SELECT 'setting' AS kind, name FROM system.settings WHERE name IN (${settings.join(', ')})`,
      "SELECT 'type' AS kind, name FROM system.data_type_families WHERE name = 'DateTime64'",
    ].join(' UNION ALL '),
  );
  const named = (kind: string) => new Set(known.filter((row) => row.kind === kind).map(({ name }) => String(name)));
  return {
    version: String(first?.version),
    zone: String(first?.zone),
    fine: named('type').size > 0,
    settings: named('setting'),
  };
}

async function describe(ask: AskRows, database: string, name: string): Promise<ClickHouseTable | undefined> {
  const [table] = await ask(
    `SELECT engine, sorting_key FROM system.tables WHERE database = '${database}' AND name = '${name}'`,
  );
  if (table === undefined) return undefined;
  const columns = await ask(
    `SELECT name, type, comment FROM system.columns WHERE database = '${database}' AND table = '${name}'`,
  );
  const digest = columns.find((column) => column.name === 'digest');
  const [held] = await ask(`SELECT count() AS rows FROM ${database}.${name}`);
  return {
    engine: String(table.engine),
    about: String(digest?.comment ?? ''),
    empty: Number(held?.rows) === 0,
    sortingKey: String(table.sorting_key),
    columns: new Map(columns.map((column) => [String(column.name), String(column.type)])),
  };
}
