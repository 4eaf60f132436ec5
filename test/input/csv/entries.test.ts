import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryReader } from '../../../src/engine/page/entries.js';
import { scanPage, wantPaths } from '../../../src/engine/page/scan/scan.js';
import type { AuditEvent, Entry } from '../../../src/event.js';
import { formatFor } from '../../../src/formats/index.js';
import { csvEntries } from '../../../src/input/csv/entries.js';
import { damageOf } from '../../../src/input/damage.js';
import { escapeJsonText } from '../../../src/json/escape.js';
import { chipp } from '../../../src/providers/chipp.js';
import { toEvent } from '../../../src/providers/event/normalize.js';
import { invent } from '../../../src/providers/invent.js';
import type { Provider } from '../../../src/providers/provider.js';
import { rpawatch } from '../../../src/providers/rpawatch.js';
import { yura } from '../../../src/providers/yura.js';
import { UTC } from '../../../src/time.js';
import { parseColumns } from '../../../src/view.js';

interface Csv {
  readonly provider?: Provider;
  readonly columns?: string;
  readonly csvRaw?: boolean;
  readonly org?: string;
}

function entriesOf(texts: readonly string[], provider: Provider): readonly Entry[] {
  const { paths, entryOf } = entryReader(provider);
  return scanPage(Buffer.from(`[${texts.join(',')}]`), '', wantPaths(paths)).entries.map(entryOf);
}

async function toCsv(
  entries: readonly Entry[],
  { provider = invent, columns, csvRaw, org = 'c' }: Csv = {},
): Promise<string> {
  const format = await formatFor('csv', {
    provider,
    columns: columns === undefined ? undefined : parseColumns(columns, provider),
    csvRaw,
    colorLevel: 0,
    isTTY: false,
    width: 0,
    zone: UTC,
    now: 0,
  });
  const parts = [format.open(), format.write({ entries, org }), format.close()];
  return parts.map((part) => Buffer.from(part).toString()).join('');
}

async function* pieces(text: string | Buffer, size: number): AsyncGenerator<Buffer, void> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function fromCsv(text: string | Buffer, { provider = invent, csvRaw = false }: Csv = {}, size = 1 << 16) {
  const found: { entry: Entry; org: string | undefined }[] = [];
  const damaged = damageOf('a.csv');
  for await (const { entries, org } of csvEntries(pieces(text, size), provider, { isRaw: csvRaw, damaged }))
    found.push(...entries.map((entry) => ({ entry, org })));
  return found;
}

async function refusal(text: string | Buffer, csv: Csv = {}): Promise<string> {
  return fromCsv(text, csv).then(
    () => 'accepted',
    (error: Error) => error.message,
  );
}

