import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../src/event.js';
import { openCsv } from '../../src/formats/csv.js';
import { openCsvTexts } from '../../src/formats/csvtexts.js';
import type { FormatOptions } from '../../src/formats/format.js';
import { escapeJsonText } from '../../src/json.js';
import { chipp } from '../../src/providers/chipp.js';
import { invent } from '../../src/providers/invent.js';
import type { Provider } from '../../src/providers/provider.js';
import { rpawatch } from '../../src/providers/rpawatch.js';
import { yura } from '../../src/providers/yura.js';
import { parseTimestamp, UTC } from '../../src/time.js';
import { parseColumns } from '../../src/view.js';
import { entryOf, hostileText, hostileValue } from './arbitrary.js';

const RUNS = Number(process.env.AUDITLOG_TEST_RUNS ?? 200);

/** Writes the entries by their bytes and by their texts, and expects the same. */
async function expectSame(entries: readonly Entry[], options: Partial<FormatOptions> = {}, org = 'c'): Promise<void> {
  const all = { provider: invent, colorLevel: 0, isTTY: false, width: 0, zone: UTC, now: 0, ...options } as const;
  const [bytes, texts] = await Promise.all([openCsv(all), openCsvTexts(all)]);
  const written = bytes.write({ entries, org });
  const expected = entries.map((entry) => texts.row(entry, org)).join('');
  expect(Buffer.from(written as Uint8Array).toString()).toBe(expected);
  expect(bytes.facts()).toEqual({ rows: entries.length, ...texts.facts() });
}

function entryOfText(text: string): Entry {
  const value: unknown = JSON.parse(text);
  const { id, created_at: time } = (value ?? {}) as Record<string, unknown>;
  return {
    raw: Buffer.from(escapeJsonText(text)),
    id: typeof id === 'string' ? id : typeof id === 'number' ? String(id) : undefined,
    time: typeof time === 'string' ? parseTimestamp(time) : Number.NaN,
  };
}

/** An array of things that may be a person or a resource, by a provider's file. */
const listed: Provider = {
  ...invent,
  timeFormat: 'epoch-ms',
  fields: {
    ...invent.fields,
    time: ['published', '@timestamp'],
    action: { join: ['category', 'action'] },
    target: [{ id: 'target.0.id', name: ['target.0.name', 'target.0.login'], email: 'target.0.emails.length' }],
    resource: [{ type: { path: 'target.1.type' }, id: 'target.1.id' }, { id: 'a.b.c' }],
    metadata: ['debug.data', 'context'],
  },
};

describe('rows copied from bytes are those made of texts', () => {
  const COLUMNS = [
    'id',
    'extra',
    'metadata',
    'actor.name,metadata.role,.metadata.a.b,.actor,.tags.0,extra',
    'agent,.agent,extra,org.id',
  ];

  test('for hostile entries', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileValue, { minLength: 1, maxLength: 3 }), fc.boolean(), (values, csvRaw) =>
        expectSame(values.map(entryOf), { csvRaw }, 'org_9'),
      ),
      { numRuns: RUNS },
    );
  });

  test('for chosen columns', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(hostileValue, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(...COLUMNS),
        (values, names) => expectSame(values.map(entryOf), { columns: parseColumns(names, invent) }),
      ),
      { numRuns: RUNS },
    );
  });

  test.each([invent, chipp, rpawatch, yura, listed])('for any JSON with the fields of $name', async (provider) => {
    await fc.assert(
      fc.asyncProperty(anyObject(provider, 0), (text) => expectSame([entryOfText(text)], { provider }, 'org_9')),
      { numRuns: 3 * RUNS },
    );
  });

  test.each([
    '{}',
    '{"a":{}}',
    '{"actor":{}}',
    '{"actor":{"id":"a"},"actor":{"id":"b"}}',
    '{"actor":{"id":"a","id":"b"}}',
    '{"actor.id":"a"}',
    '{"member":{"user.name":"a"}}',
    '{"\\u0069d":"a"}',
    '{"id":"a\\u0062"}',
    '{"id":"a","metadata":-5}',
    '{"metadata":"=1;=2"}',
    '{"metadata":{"a":";=1;＝2;x;"}}',
    '{"x":[";-1"],"agent":"a;b"}',
    '{"agent":"＝1","source":"£5","country":"a,b","ip":"\'x"}',
    '{"agent":"x;=1"}',
    '{"agent":"say \\"hi\\""}',
    '{"created_at":"2024-02-29T23:59:59.123456789Z"}',
    '{"created_at":"2023-02-29T23:59:59Z"}',
    '{"created_at":"2024-02-29t23:59:59Z"}',
    '{"created_at":"2016-12-31T23:59:60Z"}',
    '{"created_at":"2024-02-29T23:59:59.Z"}',
    '{"created_at":"2024-02-29T23:59:5+Z"}',
    '{"created_at":1606929874512}',
    '{"actor":{"id":9007199254740993,"name":1.0,"email":-0}}',
    '{"actor":null,"user":{"id":"u"},"source":{"a":1e400,"b":"x"}}',
    '{"user":{"id":"u","name":"n"},"actor":{"id":"u","email":"e"}}',
    '{"user":{"id":"u","name":"n"},"actor":{"id":"\\u0075"}}',
    '{"org":{"a":[{"b":"]}"}],"id":"o"},"z":0}',
  ])('for %s', async (text) => {
    await expectSame([entryOfText(text)]);
  });
});

/** An object as JSON: keys that fields are at, in any place and written in any way, now and then twice. */
function anyObject({ fields }: Provider, depth: number): fc.Arbitrary<string> {
  const steps = [...new Set(JSON.stringify(fields).match(/[\w@.]+/g))];
  const key = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.constantFrom(...steps.flatMap((step) => step.split('.'))).map((name) => JSON.stringify(name)),
    },
    { weight: 1, arbitrary: fc.constantFrom(...steps).map((name) => JSON.stringify(name)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...steps).map((name) => `"\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}"`),
    },
    { weight: 1, arbitrary: fc.string().map((name) => JSON.stringify(name)) },
  );
  const leaf = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        '"a"',
        '"b"',
        '"a,b"',
        '"\\u0061"',
        '""',
        '"member.joined"',
        '"2026-11-20T13:03:11.5Z"',
      ),
    },
    { weight: 2, arbitrary: hostileText.map((text) => JSON.stringify(text)) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('null', 'true', '0', '-1', '1.0', '1e400', '9007199254740993', '1606929874512'),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('[]', '{}', '[{"id":"a","type":"t"},{"id":"b","type":"t"}]', '["a",["b"]]'),
    },
  );
  const value =
    depth > 2
      ? leaf
      : fc.oneof(
          { weight: 2, arbitrary: leaf },
          { weight: 1, arbitrary: fc.constant(0).chain(() => anyObject({ fields } as Provider, depth + 1)) },
        );
  return fc
    .array(fc.tuple(key, value), { maxLength: depth === 0 ? 10 : 5 })
    .map((members) => `{${members.map(([name, token]) => `${name}:${token}`).join(',')}}`);
}
