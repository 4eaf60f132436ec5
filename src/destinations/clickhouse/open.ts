import { usageError } from '../../errors.js';
import type { DeliveredEntry, OpenDestination, RefuseEntry, StreamDelivery } from '../destination.js';
import { openRelay } from '../shared/batch.js';
import { type PackedRows, type Packing, type RefuseRow, startPacking } from './batch.js';
import { checkClickHouse } from './check.js';
import { type ClickHouseClient, type InsertHow, openClickHouseClient } from './client.js';
import { openLines, partitionOf, type ReadLine } from './rows.js';
import { type ClickHouseTable, checkTable, createTable, TABLE_COLUMNS } from './table.js';
import { parseClickHouseUrl } from './url.js';

/** `clickhouse://host/database.table`: rows in a table, over HTTP. It keeps one row for each org, id and time, the newest text: queries with FINAL see a redelivered entry once. */
export const openClickHouse: OpenDestination = (ctx, url, { provider, schema, hears }) => {
  const target = parseClickHouseUrl(url);
  if (schema !== undefined)
    throw usageError(
      `--schema ${schema.name} does not apply to ClickHouse: its table has its own columns`,
      'Leave it out: the column raw holds each entry whole',
    );
  return {
    shown: target.shown,
    idempotent: true,
    origin: target.origin.origin,
    check: () => checkClickHouse(ctx, target, hears),
    open: async (beforeMaking) => {
      const client = await openClickHouseClient(ctx, target, hears);
      try {
        const there = await client.describe();
        const table = there ?? (await makeTable(client, beforeMaking));
        checkTable(client.table, table);
        // Somebody has removed every row.
        if (there?.empty === true) await beforeMaking?.();
        const columns = TABLE_COLUMNS.map(({ name }) => name).filter((name) => table.columns.has(name));
        const lines = openLines(provider, {
          columns: new Set(columns),
          fine: table.columns.get('time')?.startsWith('DateTime64') === true,
          version: Math.trunc(ctx.clock.now()),
        });
        return deliver(client, lines, { columns, distributed: table.engine === 'Distributed' });
      } catch (error) {
        await client.close();
        throw error;
      }
    },
  };
};

async function makeTable(client: ClickHouseClient, beforeMaking?: () => Promise<void>): Promise<ClickHouseTable> {
  await beforeMaking?.();
  await client.run(createTable(client.table, await client.server()));
  const table = await client.describe();
  if (table !== undefined) return table;
  throw usageError(
    `table ${client.table} is not visible to this user`,
    `GRANT SELECT, INSERT ON ${client.table} TO the user`,
  );
}

/** A batch is sent at this many rows, bytes before compression, or months: ClickHouse refuses an insert into more than 100 partitions. */
const ROWS = 50_000;
const BYTES = 64 << 20;
const MONTHS = 50;

/** Without the text, which is a view into a page that would be kept: the row has it. */
function takes({ raw: _, ...entry }: DeliveredEntry, refuse: RefuseEntry): RefuseRow {
  return (raw, why) => refuse({ ...entry, raw }, why);
}

/** Fills one batch while another is sent. */
function deliver(client: ClickHouseClient, lines: ReadLine, how: InsertHow): StreamDelivery {
  const { pass, settle } = openRelay((rows: PackedRows) => client.insert(rows, how));
  let filling: Packing | undefined;
  let months = new Set<number>();
  const send = async (): Promise<void> => {
    const packing = filling;
    filling = undefined;
    months = new Set();
    if (packing !== undefined) await pass(await packing.end());
  };
  return {
    kind: 'stream',
    async put({ org, entries, refuse }) {
      for (const entry of entries) {
        const month = partitionOf(entry.time);
        if (!months.has(month) && months.size >= MONTHS) await send();
        months.add(month);
        filling ??= startPacking();
        await filling.add(lines(org, entry), refuse && takes(entry, refuse));
        if (filling.rows >= ROWS || filling.bytes >= BYTES) await send();
      }
    },
    async flush() {
      await send();
      await settle();
    },
    close: () => client.close(),
  };
}
