import type { Context } from '../../context.js';
import { EXIT } from '../../errors.js';
import type { Hearing } from '../../http/outbound.js';
import type { CheckFinding } from '../destination.js';
import { checkConnection, checkWay } from '../shared/check.js';
import { failed, ok, warning } from '../shared/finding.js';
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
  yield ok('sign-in', `${target.user ?? 'the default user'} is let in`);
  yield versionFinding(server);
  const zone = server.zone === 'UTC' ? 'UTC' : `the server's is ${server.zone}; the column time is UTC all the same`;
  yield ok('time zone', zone);
  const { database } = target;
  if (!(await client.hasDatabase())) {
    const what = `database ${database} does not exist, or is not visible`;
    yield failed('database', what, `Make it first: CREATE DATABASE ${database}`, EXIT.usage);
    return;
  }
  yield ok('database', `${database} is there`);
  const table = await client.describe();
  if (table === undefined) {
    yield ok('table', `${client.table} is not there yet: it is made when the first events come`);
    return;
  }
  const shape = tableFinding(client.table, table, server);
  yield shape;
  if (shape.status !== 'failed') yield await insertFinding(client, table);
}

function versionFinding({ version, fine, settings }: ClickHouseServer): CheckFinding {
  const what = `ClickHouse ${version}`;
  if (!fine) {
    const before = 'from before DateTime64: times are kept to the second, and whole in raw';
    return warning('version', `${what}, ${before}`, 'Use 20.1 or newer');
  }
  if (settings.has('insert_deduplication_token')) return ok('version', what);
  const twice = 'an insert that is repeated leaves rows twice until they are merged, which FINAL hides';
  return ok('version', `${what}, from before insert_deduplication_token: ${twice}`);
}

function tableFinding(name: string, table: ClickHouseTable, server: ClickHouseServer): CheckFinding {
  const fault = faultOfTable(name, table);
  if (fault !== undefined) return failed('table', fault.what, fault.fix, EXIT.usage);
  const missing = missingColumns(table);
  if (missing.length > 0) {
    const what = `${name} has no ${missing.join(', ')}: raw holds what they would`;
    return warning('table', what, addColumns(name, missing, server));
  }
  if (table.engine !== 'Distributed') return ok('table', `${name}, ${table.engine}, ordered by (${table.sortingKey})`);
  const cluster =
    'these have to be ReplacingMergeTree, and the sharding key of the entry alone, such as cityHash64(id, digest)';
  return ok('table', `${name} hands rows on to the tables of a cluster: ${cluster}`);
}

/** An insert of no rows needs the same rights as one of many. */
async function insertFinding(client: ClickHouseClient, table: ClickHouseTable): Promise<CheckFinding> {
  const columns = TABLE_COLUMNS.map(({ name }) => name).filter((name) => table.columns.has(name));
  await client.insert(await startPacking().end(), { columns, distributed: table.engine === 'Distributed' });
  return ok('insert', 'rows may be inserted (none was)');
}
