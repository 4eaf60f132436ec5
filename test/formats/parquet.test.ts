import fc from 'fast-check';
import { parquetMetadata } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../src/event.js';
import { formatFor } from '../../src/formats/index.js';
import { openParquet } from '../../src/formats/parquet.js';
import { toEvent } from '../../src/providers/event/normalize.js';
import { invent } from '../../src/providers/invent.js';
import { UTC } from '../../src/time.js';
import { type Column, parseColumns } from '../../src/view.js';
import { entryOf, hostileValue } from './arbitrary.js';
import { readParquet } from './readparquet.js';

async function written(
  entries: readonly Entry[],
  {
    org = 'c',
    batch = 100,
    columns,
  }: { readonly org?: string; readonly batch?: number; readonly columns?: readonly Column[] } = {},
): Promise<Buffer> {
  const format = await openParquet({ provider: invent, columns });
  const blocks = [format.open()];
  for (let at = 0; at < entries.length; at += batch)
    blocks.push(format.write({ entries: entries.slice(at, at + batch), org }));
  blocks.push(format.close());
  expect(format.facts().rows).toBe(entries.length);
  return Buffer.concat(blocks.map((block) => Buffer.from(block)));
}

const EVENT = {
  id: 'al_1',
  created_at: '2026-11-20T13:03:11.250Z',
  action: 'member.role_changed',
  source: 'app',
  ip: '203.0.113.7',
  country: '',
  agent: null,
  actor: { id: 'usr_1', name: 'Ana', email: 'ana@acme.example', age: 0 },
  metadata: { previous_role: 'admin', note: 'a\tb' },
  org: { id: 'org_1', name: 'Acme' },
};
const RAW = JSON.stringify(EVENT).replace('"age":0', '"age":9007199254740993');
const ENTRY: Entry = { raw: Buffer.from(RAW), id: 'al_1', time: Date.parse(EVENT.created_at) };

