import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Log } from '../../../src/demo/contract.js';
import { inventLog } from '../../../src/demo/entry.js';
import { demoOrganization } from '../../../src/demo/organization.js';
import { TRANSLATIONS, translatedLog } from '../../../src/demo/vendors/index.js';
import { entryReader } from '../../../src/engine/page/entries.js';
import { scanPage, wantPaths } from '../../../src/engine/page/scan/scan.js';
import type { Entry } from '../../../src/event.js';
import { openCsvTexts } from '../../../src/formats/csv/texts.js';
import { openCsv } from '../../../src/formats/csv.js';
import type { FormatOptions } from '../../../src/formats/format.js';
import { chipp } from '../../../src/providers/chipp.js';
import { findProvider } from '../../../src/providers/index.js';
import { invent } from '../../../src/providers/invent.js';
import { rpawatch } from '../../../src/providers/rpawatch.js';
import { yura } from '../../../src/providers/yura.js';
import { UTC } from '../../../src/time.js';
import { parseColumns } from '../../../src/view.js';
import { anyEntry, CODED, entryOfText, LISTED, LOOKED } from '../../providers/anyentry.js';
import { entryOf, hostileValue } from '../arbitrary.js';

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

const NOW = Date.UTC(2026, 10, 20, 14, 3, 11);
const organization = demoOrganization(NOW);

function textsOf<Row>({ rows, view }: Log<Row>): readonly string[] {
  return rows.slice(0, 1000).map((row) => view.text(row));
}

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

  test.each([invent, chipp, rpawatch, yura, LISTED, CODED, LOOKED])(
    'for any JSON with the fields of $name',
    async (provider) => {
      await fc.assert(
        fc.asyncProperty(anyEntry(provider), (entry) => expectSame([entry], { provider }, 'org_9')),
        { numRuns: RUNS },
      );
    },
  );

  test.each(['invent', ...Object.keys(TRANSLATIONS)])('for the history of the demo as %s tells it', async (name) => {
    const provider = findProvider(name);
    const texts = name === 'invent' ? textsOf(inventLog(organization)) : textsOf(translatedLog(provider, organization));
    const { paths, entryOf: entryOfRow } = entryReader(provider);
    const page = Buffer.from(`[${texts}]`);
    const entries = scanPage(page, '', wantPaths(paths)).entries.map(entryOfRow);
    await expectSame(entries, { provider }, 'org_9');
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