const ANN = { id: 'usr_1', name: 'Ann', email: 'ann@acme.example', avatar: null, seen_at: '2026-03-01T08:00:00Z' };
const BOB = { id: 'usr_2', name: 'Bob', email: 'bob@acme.example' };
const BASE = { id: 'al_1', created_at: '2026-03-01T09:00:00.5Z', source: 'app', ip: '203.0.113.7', country: 'DE' };
const ENTRIES: readonly (readonly [what: string, provider: Provider, entry: object])[] = [
  [
    'a role change',
    invent,
    {
      ...BASE,
      action: 'member.role_changed',
      actor: ANN,
      user: ANN,
      member: { id: 'mem_1', role: 'admin', user: BOB },
      assistant: null,
      org: { id: 'org_1', name: 'Acme' },
      metadata: { previous_role: 'member', new_role: 'admin' },
    },
  ],
  ['an automated event', invent, { ...BASE, action: 'chat.deleted', actor: null, user: null, metadata: null }],
  [
    'only a user',
    invent,
    {
      ...BASE,
      action: 'assistant.created',
      actor: null,
      user: ANN,
      assistant: { id: 'as_1', name: 'Desk', config: { n: 1 } },
    },
  ],
  [
    'bare ids',
    invent,
    { ...BASE, action: 'workflow.created', actor: 'usr_1', user: 'usr_1', workflow: 'wf_1', org: 'org_1' },
  ],
  ['missing fields', invent, { id: 'al_2', action: 'broadcast.paused', broadcast: { id: 'b_1', name: 'News' } }],
  [
    'an email invited',
    invent,
    { ...BASE, action: 'member.invited', actor: ANN, metadata: { email: 'new@acme.example', role: 'viewer' } },
  ],
  [
    'things named in metadata',
    invent,
    { ...BASE, action: 'api_key.created', actor: ANN, metadata: { id: 'key_1', name: 'ci' } },
  ],
  ['numbers for ids', invent, { ...BASE, id: 1234567890, actor: { id: 5, name: 'Ann' }, action: 'chat.deleted' }],
  ['another zone', invent, { ...BASE, created_at: '2026-03-01T10:00:00+01:00', action: 'chat.deleted' }],
  ['formulas', invent, { ...BASE, actor: { id: '=1+1', name: "'@x", email: '-y' }, action: '+chat', ip: '\ttab' }],
  [
    'control characters',
    invent,
    { ...BASE, actor: { name: 'a\u0000b\u001b[31m', email: '\u009b' }, source: 'l1\nl2\r\n', action: 'chat.deleted' },
  ],
  ['half a character', invent, { ...BASE, actor: { name: 'a\ud800b' }, action: 'chat.deleted' }],
  [
    'separators of other places',
    invent,
    { ...BASE, actor: { name: 'x;=1\t+2\n@3' }, action: 'chat.deleted', metadata: { a: 'y;=2' }, z: ';-3' },
  ],
  ['quotes and commas', invent, { ...BASE, actor: { name: '"x", y; z' }, agent: 'a "b"\n"c', action: 'chat.deleted' }],
  ['nothing', invent, {}],
  ['unknown fields', invent, { ...BASE, action: 'x.y', more: { deep: [{ a: 1.0 }] }, constructor: 1, __proto: 2 }],
  ['wrong shapes', invent, { ...BASE, action: { a: 1 }, actor: ['x'], member: 'mem_9', ip: 5, metadata: [1, 2] }],
  [
    'Chipp',
    chipp,
    {
      id: 'c_1',
      action: 'member.role_changed',
      createdAt: '2026-03-15T10:00:00Z',
      actorUserId: 'u1',
      actorEmail: 'a@x.example',
      actorName: 'A',
      targetUserId: 'u2',
      targetEmail: 'b@x.example',
      resourceType: 'workspace',
      resourceId: 'w1',
      ipAddress: '203.0.113.7',
      userAgent: 'curl/8',
      context: { previousRole: 'member', newRole: 'admin' },
    },
  ],
  [
    'Chipp in snake_case',
    chipp,
    {
      id: 'c_2',
      action: 'app.created',
      created_at: '2026-03-15T10:00:00Z',
      actor_user_id: 'u1',
      actor_email: 'a@x.example',
      resource_type: 'app',
      resource_id: 'a1',
    },
  ],
  [
    'RPAWatch',
    rpawatch,
    {
      id: 'r_1',
      timestamp: '2026-03-15T10:00:00Z',
      user: { id: 'u1', name: 'A', email: 'a@x.example' },
      action: 'update',
      resource_type: 'member',
      resource_id: 'm1',
      details: { old: { role: 'viewer' }, new: { role: 'admin' } },
      account_id: 'acc',
      tenant_id: 'ten',
    },
  ],
  [
    'Yura',
    yura,
    {
      category: 'Login',
      entity: 'Agent',
      action: 'Login',
      modified_by: 'Ann',
      occurred_at: '2026-03-15T10:00:00Z',
      source: '203.0.113.7',
    },
  ],
];

/** A row does not tell at which of the places that mean the same its values stood. */
const SPELT_OTHERWISE = new Set(['bare ids', 'wrong shapes', 'Chipp in snake_case']);

