import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toEvent } from '../../src/providers/event/normalize.js';
import { invent } from '../../src/providers/invent.js';
import { openSchema } from '../../src/schemas/index.js';
import { safe } from '../../src/terminal/text.js';
import { entryOf, hostileValue } from '../formats/arbitrary.js';
import { readCef } from './readcef.js';
import { bareEntry, eventOf, everyVendor, MS, richEntry, TIME } from './samples.js';

/** The keys that are used, from ArcSight's CEF implementation standard. */
const KEYS = new Set(
  'rt externalId act outcome cat suid suser duid duser dpriv src shost c6a2 c6a2Label requestClientApplication rawEvent cs1 cs1Label cs2 cs2Label cs3 cs3Label cs4 cs4Label cs5 cs5Label cs6 cs6Label'.split(
    ' ',
  ),
);

async function line(entry: object | string, time = MS): Promise<string> {
  return (await openSchema('cef', { provider: invent })).line(eventOf(invent, entry, time));
}

test('a message is one line with a header and keys of the standard', async () => {
  const entry = {
    id: 'al_1',
    action: 'member.role_changed',
    source: 'api',
    ip: '192.0.2.7',
    country: 'NO',
    agent: 'curl/8.14.1 (a=b)',
    created_at: TIME,
    actor: { id: 'usr_1', name: 'Ann', email: 'ann@acme.example' },
    member: { id: 'mem_2', role: 'admin', user: { id: 'usr_2', name: 'Bo' } },
    org: { id: 'org_1', name: 'Acme' },
    metadata: { previous_role: 'member', new_role: 'admin', note: 'a\\b=c' },
  };
  expect(await line(entry)).toBe(
    [
      'CEF:0|Invent|Audit Log|1|member.role_changed|Member Role Changed|1|rt=1795179791250 externalId=al_1',
      'act=member.role_changed cat=Members suid=usr_1 suser=ann@acme.example duid=usr_2 duser=Bo dpriv=admin src=192.0.2.7',
      'requestClientApplication=curl/8.14.1 (a\\=b) cs1=org_1 cs1Label=org cs2=member cs2Label=resourceType',
      'cs3=mem_2 cs3Label=resourceId cs4=Bo cs4Label=resourceName cs5=api cs5Label=source cs6=NO cs6Label=country',
      `rawEvent=${JSON.stringify(entry).replace(/[\\=]/g, '\\$&')}`,
    ].join(' '),
  );
});

describe('escaping', () => {
  const entry = (more: object) => ({ id: 'a', created_at: TIME, action: 'chat.deleted', ...more });

  test('in the header: bars and backslashes, and what would break or colour the line is shown', async () => {
    const text = await line(entry({ action: 'a|b\\c=d\n\x1b[31m' }));
    expect(text).toContain('|a\\|b\\\\c=d\\\\x0a\\\\x1b[31m|');
    expect(readCef(text).header[4]).toBe('a|b\\c=d\\x0a\\x1b[31m');
  });

  test('in the extension: equals signs, backslashes and line ends, but no bars', async () => {
    const text = await line(entry({ agent: 'x=1|y\\z\r\nsuser=root' }));
    expect(text).toContain('requestClientApplication=x\\=1|y\\\\z\\r\\nsuser\\=root ');
    expect(readCef(text).fields.get('requestClientApplication')).toBe('x=1|y\\z\r\nsuser=root');
  });

  test('the own text comes back to the last digit', async () => {
    const raw = '{"id":"a","created_at":"x","action":"a=b","metadata":{"n":9007199254740993,"t":"\\u202e\\\\n|="}}';
    expect(readCef(await line(raw)).fields.get('rawEvent')).toBe(raw);
  });
});

test('every action of every vendor makes a message that reads back', async () => {
  for (const provider of await everyVendor()) {
    const schema = await openSchema('cef', { provider });
    for (const action of Object.keys(provider.actions)) {
      for (const entry of [bareEntry(provider, action), richEntry(provider, action)]) {
        const event = eventOf(provider, entry);
        const { header, fields } = readCef(schema.line(event));
        expect(header).toEqual(['CEF:0', provider.title, 'Audit Log', '1', event.action, expect.any(String), '1']);
        expect([...fields.keys()].filter((key) => !KEYS.has(key))).toEqual([]);
        expect(fields.get('externalId')).toBe(event.id);
        expect(fields.get('rawEvent')).toBe(event.entry.raw.toString());
      }
    }
  }
});

test('whatever is in an entry, its message reads back, and harms no terminal', async () => {
  const schema = await openSchema('cef', { provider: invent });
  const shown = (text: string) =>
    text
      .split(/([\r\n])/)
      .map((part) => (/[\r\n]/.test(part) ? part : safe(part)))
      .join('');
  fc.assert(
    fc.property(hostileValue, (value) => {
      const event = toEvent(invent, { ...entryOf(value), time: MS });
      const text = schema.line(event);
      expect(text).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/u);
      const { fields } = readCef(text);
      expect([...fields.keys()].filter((key) => !KEYS.has(key))).toEqual([]);
      expect(fields.get('rawEvent')).toBe(event.entry.raw.toString());
      expect(fields.get('act')).toBe(event.action === '' ? undefined : shown(event.action));
      expect(fields.get('externalId')).toBe(event.id === undefined || event.id === '' ? undefined : shown(event.id));
      expect(fields.get('requestClientApplication') ?? '').toBe(shown(event.userAgent ?? ''));
    }),
    { numRuns: Number(process.env.AUDITLOG_TEST_RUNS ?? 200) },
  );
});

test.each([
  [{ ip: '192.0.2.7' }, { src: '192.0.2.7' }],
  [{ ip: '2001:db8::7' }, { c6a2: '2001:db8::7', c6a2Label: 'Source IPv6 Address' }],
  [{ ip: 'proxy.acme.example' }, { shost: 'proxy.acme.example' }],
])('where from: %j', async (more, expected) => {
  const { fields } = readCef(await line({ id: 'a', created_at: TIME, action: 'chat.deleted', ...more }));
  const found = Object.fromEntries([...fields].filter(([key]) => /^(?:src|shost|c6)/.test(key)));
  expect(found).toEqual(expected);
});

test('no time is made up, and nothing is unmapped: each message has the vendor’s own action', async () => {
  const schema = await openSchema('cef', { provider: invent });
  const text = schema.line(eventOf(invent, { id: 'a', created_at: 'never', action: 'x.exploded' }, Number.NaN));
  expect(readCef(text).fields.has('rt')).toBe(false);
  expect([schema.undated(), schema.unmapped().size]).toEqual([1, 0]);
});
