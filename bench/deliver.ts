import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { realContext } from '../src/context.js';
import { openLines } from '../src/destinations/clickhouse/rows.js';
import { TABLE_COLUMNS } from '../src/destinations/clickhouse/table.js';
import type { StreamDelivery } from '../src/destinations/destination.js';
import { openDestination } from '../src/destinations/index.js';
import type { Entry } from '../src/event.js';
import { invent } from '../src/providers/invent.js';

/**
 * `deliver.mjs URL FILE`: hands the entries of an NDJSON file over to a destination, as a collector does. `deliver.mjs rows FILE OUT`: writes them as the rows
 * that ClickHouse gets, for its own client.
 */
const [url = '', file = '', out = ''] = process.argv.slice(2);
const ORG = 'org_7b2KxQm4Tz9cVn1LpRw8Ys';
const PER_BATCH = 200;
const PER_FLUSH = 20_000;

if (url === 'rows') await writeRows();
else await deliver();

async function deliver(): Promise<void> {
  const destination = await openDestination(realContext(), url, { provider: invent, schema: undefined });
  const delivery = (await destination.open()) as StreamDelivery;
  let sinceFlush = 0;
  for await (const entries of batches()) {
    await delivery.put({ org: ORG, entries });
    sinceFlush += entries.length;
    if (sinceFlush < PER_FLUSH) continue;
    await delivery.flush();
    sinceFlush = 0;
  }
  await delivery.flush();
  await delivery.close();
}

async function writeRows(): Promise<void> {
  const columns = new Set(TABLE_COLUMNS.map(({ name }) => name));
  const line = openLines(invent, { columns, fine: false, version: Date.now() });
  const stream = createWriteStream(out);
  for await (const entries of batches())
    if (!stream.write(entries.map((entry) => line(ORG, entry)).join(''))) await once(stream, 'drain');
  stream.end();
  await once(stream, 'finish');
}

async function* batches(): AsyncGenerator<readonly Entry[]> {
  let batch: Entry[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const id = /"id":"([^"]*)"/.exec(line)?.[1];
    const time = Date.parse(/"created_at":"([^"]*)"/.exec(line)?.[1] ?? '');
    batch.push({ raw: Buffer.from(line), id, time });
    if (batch.length < PER_BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}
