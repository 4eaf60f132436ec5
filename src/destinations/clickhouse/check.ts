import type { Context } from '../../context.js';
import { AuditlogError, EXIT } from '../../errors.js';
import type { Hearing } from '../../http/outbound.js';
import type { CheckFinding } from '../destination.js';
import { checkConnection, checkWay, failedFinding } from '../shared/check.js';
import { startPacking } from './batch.js';
import { type ClickHouseClient, openClickHouseClient } from './client.js';
import {
  addColumns,
  type ClickHouseServer,
  type ClickHouseTable,
  faultOfTable,
  missingColumns,
  TABLE_COLUMNS,
} from './table.js';
import type { ClickHouseTarget } from './url.js';

/** Checks what delivering to a table needs. Creates nothing and inserts no row. Rejects only when stopped, or for a fault of ours. */
export function checkClickHouse(
  ctx: Context,
  target: ClickHouseTarget,
  hears?: Hearing,
): AsyncGenerator<CheckFinding, void> {
  return checkConnection({
    names: ['address', 'tls', 'sign-in', 'version', 'time zone', 'database', 'table', 'insert'],
    way: () => checkWay(ctx, target.origin, 'ClickHouse'),
    open: () => openClickHouseClient(ctx, target, hears),
    look: (client) => look(client, target),
    // Only an error of the key is about the sign-in.
    blame: ({ exitCode }, left) => left.find((name) => name !== 'sign-in' || exitCode === EXIT.key),
  });
}

async function* look(client: ClickHouseClient, target: ClickHouseTarget): AsyncGenerator<CheckFinding, void> {
  const server = await client.server();
  yield { name: 'sign-in', status: 'ok', what: `${target.user ?? 'the default user'} is let in` };
  yield versionFinding(server);
  const zone = server.zone === 'UTC' ? 'UTC' : `the server's is ${server.zone}; the column time is UTC all the same`;
  yield { name: 'time zone', status: 'ok', what: zone };
  yield* await tableFindings(client, server, target);
}

function versionFinding({ version, fine, settings }: ClickHouseServer): CheckFinding {
  if (!fine)
    return {
      name: 'version',
      status: 'warning',
      what: `ClickHouse ${version}, from before DateTime64: times are kept to the second, and whole in raw`,
      fix: 'Use 20.1 or newer.',
    };
  const what = `ClickHouse ${version}`;
  if (settings.has('insert_deduplication_token')) return { name: 'version', status: 'ok', what };
  return {
    name: 'version',
    status: 'ok',
    what: `${what}, from before insert_deduplication_token: an insert that is repeated leaves rows twice until they are merged, which FINAL hides`,
  };
}

async function tableFindings(
  client: ClickHouseClient,
  server: ClickHouseServer,
  { database }: ClickHouseTarget,
): Promise<readonly CheckFinding[]> {
  if (!(await client.hasDatabase()))
    return [
      {
        name: 'database',
        status: 'failed',
        what: `there is no database ${database}, or it may not be seen`,
        fix: `Make it first: CREATE DATABASE ${database}`,
        exit: EXIT.usage,
      },
    ];
  const found: CheckFinding = { name: 'database', status: 'ok', what: `${database} is there` };
  const table = await client.describe();
  if (table === undefined)
    return [
      found,
      { name: 'table', status: 'ok', what: `${client.table} is not there yet: it is made when the first events come` },
    ];
  const shape = tableFinding(client.table, table, server);
  if (shape.status === 'failed') return [found, shape];
  return [found, shape, await insertFinding(client, table)];
}

function tableFinding(name: string, table: ClickHouseTable, server: ClickHouseServer): CheckFinding {
  const fault = faultOfTable(name, table);
  if (fault !== undefined) return { name: 'table', status: 'failed', ...fault, exit: EXIT.usage };
  const missing = missingColumns(table);
  if (missing.length > 0)
    return {
      name: 'table',
      status: 'warning',
      what: `${name} has no ${missing.join(', ')}: raw holds what they would`,
      fix: addColumns(name, missing, server),
    };
  if (table.engine === 'Distributed')
    return {
      name: 'table',
      status: 'ok',
      what: `${name} hands rows on to the tables of a cluster: these have to be ReplacingMergeTree, and the sharding key of the entry alone, such as cityHash64(id, digest)`,
    };
  return { name: 'table', status: 'ok', what: `${name}, ${table.engine}, ordered by (${table.sortingKey})` };
}

/** An insert of no rows needs the same rights as one of many. */
async function insertFinding(client: ClickHouseClient, table: ClickHouseTable): Promise<CheckFinding> {
  const columns = TABLE_COLUMNS.map(({ name }) => name).filter((name) => table.columns.has(name));
  try {
    await client.insert(await startPacking().end(), { columns, distributed: table.engine === 'Distributed' });
    return { name: 'insert', status: 'ok', what: 'rows may be inserted (none was)' };
  } catch (error) {
    if (error instanceof AuditlogError) return failedFinding('insert', error);
    throw error;
  }
}
