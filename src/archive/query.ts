import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Context } from '../context.js';
import { localError, usageError } from '../errors.js';
import { openFolders } from '../input/folder.js';
import { columnarFiles, isDirectory } from './columnar.js';
import { type DuckConnection, type DuckDb, loadDuckDb } from './duckdb.js';
import { type SqlValue, toSqlValue } from './sqlvalue.js';

/** The answer to a question in SQL, as it comes. */
export interface SqlAnswer {
  readonly columns: readonly string[];
  /** Some rows at a time. Leaving early ends the asking. Rejects with the signal's reason after a stop. */
  readonly rows: AsyncIterable<readonly (readonly SqlValue[])[]>;
}

/** DuckDB keeps to this for what it holds, and puts the rest aside on disk. */
const MEMORY = '512MB';

/**
 * Puts one SELECT to an archive, or to a single Parquet file: its entries are the view `events`. The engine may read there and nowhere else,
 * write nothing, and ask no network. Rejects with a usage error for SQL that is not a question or is wrong.
 */
export async function askSql<Result>(
  ctx: Context,
  shown: string,
  sql: string,
  tell: (note: string) => void,
  use: (answer: SqlAnswer) => Promise<Result>,
): Promise<Result> {
  const duckdb = await loadDuckDb(ctx);
  const source = await sourceOf(ctx, shown, tell);
  const temporary = await mkdtemp(join(ctx.tmp, 'auditlog-query-'));
  try {
    const instance = await duckdb.DuckDBInstance.create(':memory:', { ...CONFINED, temp_directory: temporary });
    try {
      return await askInstance(ctx, duckdb, await instance.connect(), { sql, source, use });
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

interface SqlSource {
  /** What to allow, as a setting. */
  readonly allowed: string;
  /** What the view reads; undefined: there is nothing to be read. */
  readonly table: string | undefined;
}

async function sourceOf(ctx: Context, shown: string, tell: (note: string) => void): Promise<SqlSource> {
  const path = resolve(ctx.cwd, shown);
  const directory = await isDirectory(path);
  if (directory === undefined) throw usageError(`there is no ${shown}`, 'Name the archive: --input DIR');
  if (!directory)
    return {
      allowed: `allowed_paths=${list([path])}`,
      table: `read_parquet(${list([path])}, hive_partitioning=false)`,
    };
  const files = await columnarFiles(await openFolders(path, shown, undefined, tell), tell);
  return {
    allowed: `allowed_directories=${list([`${path}/`])}`,
    table: files.length === 0 ? undefined : `read_parquet(${list(files)}, hive_partitioning=true, hive_types=${TYPES})`,
  };
}

/** Entries without a time that can be are in `date=undated`, which is no date. */
const TYPES = `{'org': VARCHAR, 'date': VARCHAR}`;

async function askInstance<Result>(
  { signal }: Context,
  duckdb: DuckDb,
  connection: DuckConnection,
  {
    sql,
    source,
    use,
  }: { readonly sql: string; readonly source: SqlSource; readonly use: (answer: SqlAnswer) => Promise<Result> },
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

/** From here on nothing else can be opened, and none of this be changed. */
async function prepare(connection: DuckConnection, { allowed, table }: SqlSource): Promise<void> {
  await connection.run("SET TimeZone='UTC'");
  await connection.run(`SET ${allowed}`);
  await connection.run('SET enable_external_access=false');
  if (table === undefined) throw usageError('there are no entries in it yet');
  const dated = table.includes(TYPES) ? 'SELECT * REPLACE (try_cast(date AS DATE) AS date)' : 'SELECT *';
  await connection.run(`CREATE VIEW events AS ${dated} FROM ${table}`);
  await connection.run('SET lock_configuration=true');
}

/** What is allowed to be read may be written, too, as far as the engine knows: so nothing but questions gets to it. */
async function checkStatement(duckdb: DuckDb, connection: DuckConnection, sql: string): Promise<void> {
  const statements = sql.trim() === '' ? undefined : await connection.extractStatements(sql);
  if (statements?.count !== 1)
    throw usageError(
      statements === undefined
        ? 'there is no question'
        : `there are ${statements.count} statements, and one is asked at a time`,
      EXAMPLE,
    );
  const statement = await statements.prepare(0);
  const kind = duckdb.StatementType[statement.statementType];
  statement.destroySync();
  if (kind !== 'SELECT') throw usageError(`an archive is only asked, and this is ${kind}`, EXAMPLE);
}

const EXAMPLE = `Such as: auditlog query "select action, count(*) from events group by all"`;

/** What is wrong with the question, by the first words of DuckDB's message. */
const WRONG =
  /^(?:Parser|Syntax|Binder|Catalog|Conversion|Mismatch Type|Invalid Type|Out of Range|Not implemented|Permission|Parameter Not Resolved|Parameter Not Allowed|Expression Depth) Error: /i;

function explained(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const message = error.message.replace(/^Failed to extract statements: /, '');
  if (!/^[A-Z][A-Za-z ]+ Error: /.test(message)) return error;
  if (WRONG.test(message)) return usageError(message, 'The columns: auditlog query "describe events"');
  const hint = /^Out of Memory/i.test(message)
    ? `DuckDB had ${MEMORY} and the room of the temporary folder (TMPDIR). Ask for less at once, or use the duckdb program itself.`
    : 'Is a file damaged? auditlog verify compares all of them with their manifests.';
  return localError(message, hint, error);
}

function list(texts: readonly string[]): string {
  return `[${texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(', ')}]`;
}
