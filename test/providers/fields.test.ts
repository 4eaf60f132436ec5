import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { entryReader } from '../../src/engine/page/entries.js';
import { scanPage, wantPaths } from '../../src/engine/page/scan/scan.js';
import type { Entry } from '../../src/event.js';
import { formatFor } from '../../src/formats/index.js';
import { csvEntries } from '../../src/input/csv/entries.js';
import { damageOf } from '../../src/input/damage.js';
import { openRowReader } from '../../src/manifest/measure.js';
import { matchActions } from '../../src/providers/actions.js';
import { toEvent } from '../../src/providers/event/normalize.js';
import { openEventReader } from '../../src/providers/event/reader.js';
import { toProviderFile } from '../../src/providers/file/parse.js';
import type { Provider } from '../../src/providers/provider.js';
import { joinId, rowFields, splitId } from '../../src/providers/rows.js';
import { checkActions } from '../../src/providers/warnings.js';
import { splitQuery } from '../../src/query/split.js';
import { EVERYTHING } from '../../src/query.js';
import { UTC } from '../../src/time.js';
import { parseColumns } from '../../src/view.js';

const WORDS = { '1000': 'user.logged_in', '1001': 'user.logged_in', s: 'session.ended' };

function vendor(fields: object, more: object = {}): Provider {
  return toProviderFile(
    {
      name: 'acme',
      path: '/v1/audit',
      auth: { header: 'authorization' },
      paging: { style: 'page', page: 'page' },
      ...more,
      fields: { id: 'id', time: 'at', action: 'what', actor: { id: 'who' }, ...fields },
    },
    'acme.json',
  ).provider;
}

function scanned(provider: Provider, texts: readonly string[]): readonly Entry[] {
  const { paths, entryOf } = entryReader(provider);
  return scanPage(Buffer.from(`[${texts.join(',')}]`), '', wantPaths(paths)).entries.map(entryOf);
}

async function written(
  provider: Provider,
  entry: Entry,
  format: 'csv' | 'ndjson' | 'parquet',
  columns?: string,
): Promise<Buffer> {
  const chosen = columns === undefined ? undefined : parseColumns(columns, provider);
  const how = {
    provider,
    columns: chosen,
    csvRaw: false,
    colorLevel: 0 as const,
    isTTY: false,
    width: 200,
    zone: UTC,
    now: 0,
  };
  const open = await formatFor(format, how);
  const parts = [open.open(), open.write({ entries: [entry], org: '' }), open.close()];
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

async function fromCsv(text: Buffer, provider: Provider): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  const chunks = (async function* () {
    yield text;
  })();
  for await (const { entries } of csvEntries(chunks, provider, { isRaw: false, damaged: damageOf('a.csv') }))
    found.push(...entries);
  return found;
}

const AT = '"at":"2026-11-20T13:03:11Z"';
const ROWS: readonly (readonly [what: string, fields: object, entry: string, id: string, action: string])[] = [
  [
    'members of lists by their names',
    { action: 'parameters[name=event.kind].value', id: ['keys[type=own].id', 'id'], time: 'times[of=it].at' },
    `{"times":[{"of":"it",${AT}}],"keys":[{"type":"own","id":"k1"}],"parameters":[{"name":"x","value":"no"},{"name":"event.kind","value":"x.created"}]}`,
    'k1',
    'x.created',
  ],
  ['one path', {}, `{"id":"a",${AT},"what":"x.created","who":"u"}`, 'a', 'x.created'],
  [
    'an element of a list',
    { action: 'events.0.name', id: 'keys.1', time: 'times.0.at' },
    `{"keys":["k","l"],"times":[{${AT}}],"events":[{"name":"x.created"},{"name":"y"}]}`,
    'l',
    'x.created',
  ],
  [
    'the second of two paths',
    { id: ['uid', 'id'], action: ['verb', 'what'] },
    `{"id":7,${AT},"what":"x.created"}`,
    '7',
    'x.created',
  ],
  [
    'joined fields',
    { id: { join: ['id.time', 'id.unique'] }, action: { join: ['kind', 'what'] } },
    `{"id":{"time":"2026-11-20T13:03:11Z","unique":-358},${AT},"what":"Login","kind":"Auth"}`,
    '2026-11-20T13:03:11Z/-358',
    'auth.login',
  ],
  [
    'joined fields with slashes',
    { id: { join: ['a', 'b', 'c'] } },
    `{"a":"x/y","b":"50%","what":"w",${AT}}`,
    'x%2Fy/50%25/',
    'w',
  ],
  ['joined fields of lists', { id: { join: ['k.0', 'k.1'] } }, `{"k":["a","b"],"what":"w",${AT}}`, 'a/b', 'w'],
  [
    'a number with a word',
    { action: { path: 'type', words: WORDS } },
    `{"id":"a",${AT},"type":1000}`,
    'a',
    'user.logged_in',
  ],
  [
    'a text with a word',
    { action: { path: ['no', 'type'], words: WORDS } },
    `{"id":"a",${AT},"type":"s"}`,
    'a',
    'session.ended',
  ],
  ['a code without a word', { action: { path: 'type', words: WORDS } }, `{"id":"a",${AT},"type":77}`, 'a', '77'],
  [
    'no action',
    { action: { path: 'type', words: WORDS, otherwise: 'signin' } },
    `{"id":"a",${AT},"who":"u"}`,
    'a',
    'signin',
  ],
  ['an empty action', { action: { path: 'type', otherwise: 'signin' } }, `{"id":"a",${AT},"type":""}`, 'a', 'signin'],
  [
    'a repeated key',
    { action: { path: 'type', words: WORDS } },
    `{"id":"a",${AT},"type":"s","type":1001}`,
    'a',
    'user.logged_in',
  ],
];

