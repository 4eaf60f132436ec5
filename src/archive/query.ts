import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../context.js';
import { localError, usageError } from '../errors.js';
import { type DuckConnection, type DuckDb, loadDuckDb } from './duckdb.js';
import { type SqlQuery, type SqlSource, sourceOf, TYPES } from './source.js';
import { type SqlValue, toSqlValue } from './value.js';

/** The answer to an SQL query, as it arrives. */
export interface SqlAnswer {
  readonly columns: readonly string[];
  /** Rows in batches. Leaving early ends the query. Rejects with the signal's reason after a stop. */
  readonly rows: AsyncIterable<readonly (readonly SqlValue[])[]>;
}

/** The memory limit of DuckDB, which puts the rest on disk. */
const MEMORY = '512MB';

/** Runs one SELECT over the view `events`. DuckDB may only read the input, and use no network. Rejects with a usage error for wrong SQL. */
export async function runSql<Result>(
  ctx: Context,
  query: SqlQuery,
  use: (answer: SqlAnswer) => Promise<Result>,
): Promise<Result> {
  const duckdb = await loadDuckDb(ctx);
  const source = await sourceOf(ctx, query);
  const temporary = await mkdtemp(join(ctx.tmp, 'auditlog-query-'));
  try {
    const instance = await duckdb.DuckDBInstance.create(':memory:', { ...CONFINED, temp_directory: temporary });
    try {
      return await runOn({ ctx, duckdb, connection: await instance.connect() }, source, query.sql, use);
    } finally {
      instance.closeSync();
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview */
const CONFINED = {
  memory_limit: MEMORY,
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
  allow_persistent_secrets: 'false',
} as const;

interface SqlEngine {
  readonly ctx: Context;
  readonly duckdb: DuckDb;
  readonly connection: DuckConnection;
}

async function runOn<Result>(
  { ctx: { signal }, duckdb, connection }: SqlEngine,
  source: SqlSource,
  sql: string,
  use: (answer: SqlAnswer) => Promise<Result>,
): Promise<Result> {
  const stop = (): void => connection.interrupt();
  signal.addEventListener('abort', stop);
  try {
    signal.throwIfAborted();
    await prepare(connection, source);
    await checkStatement(duckdb, connection, sql);
    const result = await connection.stream(sql);
    async function* rows(): AsyncGenerator<readonly (readonly SqlValue[])[], void> {
      for await (const chunk of result) {
        signal.throwIfAborted();
        yield chunk.getRows().map((row) => row.map(toSqlValue));
      }
    }
    return await use({ columns: result.deduplicatedColumnNames(), rows: rows() });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw explained(error);
  } finally {
    signal.removeEventListener('abort', stop);
    connection.disconnectSync();
  }
}

/** Opens the view and locks the configuration: nothing else can be opened after this. */
async function prepare(connection: DuckConnection, { allowed, table }: SqlSource): Promise<void> {
  await connection.run("SET TimeZone='UTC'");
  await connection.run(`SET ${allowed}`);
  await connection.run('SET enable_external_access=false');
  if (table === undefined) throw usageError('the archive has no entries yet');
  const dated = table.includes(TYPES) ? 'SELECT * REPLACE (try_cast(date AS DATE) AS date)' : 'SELECT *';
  await connection.run(`CREATE VIEW events AS ${dated} FROM ${table}`);
  await connection.run('SET lock_configuration=true');
}

/** DuckDB can write wherever it may read: only a SELECT is passed to it. */
async function checkStatement(duckdb: DuckDb, connection: DuckConnection, sql: string): Promise<void> {
  const statements = sql.trim() === '' ? undefined : await connection.extractStatements(sql);
  if (statements?.count !== 1)
    throw usageError(
      statements === undefined ? 'the SQL is empty' : `expected one statement, not ${statements.count}`,
      EXAMPLE,
    );
  const statement = await statements.prepare(0);
  const kind = duckdb.StatementType[statement.statementType];
  statement.destroySync();
  if (kind !== 'SELECT') throw usageError(`the archive is read-only, and this is ${kind}`, EXAMPLE);
}

const EXAMPLE = `Example: auditlog query "select action, count(*) from events group by all"`;

/** The beginnings of DuckDB's messages about wrong SQL. */
const WRONG =
  /^(?:Parser|Syntax|Binder|Catalog|Conversion|Mismatch Type|Invalid Type|Out of Range|Not implemented|Permission|Parameter Not Resolved|Parameter Not Allowed|Expression Depth) Error: /i;

function explained(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const message = error.message.replace(/^Failed to extract statements: /, '');
  if (!/^[A-Z][A-Za-z ]+ Error: /.test(message)) return error;
  if (WRONG.test(message)) return usageError(message, 'The columns: auditlog query "describe events"');
  const hint = /^Out of Memory/i.test(message)
    ? `DuckDB had ${MEMORY} and the room of the temporary folder (TMPDIR). Ask for less at once, or use the duckdb program itself`
    : 'Is a file damaged? auditlog verify compares all of them with their manifests';
  return localError(message, hint, error);
}