describe('a CSV export is read back', () => {
  test.each(ENTRIES)('with %s', async (what, provider, entry) => {
    const text = escapeJsonText(JSON.stringify(entry));
    const [original] = entriesOf([text], provider);
    const csv = await toCsv([original!], { provider });
    const [found] = await fromCsv(csv, { provider });
    if (!SPELT_OTHERWISE.has(what)) expect(JSON.parse(found!.entry.raw.toString())).toEqual(entry);
    expect(found!.entry.id).toBe(original!.id);
    expect(found!.entry.time).toBe(original!.time);
    expect(await toCsv([found!.entry], { provider })).toBe(csv);
  });

  test.each([
    'null',
    'true',
    '-12.50',
    '"=text"',
    '["a",{"id":"no"}]',
    `[${'['.repeat(1000)}${']'.repeat(1000)}]`,
    `{"id":"a","deep":${'{"a":['.repeat(20_000)}1${']}'.repeat(20_000)}}`,
    '{"id":"a","actor":{"name":"Ann"},"actor.email":"ann@acme.example"}',
    '{"id":"a","created_at":"2026-03-01 09:30:00,250 +0100"}',
    '{"id":"a","created_at":"Sun, 01 Mar 2026 09:30:00 GMT"}',
  ])('as it was, whatever it is: %.60s', async (text) => {
    const csv = await toCsv(entriesOf([text], invent));
    const [found] = await fromCsv(csv);
    expect(found!.entry.raw.toString()).toBe(text);
    expect(await toCsv([found!.entry])).toBe(csv);
  });

  test('with the value of an element, or of a key that holds dots, at that place only', async () => {
    const provider: Provider = {
      ...invent,
      fields: { ...invent.fields, ip: ['from.0.ip', 'from.ip'], source: ['a.b', 'c.d'], actor: { id: ['x.y', 'who'] } },
    };
    for (const text of [
      '{"from":[{"ip":"192.0.2.1"}],"a.b":"app","x.y":"usr_1"}',
      '{"from":[{"ip":"192.0.2.1"}],"c.d":"api"}',
    ]) {
      const csv = await toCsv(entriesOf([text], provider), { provider });
      expect(csv).toContain('192.0.2.1');
      const [found] = await fromCsv(csv, { provider });
      expect(JSON.parse(found!.entry.raw.toString())).toEqual(JSON.parse(text));
    }
  });

  test('with a time that cannot be the entry’s, as the vendor wrote it', async () => {
    const provider: Provider = { ...invent, timeFormat: 'epoch-s' };
    const [entry] = entriesOf(['{"id":"a","created_at":0}'], provider);
    const csv = await toCsv([{ ...entry!, time: Number.NaN }], { provider });
    const [found] = await fromCsv(csv, { provider });
    expect(found!.entry.raw.toString()).toBe('{"id":"a","created_at":0}');
  });

  test('token for token where a cell could not carry it', async () => {
    const text =
      '{"id":"a","action":"x.y","metadata":{"n":9007199254740993,"f":1.0,"d":1,"d":2},"z":1e400,"k":"a","k":"b"}';
    const [found] = await fromCsv(await toCsv(entriesOf([text], invent)));
    const raw = found!.entry.raw.toString();
    for (const part of ['"metadata":{"n":9007199254740993,"f":1.0,"d":1,"d":2}', '"z":1e400', '"k":"a","k":"b"'])
      expect(raw).toContain(part);
  });

  test.each([1, 2, 7, 100])('in any pieces, such as of %i bytes', async (size) => {
    const entries = ENTRIES.filter(([, provider]) => provider === invent).map(([, , entry]) => JSON.stringify(entry));
    const csv = await toCsv(entriesOf(entries.slice(0, 12), invent));
    const found = await fromCsv(csv, {}, size);
    expect(await toCsv(found.map(({ entry }) => entry))).toBe(csv);
  });

  test('with LF instead of CRLF', async () => {
    const csv = await toCsv(entriesOf(['{"id":"a"}', '{"id":"b"}'], invent));
    expect((await fromCsv(csv.replaceAll('\r\n', '\n'))).map(({ entry }) => entry.id)).toEqual(['a', 'b']);
  });

  test('with only the columns that it was given', async () => {
    const columns = 'time,action,actor.email,metadata.new_role';
    const csv = await toCsv(entriesOf([JSON.stringify(ENTRIES[0]![2])], invent), { columns });
    const [found] = await fromCsv(csv);
    expect(JSON.parse(found!.entry.raw.toString())).toEqual({
      created_at: BASE.created_at,
      action: 'member.role_changed',
      metadata: { new_role: 'admin' },
      actor: { email: 'ann@acme.example' },
    });
  });

  test('without guards, if --csv-raw says so', async () => {
    const csv = await toCsv(entriesOf(['{"id":"=1","action":"\'x"}'], invent), { csvRaw: true });
    const [found] = await fromCsv(csv, { csvRaw: true });
    expect(JSON.parse(found!.entry.raw.toString())).toEqual({ id: '=1', action: "'x" });
    expect(await refusal(csv)).toBe(
      'a.csv, line 2: a cell begins as a formula does; say --csv-raw if the file was written with it',
    );
  });

  test('with the org that was asked, where entries name none', async () => {
    const csv = await toCsv(entriesOf(['{"id":"a"}'], chipp), { provider: chipp, org: 'acme' });
    const [found] = await fromCsv(csv, { provider: chipp });
    expect(found).toMatchObject({ org: 'acme' });
    expect(found!.entry.raw.toString()).toBe('{"id":"a"}');
  });

  test('whatever stands in the fields of an entry', async () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', 'x', '=x', 'a;=1', 'b\n"@', null, 1, true, ['a'], { id: 'a' }),
    );
    const person = fc.oneof(value, fc.record({ id: value, name: value, email: value }, { requiredKeys: [] }));
    const entry = fc.record(
      {
        id: value,
        action: fc.oneof(value, fc.constantFrom('member.invited', 'workflow.created')),
        created_at: value,
        actor: person,
        user: person,
        workflow: person,
        assistant: person,
        member: fc.oneof(value, fc.record({ id: value, user: person })),
        metadata: person,
        ip: value,
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 5 }), async (all) => {
        const entries = entriesOf(
          all.map((one) => escapeJsonText(JSON.stringify(one))),
          invent,
        );
        const csv = await toCsv(entries);
        const found = await fromCsv(csv, {}, 50);
        expect(found.map((one) => one.entry.id)).toEqual(entries.map(({ id }) => id));
        expect(await toCsv(found.map((one) => one.entry))).toBe(csv);
        // No column tells the name of a target: where it could be told by another, it may be.
        const told = ({ entry: _, value: __, target, ...facts }: AuditEvent) => ({
          ...facts,
          target: [target?.id, target?.email],
        });
        expect(found.map((one) => told(toEvent(invent, one.entry)))).toEqual(
          entries.map((one) => told(toEvent(invent, one))),
        );
      }),
      { numRuns: Number(process.env.AUDITLOG_TEST_RUNS ?? 100) },
    );
  });
});

