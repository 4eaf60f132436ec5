import { expect, test } from 'vitest';
import { openDestination } from '../../../src/destinations/index.js';
import { invent } from '../../../src/providers/invent.js';
import { world } from '../entries.js';

const shown = async (url: string) => {
  const { origin, shown } = await openDestination(world(), url, { provider: invent, schema: undefined });
  return [shown, origin];
};

test.each([
  ['clickhouse://host/a.b', 'clickhouse://host:8443/a.b', 'https://host:8443'],
  ['clickhouse://HOST:443/a.b', 'clickhouse://host:443/a.b', 'https://host'],
  ['clickhouse://joe@host:9443/a_1.B_2', 'clickhouse://joe@host:9443/a_1.B_2', 'https://host:9443'],
  ['clickhouse://j%40e@host/a.b', 'clickhouse://j%40e@host:8443/a.b', 'https://host:8443'],
  ['clickhouse+http://localhost/a.b', 'clickhouse+http://localhost:8123/a.b', 'http://localhost:8123'],
  ['clickhouse+http://[::1]:80/a.b', 'clickhouse+http://[::1]:80/a.b', 'http://[::1]'],
])('%s is %s', async (url, ...expected) => {
  expect(await shown(url)).toEqual(expected);
});

test.each([
  ['clickhouse://host', 'invalid table: expected database.table of letters, digits and _'],
  ['clickhouse://host/table', 'invalid table: expected database.table of letters, digits and _'],
  ['clickhouse://host/a.b.c', 'invalid table: expected database.table of letters, digits and _'],
  ["clickhouse://host/a.b' OR 1", 'invalid table: expected database.table of letters, digits and _'],
  ['clickhouse://host/a.b?x=1', 'clickhouse://host/database.table has more after the table'],
  ['clickhouse:///a.b', 'invalid address: expected that of a ClickHouse table'],
  ['clickhouse://ho st/a.b', 'invalid address: expected that of a ClickHouse table'],
  ['clickhouse+http://10.0.0.1/a.b', 'clickhouse+http:// would send the events unprotected to 10.0.0.1:8123'],
])('%s is refused', async (url, message) => {
  await expect(shown(url)).rejects.toMatchObject({ exitCode: 2, message });
});
