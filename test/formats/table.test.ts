import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Format, FormatOptions } from '../../src/formats/format.js';
import { formatFor } from '../../src/formats/index.js';
import { fitWidths } from '../../src/formats/table/draw.js';
import { chipp } from '../../src/providers/chipp.js';
import { invent } from '../../src/providers/invent.js';
import type { Provider } from '../../src/providers/provider.js';
import { rpawatch } from '../../src/providers/rpawatch.js';
import { yura } from '../../src/providers/yura.js';
import { width } from '../../src/terminal/text.js';
import { openZone, UTC } from '../../src/time.js';
import { parseColumns } from '../../src/view.js';
import { entryOf, hostileValue } from './arbitrary.js';

const RUNS = Number(process.env.AUDITLOG_TEST_RUNS ?? 200);
const NOW = Date.parse('2026-11-20T14:00:00Z');

/** A vendor that says nothing of its own page. */
const { columns: _, ...plain } = invent;

function open(options: Partial<FormatOptions> = {}): Promise<Format> {
  return formatFor('table', {
    provider: plain,
    colorLevel: 0,
    isTTY: true,
    width: 100,
    zone: UTC,
    now: NOW,
    ...options,
  });
}

async function table(
  values: readonly Readonly<Record<string, unknown>>[],
  options: Partial<FormatOptions> = {},
): Promise<string> {
  const format = await open(options);
  return `${format.open()}${format.write({ entries: values.map(entryOf), org: 'c' })}${format.close()}`;
}

const ago = (ms: number) => new Date(NOW - ms).toISOString();
/** A heading in colour. */
const headed = (text: string) => `\x1b[1m\x1b[4m${text}\x1b[24m\x1b[22m`;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const PEOPLE = [
  {
    created_at: ago(20_000),
    action: 'member.role_changed',
    actor: { name: 'Ann Lee', email: 'ann@x.io' },
    member: { id: 'mem_1', user: { name: 'Bo' } },
    source: 'app',
    country: 'DE',
    ip: '203.0.113.7',
  },
  {
    created_at: ago(3 * HOUR),
    action: 'assistant.created',
    actor: { name: '山田太郎', email: 't@x.io' },
    assistant: { id: 'ast_1', name: 'Sales 🚀' },
    source: 'api',
    country: 'JP',
  },
  { created_at: ago(50 * HOUR), action: 'chat.deleted', actor: null, source: 'system' },
  {
    created_at: ago(400 * HOUR),
    action: 'api_key.deleted',
    actor: { name: 'דנה לוי', email: 'd@x.io' },
    source: 'app',
  },
];