describe('ids and actions are alike for every reader and in every output', () => {
  test.each(ROWS)('%s', async (_, fields, text, id, action) => {
    const provider = vendor(fields);
    const [entry] = scanned(provider, [text]) as [Entry];
    expect(entry.id).toBe(id);
    expect([toEvent(provider, entry), openEventReader(provider)(entry)].map((event) => event.action)).toEqual([
      action,
      action,
    ]);
    expect((await written(provider, entry, 'csv', 'id,action')).toString()).toBe(`id,action\r\n${id},${action}\r\n`);
    expect((await written(provider, entry, 'ndjson')).toString()).toBe(`${entry.raw}\n`);
    const file = new Uint8Array(await written(provider, entry, 'parquet')).buffer;
    const [row] = await parquetReadObjects({ file, compressors: { GZIP: (block) => gunzipSync(block) } });
    expect([row!.id, row!.action]).toEqual([id, action]);
    const rows: (string | undefined)[] = [];
    const reader = openRowReader('ndjson', rowFields(provider), false, (one) => rows.push(one.id));
    reader.push(Buffer.from(`${entry.raw}\n`));
    reader.end();
    expect(rows).toEqual([id]);
  });

  test.each(ROWS)('a CSV export is read back: %s', async (what, fields, text, id, action) => {
    const provider = vendor(fields);
    const [entry] = scanned(provider, [text]) as [Entry];
    const [back] = await fromCsv(await written(provider, entry, 'csv'), provider);
    expect(back!.id).toBe(id);
    // A row does not tell at which of several places a value was, or that a key was repeated.
    if (!['a repeated key', 'the second of two paths'].includes(what))
      expect(JSON.parse(back!.raw.toString())).toEqual(JSON.parse(text));
    expect(toEvent(provider, back!).action).toBe(action);
  });

  test('a CSV export of a few columns is read back', async () => {
    const provider = vendor({ id: { join: ['a', 'b'] }, action: { path: 'type', words: WORDS, otherwise: 'signin' } });
    for (const text of [`{"a":"1","b":"2/3",${AT},"type":1001}`, `{"a":"1","b":"2/3",${AT}}`]) {
      const [entry] = scanned(provider, [text]) as [Entry];
      const csv = await written(provider, entry, 'csv', 'id,time,action');
      const [back] = await fromCsv(csv, provider);
      expect(await written(provider, back!, 'csv', 'id,time,action')).toEqual(csv);
    }
  });
});

test('unequal texts make unequal ids, which can be taken apart', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', '/', '%', '2', 'F', '5') }), { minLength: 2, maxLength: 3 }),
      (texts) => {
        const id = joinId(texts);
        if (texts.some((text) => text !== '')) expect(splitId(id!, texts.length)).toEqual(texts);
        else expect(id).toBeUndefined();
      },
    ),
  );
});

describe('actions with words for codes', () => {
  const provider = vendor(
    { action: { path: 'type', words: WORDS, otherwise: 'signin' } },
    { filters: { action: 'event_type' } },
  );
  const asked = (...actions: string[]) => {
    const split = splitQuery(provider, { ...EVERYTHING, actions });
    return split.actionsExact === undefined
      ? undefined
      : split.wiresFor('per-action').map(({ filters }) => filters.action);
  };

  test.each([
    [['session.ended'], ['s']],
    [['user.logged_in'], ['1000', '1001']],
    [['1000'], ['1000', '1001']],
    [['77'], ['77']],
    [['signin'], undefined],
    [['user.*'], undefined],
  ])('for %j the server is asked for %j', (actions, codes) => {
    expect(asked(...actions)).toEqual(codes);
  });

  test('what came for a code is held to its word', () => {
    const split = splitQuery(provider, { ...EVERYTHING, actions: ['session.ended'] });
    const claim = split.claim({ filters: { action: 's' } })!;
    const entries = scanned(provider, ['{"id":"a","type":"s"}', '{"id":"b","type":1000}']);
    expect(entries.map((entry) => claim(toEvent(provider, entry)))).toEqual([true, false]);
  });

  test('are known by their words', () => {
    expect(matchActions(provider, [])).toEqual(['user.logged_in', 'session.ended', 'signin']);
    expect(checkActions(provider, ['user.logged_in', '1000', 'sesion.ended']).warnings).toEqual([
      'acme documents no action sesion.ended; asking anyway. Did you mean session.ended?',
    ]);
  });
});
