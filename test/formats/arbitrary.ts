import fc from 'fast-check';
import type { Entry } from '../../src/event.js';
import { escapeJsonText } from '../../src/json/escape.js';
import { parseTimestamp } from '../../src/time.js';

/** What people and programs put into a field to make trouble in a terminal or a spreadsheet. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc
    .array(
      fc.constantFrom(
        '=1+1',
        '=HYPERLINK("http://x","y")',
        '@SUM(A1)',
        '+49 30 1',
        '-2',
        "'quoted",
        '\t=1',
        '\r=1',
        '\n=1',
        '\0=1',
        '＝1',
        'x;=cmd',
        'x;"=1"',
        'x\t@a',
        'x\n+1',
        ';',
        '"',
        'a,b',
        'a"b',
        'a\r\nb',
        '\x1b[31mred',
        '\x1b]0;title\x07',
        '\x9b2J',
        '\u202egnp.exe',
        '\u2028',
        '\u0085',
        '\ud800',
        '\udfff\ud800',
        'שלום',
        '山田',
        '👩‍🚀',
        'e\u0301\u0301\u0301\u0301\u0301\u0301',
        '\ue000',
        ' ',
        '',
      ),
      { maxLength: 3 },
    )
    .map((parts) => parts.join('')),
);

const leaf = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  { weight: 1, arbitrary: fc.constantFrom(null, true, false, 0, -1, 1.5) },
);
const inner = (...names: string[]) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record(Object.fromEntries(names.map((name) => [name, leaf])), { requiredKeys: [] }) },
    { weight: 1, arbitrary: leaf },
  );

/** Entries that look like Invent's, with anything in any place, and keys that nobody knows. */
export const hostileValue = fc
  .tuple(
    fc.record(
      {
        id: leaf,
        created_at: fc.oneof(leaf, fc.constantFrom('2026-11-20T13:03:11Z', '2026-11-20T13:03:11.25+01:00')),
        action: fc.oneof(leaf, fc.constantFrom('member.role_changed', 'assistant.deleted', 'api_key.created')),
        source: leaf,
        ip: leaf,
        country: leaf,
        agent: leaf,
        actor: inner('id', 'name', 'email', 'avatar'),
        user: inner('id', 'name', 'email'),
        member: inner('id', 'role'),
        assistant: inner('id', 'name', 'enabled'),
        org: inner('id', 'name', 'plan'),
        metadata: fc.oneof(inner('email', 'name', 'previous_role'), fc.jsonValue({ maxDepth: 3 })),
      },
      { requiredKeys: [] },
    ),
    fc.dictionary(hostileText, fc.oneof(leaf, fc.jsonValue({ maxDepth: 2 })), { maxKeys: 2 }),
  )
  .map(([known, unknown]) => ({ ...unknown, ...known }) as Record<string, unknown>);

/** An entry as the engine gives it. */
export function entryOf(value: Readonly<Record<string, unknown>>): Entry {
  const { id, created_at: time } = value;
  return {
    raw: Buffer.from(escapeJsonText(JSON.stringify(value))),
    id: typeof id === 'string' ? id : undefined,
    time: typeof time === 'string' ? parseTimestamp(time) : Number.NaN,
  };
}