describe('a table on a terminal', () => {
  test('is aligned by what is seen, with times by the clock, relative in the last hour', async () => {
    expect(await table(PEOPLE)).toBe(
      [
        'Time (UTC)    Actor               Event                Resource              Source  Location',
        'just now      Ann Lee <ann@x.io>  Member Role Changed  Bo (member)           app     DE 203.0.113.7',
        'Nov 20 11:00  山田太郎 <t@x.io>   Assistant Created    Sales 🚀 (assistant)  api     JP',
        'Nov 18 12:00  System              Chat Deleted         chat                  system',
        'Nov 03 22:00  \u2068דנה לוי\u2069 <d@x.io>    API Key Deleted      api_key               app',
        '',
      ].join('\n'),
    );
  });

  test('colours events by their kind, underlines the heading, and dims what is secondary', async () => {
    const lines = (await table(PEOPLE, { colorLevel: 1 })).split('\n');
    expect(lines[0]).toMatch(/^\x1b\[1m\x1b\[4mTime \(UTC\)\x1b\[24m\x1b\[22m/);
    expect(lines[1]).toContain('\x1b[94mMember Role Changed\x1b[39m');
    expect(lines[1]).toContain('Ann Lee \x1b[2m<ann@x.io>\x1b[22m');
    expect(lines[1]).toContain('Bo \x1b[2m(member)\x1b[22m');
    expect(lines[1]).toContain('DE \x1b[2m203.0.113.7\x1b[22m');
    expect(lines[2]).toContain('\x1b[32mAssistant Created\x1b[39m');
    expect(lines[3]).toContain('\x1b[31mChat Deleted\x1b[39m');
  });

  test.each<[string, number, Partial<FormatOptions>, string]>([
    ['relative in the last hour', 59 * MINUTE, {}, '59m ago'],
    ['just now within a minute', 30_000, {}, 'just now'],
    ['just now where the clocks differ a little', -30_000, {}, 'just now'],
    ['by the clock before that', 60 * MINUTE, {}, 'Nov 20 13:00'],
    ['by the clock in the future', -2 * HOUR, {}, 'Nov 20 16:00'],
    ['with the year if it is another one', 400 * 24 * HOUR, {}, 'Oct 16 2025 14:00'],
    ['with seconds for a short range', 5 * MINUTE, { seconds: true }, 'Nov 20 13:55:00'],
    ['with seconds where rows arrive for hours', 5 * MINUTE, { live: true }, 'Nov 20 13:55:00'],
    ['relative if asked', 50 * HOUR, { time: 'relative' }, '2d ago'],
    ['never relative if asked for the local zone', 5 * MINUTE, { time: 'local' }, 'Nov 20 13:55'],
    ['in full if asked', 5 * MINUTE, { time: 'iso' }, '2026-11-20T13:55:00Z'],
  ])('writes a time %s', async (_, age, options, shown) => {
    const line = (await table([{ created_at: ago(age), action: 'login' }], { width: 200, ...options })).split('\n')[1];
    expect(line?.split('  ')[0]).toBe(shown);
  });

  test('writes times in the zone, which the heading names', async () => {
    const zone = await openZone('America/New_York');
    const value = { created_at: '2026-01-01T03:00:00Z', action: 'login' };
    expect((await table([value], { zone })).split('\n').map((line) => line.split(/ {2,}/)[0])).toEqual([
      'Time (New York)',
      'Dec 31 2025 22:00',
      '',
    ]);
    expect(await table([value], { zone, time: 'local' })).toMatch(/^Time \(local\) /);
    expect(await table([value], { zone, time: 'iso' })).toMatch(/^Time {2,}/);
  });

  test('shows a time that is none as the vendor wrote it', async () => {
    expect(await table([{ created_at: 'soon\x1b', action: 'login' }])).toContain('\nsoon\\x1b  ');
  });

  test('has the columns that were asked for', async () => {
    const columns = parseColumns('time,action,metadata.n', invent);
    const value = { created_at: '2026-11-20T15:00:00+02:00', action: 'assistant.deleted', metadata: { n: 1 } };
    expect(await table([value], { columns, colorLevel: 1, width: 60 })).toBe(
      `${['time', 'action', 'metadata.n'].map(headed).join('|').replace('|', ' '.repeat(18)).replace('|', ' '.repeat(13))}\n` +
        '2026-11-20T13:00:00Z  \x1b[31massistant.deleted\x1b[39m  1\n',
    );
  });

  test('of a vendor without columns of its own has those that its entries can fill', async () => {
    const { columns: _, ...unspoken } = chipp;
    const heading = (await table([{ id: '1' }], { provider: unspoken })).split('\n')[0];
    expect(heading).toBe('Id  Time (UTC)  Actor   Event        Resource  Location');
  });

  test('has the columns of the vendor’s own page', async () => {
    expect((await table(PEOPLE.slice(0, 2), { provider: invent })).split('\n').slice(0, 2)).toEqual([
      'Actor               Event                Resource              Source  Location        Date (UTC)',
      'Ann Lee <ann@x.io>  Member Role Changed  Bo (member)           app     DE 203.0.113.7  just now',
    ]);
    const change = {
      createdAt: ago(HOUR),
      action: 'member.role_changed',
      actorEmail: 'ann@x.io',
      targetEmail: 'bo@x.io',
      resourceType: 'workspace',
      resourceId: 'w1',
      context: { previousRole: 'member', newRole: 'admin' },
    };
    const at = async (value: object, ms: number, provider: Provider, colorLevel: 0 | 1 = 0) => {
      const format = await open({ provider, colorLevel });
      const entry = { raw: Buffer.from(JSON.stringify(value)), id: undefined, time: NOW - ms };
      return format.write({ entries: [entry], org: '' });
    };
    expect(await at(change, HOUR, chipp, 1)).toBe(
      `${headed('Actor')}     ${headed('Action')}               ${headed('Timestamp (UTC)')}  ${headed('Details')}\n` +
        'ann@x.io  \x1b[94mMember Role Changed\x1b[39m  Nov 20 13:00     bo@x.io; w1 (workspace); role: member → admin\n',
    );
    const removal = {
      timestamp: ago(2 * HOUR),
      user: { id: 'u1', name: 'Ann', email: 'a@x.io' },
      action: 'delete',
      resource_type: 'member',
      resource_id: 'm7',
      account_id: 'acc1',
      tenant_id: 't1',
    };
    expect(await at(removal, 2 * HOUR, rpawatch)).toBe(
      'When (UTC)    User          Action          Resource type  Resource id  Account  Tenant\n' +
        'Nov 20 12:00  Ann <a@x.io>  Member Removed  member         m7           acc1     t1\n',
    );
    const login = {
      category: 'Login',
      entity: 'Agent',
      action: 'Login',
      modified_by: 'Ann',
      occurred_at: ago(3 * HOUR),
      source: '203.0.113.7',
    };
    expect(await at({ ...login, action: 'Deleted' }, 3 * HOUR, yura, 1)).toBe(
      `${headed('Category')}  ${headed('Entity')}  ${headed('Action')}   ${headed('Modified By')}  ${headed('Occurred At (UTC)')}  ${headed('Source')}\n` +
        'Login     Agent   \x1b[31mDeleted\x1b[39m  Ann          Nov 20 11:00       203.0.113.7\n',
    );
  });

  test('tells of several organizations which, by the entry’s own word or as it was asked', async () => {
    const named = { ...PEOPLE[0], org: { id: 'org_1', name: 'Acme' } };
    expect(await table([named, PEOPLE[2]!], { orgs: ['org_1', 'c'], width: 120 })).toBe(
      'Time (UTC)    Org   Actor               Event                Resource     Source  Location\n' +
        'just now      Acme  Ann Lee <ann@x.io>  Member Role Changed  Bo (member)  app     DE 203.0.113.7\n' +
        'Nov 18 12:00  c     System              Chat Deleted         chat         system\n',
    );
    expect(await table([named], { orgs: ['org_1'] })).not.toContain('Org ');
  });

  test('keeps its widths after the first batch, and has one heading', async () => {
    const format = await open();
    const first = format.write({ entries: [entryOf(PEOPLE[2]!)], org: 'c' });
    const second = format.write({ entries: [entryOf(PEOPLE[0]!)], org: 'c' });
    expect(`${first}${second}`).toBe(
      'Time (UTC)    Actor   Event         Resource  Source  Location\n' +
        'Nov 18 12:00  System  Chat Deleted  chat      system\n' +
        'just now      Ann L…  Member Role…  Bo        app     DE\n',
    );
  });

  test('is nothing at all when there are no rows', async () => {
    expect(await table([])).toBe('');
  });

  test('never wraps, whatever the entries hold: only our colours and marks, and no line wider than the terminal', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(hostileValue, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 20, max: 200 }),
        async (values, columns) => {
          const text = await table(values, { width: columns, colorLevel: 1 });
          const lines = text.split('\n');
          expect(lines).toHaveLength(values.length + 2);
          for (const line of lines) {
            const bare = line.replace(/\x1b\[(?:1|2|4|22|24|31|32|39|94)m/g, '');
            expect(bare.replace(/[\u2068\u2069\u200c\u200d]/g, '')).not.toMatch(
              /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u,
            );
            expect(width(bare)).toBeLessThanOrEqual(columns);
          }
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('takes a field of five megabytes', async () => {
    const text = await table([{ action: 'login', actor: { name: '日'.repeat(1_700_000) } }], { width: 80 });
    expect(text.length).toBeLessThan(300);
  });
});

describe('a table in a pipe', () => {
  const pipe = { isTTY: false, width: 0 };

  test('has absolute times in the asked zone, no marks, and cuts nothing', async () => {
    const zone = await openZone('Asia/Tokyo');
    const long = { ...PEOPLE[3], actor: { name: 'דנה לוי', email: `${'x'.repeat(80)}@x.io` }, country: 'IL' };
    expect(await table([PEOPLE[1]!, long], { ...pipe, zone })).toBe(
      'Time                       Actor                                                         Event              Resource              Source  Location\n' +
        '2026-11-20T20:00:00+09:00  山田太郎 <t@x.io>                                             Assistant Created  Sales 🚀 (assistant)  api     JP\n' +
        `2026-11-04T07:00:00+09:00  דנה לוי <${'x'.repeat(80)}@x.io>  API Key Deleted    api_key               app     IL\n`,
    );
  });

  test('keeps one line an entry and hides hostile characters in a pipe, too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileValue, { minLength: 1, maxLength: 3 }), async (values) => {
        const text = await table(values, pipe);
        expect(text.split('\n')).toHaveLength(values.length + 2);
        expect(text.replace(/[\n\u200c\u200d]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('fitting columns into a width', () => {
  const wish = (natural: number) => ({ natural, comfortable: 20, tight: 12, least: 6 });

  test('columns that fit keep their width', () => {
    expect(fitWidths([wish(30), wish(30)], 62, 2)).toEqual([30, 30]);
  });

  test('columns shrink from the right, step by step', () => {
    expect(fitWidths([wish(30), wish(30)], 55, 2)).toEqual([30, 23]);
    expect(fitWidths([wish(30), wish(30)], 45, 2)).toEqual([23, 20]);
    expect(fitWidths([wish(30), wish(30)], 36, 2)).toEqual([20, 14]);
    expect(fitWidths([wish(30), wish(30)], 16, 2)).toEqual([8, 6]);
  });

  test('columns for which there is no room are left out, and the first stays', () => {
    expect(fitWidths([wish(30), wish(30), wish(30)], 15, 2)).toEqual([7, 6]);
    expect(fitWidths([wish(30)], 3, 2)).toEqual([3]);
  });
});
