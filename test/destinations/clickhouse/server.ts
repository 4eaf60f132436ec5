import { gunzipSync } from 'node:zlib';
import { type Answer, type Request, startUnreliable, type Unreliable } from '../unreliable.js';

/**
 * A server with ClickHouse's documented HTTP interface, for one table: https://clickhouse.com/docs/interfaces/http. An insert is taken as a whole or not at all.
 * FINAL shows the last version of rows with an equal sorting key. An insert with a known token does nothing.
 */
export interface FakeClickHouse extends Unreliable {
  /** The rows of a query with FINAL. */
  rows(): readonly Row[];
  /** The number of rows inserted, duplicates included. */
  stored(): number;
  readonly inserts: readonly Insert[];
  readonly statements: readonly string[];
  /** `USER:PASSWORD` that may sign in; undefined: anybody. */
  account: string | undefined;
  /** Settings that the server knows. */
  settings: readonly string[];
  /** Whether it has DateTime64 and codecs. */
  modern: boolean;
  /** The row in system.tables; undefined until the table is created. */
  table: Readonly<Record<string, string>> | undefined;
  columns: readonly (readonly [name: string, type: string, comment?: string | undefined])[];
  /** Removes every row: TRUNCATE TABLE. */
  truncate(): void;
  databases: readonly string[];
  /** Larger bodies are answered 413, as by a proxy in front. */
  largest: number;
}

export type Row = Readonly<Record<string, string>>;

export interface Insert {
  readonly parameters: Readonly<Record<string, string>>;
  readonly rows: number;
  readonly bytes: number;
}

export async function startFakeClickHouse(): Promise<FakeClickHouse> {
  const merged = new Map<string, Row>();
  const tokens = new Set<string>();
  const inserts: Insert[] = [];
  const statements: string[] = [];
  let stored = 0;
  const unreliable = await startUnreliable((request) => carryOut(request));
  const server: FakeClickHouse = Object.assign(unreliable, {
    rows: () => [...merged.values()],
    truncate: () => merged.clear(),
    stored: () => stored,
    inserts,
    statements,
    account: undefined,
    settings: [
      'async_insert',
      'wait_for_async_insert',
      'insert_deduplication_token',
      'insert_distributed_sync',
      'input_format_allow_errors_num',
    ],
    modern: true,
    table: undefined,
    columns: [],
    databases: ['default', 'system'],
    largest: Number.POSITIVE_INFINITY,
  });
  return server;

  function carryOut({ path, headers, body }: Request): Answer {
    const given = /^Basic (.*)$/.exec(headers.authorization ?? '')?.[1];
    if (server.account !== undefined && Buffer.from(given ?? '', 'base64').toString() !== server.account)
      return exception(
        401,
        516,
        'joe: Authentication failed: password is incorrect, or there is no user with such name.',
      );
    if (body.length > server.largest)
      return { status: 413, body: text('<html><title>413 Request Entity Too Large</title>') };
    const { query, ...parameters } = Object.fromEntries(new URL(path, 'http://localhost').searchParams);
    if (query !== undefined) return insert(query, parameters, gunzipSync(body).toString());
    const statement = body.toString();
    statements.push(statement);
    return answerTo(statement);
  }

  function insert(query: string, parameters: Record<string, string>, lines: string): Answer {
    if (server.table === undefined) return exception(404, 60, "Table default.events doesn't exist.");
    const unknown = Object.keys(parameters).find(
      (name) => name !== 'wait_end_of_query' && !server.settings.includes(name),
    );
    if (unknown !== undefined) return exception(404, 115, `Unknown setting ${unknown}`);
    const rows = lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Row);
    const columns = /\((.*)\)/.exec(query)?.[1]?.split(', ') ?? [];
    const foreign = rows.flatMap((row) => Object.keys(row)).find((name) => !columns.includes(name));
    if (foreign !== undefined)
      return exception(400, 117, `Unknown field found while parsing JSONEachRow format: ${foreign}`);
    inserts.push({ parameters, rows: rows.length, bytes: lines.length });
    const token = parameters.insert_deduplication_token;
    if (token !== undefined && tokens.has(token)) return { status: 200 };
    if (token !== undefined) tokens.add(token);
    stored += rows.length;
    for (const row of rows) {
      const key = JSON.stringify([row.org, row.time, row.id, row.digest]);
      const before = merged.get(key);
      if (before === undefined || BigInt(before.version ?? 0) <= BigInt(row.version ?? 0)) merged.set(key, row);
    }
    return { status: 200 };
  }

  function answerTo(statement: string): Answer {
    if (statement.startsWith('CREATE TABLE')) {
      server.table ??= {
        engine: 'ReplacingMergeTree',
        engine_full: 'ReplacingMergeTree(version)',
        sorting_key: 'org, time, id, digest',
      };
      server.columns = [...statement.matchAll(/^ {4}(\w+) (\w+(?:\([^)]*\))?)(?: COMMENT '((?:[^'\\]|\\.)*)')?/gm)].map(
        ([, name = '', type = '', comment = '']) => [name, type, comment],
      );
      return { status: 200 };
    }
    if (statement.includes('version()'))
      return rowsOf([{ version: server.modern ? '25.8.1.1' : '18.16.1', zone: 'Europe/Berlin' }]);
    if (statement.includes('system.settings'))
      return rowsOf([
        ...server.settings.map((name) => ({ kind: 'setting', name })),
        ...(server.modern ? [{ kind: 'type', name: 'DateTime64' }] : []),
      ]);
    if (statement.includes('system.databases')) {
      const found = server.databases.filter((name) => statement.includes(`'${name}'`));
      return rowsOf(found.map((name) => ({ name })));
    }
    if (statement.includes('system.tables')) return rowsOf(server.table === undefined ? [] : [server.table]);
    if (statement.includes('system.columns'))
      return rowsOf(server.columns.map(([name, type, comment = '']) => ({ name, type, comment })));
    if (statement.includes('count()')) return rowsOf([{ rows: String(merged.size) }]);
    return exception(400, 62, `Syntax error: ${statement}`);
  }
}

/** As newer servers answer; older ones say `Code: 60, e.displayText() = DB::Exception: ...` and have no header. */
export function exception(status: number, code: number, words: string): Answer {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=UTF-8', 'x-clickhouse-exception-code': String(code) },
    body: text(`Code: ${code}. DB::Exception: ${words} (SOME_NAME) (version 25.8.1.1 (official build))\n`),
  };
}

function rowsOf(rows: readonly unknown[]): Answer {
  return { status: 200, body: text(JSON.stringify({ meta: [], data: rows, rows: rows.length }, null, 1)) };
}

function text(body: string): Buffer {
  return Buffer.from(body);
}