describe('a Parquet file', () => {
  test('keeps an entry that is not an object, or nests too deep, in extra and raw', async () => {
    const deep = `{"id":"al_2","metadata":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const rows = ['null', '"text"', '[1,2]', '7', deep].map(
      (text): Entry => ({ raw: Buffer.from(text), id: text === deep ? 'al_2' : undefined, time: Number.NaN }),
    );
    const read = await readParquet(await written([ENTRY, ...rows]));
    expect(read.map(({ raw }) => raw)).toEqual([RAW, ...rows.map(({ raw }) => raw.toString())]);
    expect(read.map(({ extra }) => extra).slice(1)).toEqual(['null', '"text"', '[1,2]', '7', null]);
    expect(read.at(-1)).toMatchObject({ id: 'al_2', metadata: deep.slice(deep.indexOf('['), -1) });
  });

  test('keeps the text of a time that cannot be the entry’s in extra', async () => {
    const raw = Buffer.from('{"id":"al_1","created_at":"2099-01-01T00:00:00Z"}');
    const columns = parseColumns('id,time,extra', invent);
    const [row] = await readParquet(await written([{ raw, id: 'al_1', time: Number.NaN }], { columns }));
    expect(row).toEqual({ id: 'al_1', time: null, extra: '{"created_at":"2099-01-01T00:00:00Z"}' });
  });

  test('has a column for each thing that all vendors tell, the rest as JSON in extra, and the own text in raw', async () => {
    expect(await readParquet(await written([ENTRY]))).toEqual([
      {
        id: 'al_1',
        time: new Date('2026-11-20T13:03:11.250Z'),
        action: 'member.role_changed',
        actor_id: 'usr_1',
        actor_name: 'Ana',
        actor_email: 'ana@acme.example',
        target_id: null,
        target_email: null,
        resource_type: 'member',
        resource_id: null,
        resource_name: null,
        source: 'app',
        ip: '203.0.113.7',
        country: null,
        user_agent: null,
        org_id: 'org_1',
        org_name: 'Acme',
        metadata: '{"previous_role":"admin","note":"a\\tb"}',
        extra: '{"country":"","agent":null,"actor":{"age":9007199254740993}}',
        raw: RAW,
      },
    ]);
  });

  test('tells times as instants in UTC, to the microsecond', async () => {
    const { schema } = parquetMetadata(new Uint8Array(await written([ENTRY])).buffer);
    expect(schema.find(({ name }) => name === 'time')).toMatchObject({
      type: 'INT64',
      converted_type: 'TIMESTAMP_MICROS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
    });
  });

  test.each([
    ['2026-11-20T13:03:11.5Z', '2026-11-20T13:03:11.500Z', null],
    ['2026-11-20T14:03:11+01:00', '2026-11-20T13:03:11.000Z', '2026-11-20T14:03:11+01:00'],
    ['2026-11-20T23:59:59.9999999Z', '2026-11-20T23:59:59.999Z', '2026-11-20T23:59:59.9999999Z'],
    ['2026-02-30T00:00:00Z', null, '2026-02-30T00:00:00Z'],
    ['soon', null, 'soon'],
  ])('keeps what a time column cannot say of %s', async (created_at, time, kept) => {
    const [row] = await readParquet(await written([entryOf({ id: 'a', created_at })]));
    expect((row?.time as Date | null)?.toISOString() ?? null).toBe(time);
    expect((JSON.parse((row?.extra as string | null) ?? '{}') as typeof EVENT).created_at ?? null).toBe(kept);
  });

  test('names the organization that was asked where entries do not', async () => {
    const entry = entryOf({ id: 'a' });
    expect(await readParquet(await written([entry], { org: 'org_7' }))).toMatchObject([{ org_id: 'org_7' }]);
    expect(await readParquet(await written([entry], { org: 'c' }))).toMatchObject([{ org_id: null }]);
  });

  test('has the columns that were asked for, in that order, under names that SQL takes without quotes', async () => {
    const columns = parseColumns('raw,metadata.previous_role,actor.email,.source,time', invent);
    const [row] = await readParquet(await written([ENTRY], { columns }));
    expect(Object.entries(row ?? {})).toEqual([
      ['raw', RAW],
      ['metadata_previous_role', 'admin'],
      ['actor_email', 'ana@acme.example'],
      ['source', 'app'],
      ['time', new Date(EVENT.created_at)],
    ]);
  });

  test('refuses columns that SQL could not tell apart', async () => {
    await expect(written([], { columns: parseColumns('id,.ID', invent) })).rejects.toThrow(
      '--columns: id and .ID are both named ID',
    );
  });

  test('without entries is a file without rows', async () => {
    expect(await readParquet(await written([]))).toEqual([]);
  });

  test('is the same to the byte however entries are handed over', async () => {
    const entries = Array.from({ length: 25_000 }, (_, n) =>
      entryOf({ ...EVENT, id: `al_${n}`, created_at: new Date(1_770_000_000_000 + n * 1000).toISOString() }),
    );
    const bytes = await written(entries);
    expect((await written(entries, { batch: 7001 })).equals(bytes)).toBe(true);
    const { row_groups, num_rows } = parquetMetadata(new Uint8Array(bytes).buffer);
    expect([row_groups.length, num_rows]).toEqual([3, 25_000n]);
    const rows = await readParquet(bytes);
    expect(rows.map(({ id }) => id)).toEqual(entries.map(({ id }) => id));
    expect(rows.map(({ raw }) => raw)).toEqual(entries.map(({ raw }) => raw.toString()));
  });

  test('begins a new row group early for large entries', async () => {
    const entries = Array.from({ length: 20 }, (_, n) => entryOf({ id: `${n}`, blob: `${n}`.repeat(1_000_000) }));
    const { row_groups } = parquetMetadata(new Uint8Array(await written(entries)).buffer);
    expect(row_groups.map(({ num_rows }) => Number(num_rows)).reduce((sum, rows) => sum + rows)).toBe(20);
    expect(row_groups.length).toBeGreaterThan(1);
  });

  test('gives every value of hostile entries back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileValue, { minLength: 1, maxLength: 4 }), async (values) => {
        const entries = values.map(entryOf);
        const rows = await readParquet(await written(entries));
        const whole = (text: string | undefined) => text?.replace(/\p{Cs}/gu, '\ufffd') || null;
        for (const [at, entry] of entries.entries()) {
          const event = toEvent(invent, entry);
          expect(rows[at]).toMatchObject({
            id: whole(event.id),
            action: whole(event.action),
            actor_id: whole(event.actor?.id),
            actor_name: whole(event.actor?.name),
            actor_email: whole(event.actor?.email),
            resource_name: whole(event.resource?.name),
            source: whole(event.source),
            user_agent: whole(event.userAgent),
            org_name: whole(event.org?.name),
            raw: entry.raw.toString(),
          });
        }
      }),
      { numRuns: Number(process.env.AUDITLOG_TEST_RUNS ?? 200) },
    );
  });
});

test('is found by its name, and tells what had to be changed', async () => {
  const options = { provider: invent, colorLevel: 0 as const, isTTY: false, width: 0, zone: UTC, now: 0 };
  const format = await formatFor('parquet', options);
  const half = entryOf({ id: 'a', actor: { name: 'x\ud800' } });
  const pieces = [format.open(), format.write({ entries: [half], org: 'c' }), format.close()];
  expect(format.facts()).toMatchObject({ rows: 1, replacedSurrogates: 1 });
  const [row] = await readParquet(Buffer.concat(pieces.map((piece) => Buffer.from(piece))));
  expect(row).toMatchObject({ actor_name: 'x\ufffd', raw: '{"id":"a","actor":{"name":"x\\ud800"}}' });
  expect(row?.extra).toBe('{"actor":{"name":"x\\ud800"}}');
});