describe('what is no CSV export is told with its line', () => {
  const heading = 'id,time,action,extra';
  test.each<[what: string, text: string, message: string]>([
    ['nothing', '', 'a.csv, line 1: there is no heading'],
    [
      'another heading',
      'id,tiem\r\n',
      'a.csv, line 1: this is not the heading of a CSV export: column "tiem" does not exist',
    ],
    ['a missing cell', `${heading}\r\na,b\r\n`, 'a.csv, line 2: this row has 2 cells where the heading has 4'],
    ['a cell too many', `${heading}\r\na,,,,\r\n`, 'a.csv, line 2: this row has 5 cells where the heading has 4'],
    ['a cut record', `${heading}\r\na,,x.y,\r\nb,,"x`, 'a.csv, line 3: a quoted cell has no end: the text is cut off'],
    ['a cut last cell', `${heading}\r\na,,x.y,`, 'a.csv, line 2: the last record has no end: the text is cut off'],
    ['a quote inside of a cell', `${heading}\r\na,,x"y,\r\n`, 'a.csv, line 2: a quote stands inside of a cell'],
    ['text behind a quote', `${heading}\r\na,,"x"y,\r\n`, 'a.csv, line 2: something stands behind a quoted cell'],
    ['an empty line', `${heading}\r\n\r\na,,,\r\n`, 'a.csv, line 2: this row has 1 cells where the heading has 4'],
    [
      'an extra that is no JSON',
      `${heading}\r\na,,,{]\r\n`,
      "a.csv, line 2: this row does not read back as an entry of Invent's (--provider names another vendor)",
    ],
    [
      'an extra with more than it says',
      `${heading}\r\n\r\n`,
      'a.csv, line 2: this row has 1 cells where the heading has 4',
    ],
    [
      'a changed time',
      `${heading}\r\na,3/1/2026,x.y,"{""created_at"":""2026-03-01T00:00:00Z""}"\r\n`,
      "a.csv, line 2: this row does not read back as an entry of Invent's (--provider names another vendor)",
    ],
    [
      'metadata that smuggle a field',
      'id,metadata\r\na,"1,""id"":""b"""\r\n',
      "a.csv, line 2: this row does not read back as an entry of Invent's (--provider names another vendor)",
    ],
    [
      'lines inside of cells',
      `${heading}\r\n"a\r\nb",,,\r\nc,,\r\n`,
      'a.csv, line 4: this row has 3 cells where the heading has 4',
    ],
  ])('%s', async (_, text, message) => {
    expect(await refusal(text)).toBe(message);
  });

  test('bytes that are no UTF-8', async () => {
    expect(await refusal(Buffer.from(`${heading}\r\n\xff,,,\r\n`, 'latin1'))).toMatch(
      /^a\.csv, line \d: the text is not valid UTF-8$/,
    );
  });
});
