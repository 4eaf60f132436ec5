import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context } from '../context.js';
import { localError, usageError } from '../errors.js';

/** The tested version. */
export const DUCKDB = '@duckdb/node-api@1.5.5-r.5';
const PACKAGE = '@duckdb/node-api';

/** The used part of @duckdb/node-api (https://duckdb.org/docs/stable/clients/node_neo/overview), which users install themselves. */
export interface DuckDb {
  readonly DuckDBInstance: {
    create(path: string, options: Readonly<Record<string, string>>): Promise<DuckInstance>;
  };
  readonly StatementType: Readonly<Record<number, string>>;
}

export interface DuckInstance {
  connect(): Promise<DuckConnection>;
  closeSync(): void;
}

export interface DuckConnection {
  run(sql: string): Promise<unknown>;
  stream(sql: string): Promise<DuckResult>;
  extractStatements(sql: string): Promise<{
    readonly count: number;
    prepare(index: number): Promise<{ readonly statementType: number; destroySync(): void }>;
  }>;
  interrupt(): void;
  disconnectSync(): void;
}

export interface DuckResult extends AsyncIterable<{ getRows(): readonly (readonly unknown[])[] }> {
  columnNames(): readonly string[];
  deduplicatedColumnNames(): readonly string[];
}

/** Loads DuckDB from `AUDITLOG_DUCKDB`, else from around auditlog, else globally. Rejects with a usage error that shows how to install it. */
export async function loadDuckDb({ env, cwd, platform, execPath }: Context): Promise<DuckDb> {
  const named = env.AUDITLOG_DUCKDB || undefined;
  const places =
    named === undefined ? [import.meta.url, ...globals(platform, env, execPath)] : [inside(resolve(cwd, named))];
  for (const place of places) {
    const path = found(place);
    if (path === undefined) continue;
    try {
      return (await import(pathToFileURL(path).href)) as DuckDb;
    } catch (error) {
      throw localError(
        `DuckDB is installed (${path}), but cannot be loaded here`,
        `To install it again: ${install(named)}`,
        error,
      );
    }
  }
  throw usageError(
    named === undefined ? 'DuckDB is not installed' : `AUDITLOG_DUCKDB (${named}) has no ${PACKAGE}`,
    `To install it: ${install(named)}\nOr ask the archive with any tool that reads Parquet: auditlog query --help`,
  );
}

function install(named: string | undefined): string {
  return named === undefined ? `npm install -g ${DUCKDB}` : `npm install --prefix ${dirname(named)} ${DUCKDB}`;
}

/** A path to resolve from; it need not exist. */
function inside(folder: string): string {
  return join(folder, 'auditlog.js');
}

/** Where `npm install -g` puts packages: below the prefix, by default that of node itself. */
function globals(platform: Context['platform'], env: Context['env'], execPath: string | undefined): readonly string[] {
  const isWindows = platform === 'win32';
  const prefixes = [
    env.npm_config_prefix,
    env.NPM_CONFIG_PREFIX,
    isWindows && env.APPDATA !== undefined ? join(env.APPDATA, 'npm') : undefined,
    execPath === undefined ? undefined : isWindows ? dirname(execPath) : dirname(dirname(execPath)),
  ];
  return prefixes
    .filter((prefix) => prefix !== undefined && prefix !== '')
    .map((prefix) =>
      inside(isWindows ? join(prefix as string, 'node_modules') : join(prefix as string, 'lib/node_modules')),
    );
}

function found(place: string): string | undefined {
  try {
    return createRequire(place).resolve(PACKAGE);
  } catch {
    return undefined;
  }
}
