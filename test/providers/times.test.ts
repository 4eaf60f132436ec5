import { gunzipSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { entryReader } from '../../src/engine/page/entries.js';
import { scanPage, wantPaths } from '../../src/engine/page/scan/scan.js';
import type { Entry } from '../../src/event.js';
import { formatFor } from '../../src/formats/index.js';
import { toEvent } from '../../src/providers/event/normalize.js';
import { openEventReader } from '../../src/providers/event/reader.js';
import { toProviderFile } from '../../src/providers/file/parse.js';
import type { Provider, TimeFormat } from '../../src/providers/provider.js';
import { timeReader } from '../../src/providers/times.js';
import { UTC } from '../../src/time.js';
import { parseColumns } from '../../src/view.js';

const MS = Date.parse('2026-11-20T13:03:11Z');

/** Form, zone, the time in JSON, the instant, and its cell. */
const TIMES: readonly (readonly [
  format: TimeFormat,
  zone: string | undefined,
  token: string,
  ms: number,
  cell: string,
])[] = [
  ['rfc3339', undefined, '"2026-11-20T13:03:11Z"', MS, '2026-11-20T13:03:11Z'],
  ['rfc3339', undefined, '"2026-11-20T13:03:11.250+0000"', MS + 250, '2026-11-20T13:03:11.250Z'],
  ['rfc3339', undefined, '"2026-11-20T05:03:11-0800"', MS, '2026-11-20T13:03:11Z'],
  ['rfc3339', undefined, '"2026-11-20T05:03:11-08:00"', MS, '2026-11-20T13:03:11Z'],
  ['rfc3339', undefined, '"2026-11-20T13:03:11.1234567Z"', MS + 123.4567, '2026-11-20T13:03:11.1234567Z'],
  ['rfc3339', undefined, '"2026-11-20 13:03:11Z"', MS, '2026-11-20T13:03:11Z'],
  ['rfc3339', undefined, '"2026-11-20 13:03:11 UTC"', MS, '2026-11-20T13:03:11Z'],
  ['rfc3339', 'UTC', '"2026-11-20 13:03:11"', MS, '2026-11-20T13:03:11Z'],
  ['rfc3339', 'UTC', '"2026-11-20T13:03:11.5"', MS + 500, '2026-11-20T13:03:11.5Z'],
  ['rfc3339', '-06:00', '"2026-11-20T07:03:11.1234567"', MS + 123.4567, '2026-11-20T13:03:11.1234567Z'],
  ['rfc3339', '-06:00', '"2026-11-20T13:03:11Z"', MS, '2026-11-20T13:03:11Z'],
  ['rfc1123', undefined, '"Fri, 20 Nov 2026 13:03:11 GMT"', MS, '2026-11-20T13:03:11Z'],
  ['rfc1123', undefined, '"Fri, 20 Nov 2026 13:03:11 -0000"', MS, '2026-11-20T13:03:11Z'],
  ['rfc1123', '+01:00', '"Fri, 20 Nov 2026 14:03:11"', MS, '2026-11-20T13:03:11Z'],
  ['epoch-s', undefined, `${MS / 1000}`, MS, '2026-11-20T13:03:11Z'],
  ['epoch-s', undefined, `"${MS / 1000}"`, MS, '2026-11-20T13:03:11Z'],
  ['epoch-s', undefined, `${MS / 1000}.25`, MS + 250, '2026-11-20T13:03:11.250Z'],
  ['epoch-ms', undefined, `${MS + 250}`, MS + 250, '2026-11-20T13:03:11.250Z'],
  ['epoch-ms', undefined, '1.795179791e12', MS, '2026-11-20T13:03:11Z'],
  ['epoch-us', undefined, `${MS + 250}125`, MS + 250.125, '2026-11-20T13:03:11.250125Z'],
  ['epoch-us', undefined, `"${MS}000"`, MS, '2026-11-20T13:03:11Z'],
  ['epoch-ns', undefined, `${MS + 250}125000`, MS + 250.125, '2026-11-20T13:03:11.250125000Z'],
  ['epoch-ns', undefined, `"${MS + 250}125789"`, MS + 250.125789, '2026-11-20T13:03:11.250125789Z'],
  ['epoch-parts', undefined, `{"epochSecond":${MS / 1000},"nano":250000000}`, MS + 250, '2026-11-20T13:03:11.250Z'],
  ['epoch-parts', undefined, `{ "seconds" : "${MS / 1000}" , "nanos" : 0 }`, MS, '2026-11-20T13:03:11Z'],
  ['epoch-parts', undefined, `{"seconds":${MS / 1000}}`, MS, '2026-11-20T13:03:11Z'],
  ['epoch-parts', undefined, '"2026-11-20T13:03:11.250Z"', MS + 250, '2026-11-20T13:03:11.250Z'],
];

function vendor(more: object): Provider {
  return toProviderFile(
    {
      name: 'acme',
      path: '/v1/audit',
      auth: { header: 'authorization' },
      paging: { style: 'page', page: 'page' },
      ...more,
      fields: { id: 'id', time: 'events.0.at', action: 'what', actor: { id: 'who' } },
    },
    'acme.json',
  ).provider;
}

function scanned(provider: Provider, text: string): Entry {
  const { paths, entryOf } = entryReader(provider);
  return scanPage(Buffer.from(text), '', wantPaths(paths)).entries.map(entryOf)[0]!;
}

async function written(
  provider: Provider,
  entry: Entry,
  format: 'csv' | 'ndjson' | 'table' | 'parquet',
): Promise<Buffer> {
  const columns = format === 'ndjson' ? undefined : parseColumns('time,action', provider);
  const open = await formatFor(format, {
    provider,
    columns,
    csvRaw: false,
    colorLevel: 0,
    isTTY: false,
    width: 200,
    zone: UTC,
    now: MS,
  });
  return Buffer.concat(
    [open.open(), open.write({ entries: [entry], org: '' }), open.close()].map((part) => Buffer.from(part)),
  );
}

describe('a time is read alike from a page, a parsed entry and its bytes, and is the same in every output', () => {
  test.each(TIMES)('%s with the zone %s: %s', async (timeFormat, timeZone, token, ms, cell) => {
    const provider = vendor({ timeFormat, ...(timeZone === undefined ? {} : { timeZone }) });
    const entry = scanned(provider, `[{"id":"a","events":[{"at":${token}}],"what":"x.created","who":"u"}]`);
    expect(entry.time).toBeCloseTo(ms, 3);
    const [parsed, read] = [toEvent(provider, entry), openEventReader(provider)(entry)];
    expect([read.time, read.timeText]).toEqual([parsed.time, parsed.timeText]);
    expect((await written(provider, entry, 'csv')).toString()).toBe(`time,action\r\n${cell},x.created\r\n`);
    expect((await written(provider, entry, 'ndjson')).toString()).toBe(`${entry.raw}\n`);
    expect((await written(provider, entry, 'table')).toString()).toContain('2026-11-20');
    const file = await written(provider, entry, 'parquet');
    const rows = await parquetReadObjects({
      file: new Uint8Array(file).buffer,
      compressors: { GZIP: (block) => gunzipSync(block) },
    });
    expect((rows[0]!.time as Date).getTime()).toBe(Math.floor(ms));
  });
});

test.each<[TimeFormat, string]>([
  ['rfc3339', '2026-11-20 13:03:11'],
  ['rfc3339', '1795179791'],
  ['epoch-ns', '1795179791250125789123'],
  ['epoch-s', '20261120T130311Z'],
  ['epoch-parts', '{"epochSecond":"x"}'],
  ['epoch-parts', '{"epochSecond":1,"nano":1000000000}'],
  ['epoch-parts', '{broken'],
  ['epoch-parts', '1795179791'],
])('as %s %s is no time', (format, text) => {
  expect(timeReader(format)(text)).toBeNaN();
});
