import { describe, expect, test } from 'vitest';
import { demoEntries } from '../../../src/demo/entry.js';
import { logsOf } from '../../../src/demo/file.js';
import { demoOrganization } from '../../../src/demo/organization.js';
import { actionChooser } from '../../../src/demo/tell/actions.js';
import { entryTeller } from '../../../src/demo/tell/entry.js';
import { happeningOf } from '../../../src/demo/vendors/happening.js';
import { entryReader } from '../../../src/engine/page/entries.js';
import { scanPage, wantPaths } from '../../../src/engine/page/scan/scan.js';
import { toEvent } from '../../../src/providers/event/normalize.js';
import { toProviderFile } from '../../../src/providers/file/parse.js';
import { loadShipped, SHIPPED } from '../../../src/providers/file/shipped.js';
import type { Provider } from '../../../src/providers/provider.js';

const NOW = Date.UTC(2026, 10, 20, 14, 3, 11);
const organization = demoOrganization(NOW);
const entry = demoEntries(organization);
const MANY = 60;

function events(provider: Provider, examples: readonly unknown[]) {
  const tell = entryTeller(provider, examples);
  const happenings = Array.from({ length: MANY }, (_, n) => happeningOf(entry(organization.size - 1 - n)));
  const told = happenings.map((happening, n) => tell(happening, n));
  const { paths, entryOf } = entryReader(provider);
  const body = Buffer.from(JSON.stringify(told.map(({ value }) => value)));
  const read = scanPage(body, '', wantPaths(paths)).entries.map((scanned) => toEvent(provider, entryOf(scanned)));
  return read.map((event, at) => ({ event, told: told[at]!, happening: happenings[at]! }));
}

describe.each(SHIPPED)("the demo's events as %s would send them", (name) => {
  test('are read back: their times, ids, people and addresses', async () => {
    const { provider, examples } = (await loadShipped(name))!;
    const [log] = logsOf(provider);
    const all = events(log!, examples);
    for (const { event, told, happening } of all) {
      expect(Math.floor(event.time)).toBe(told.time);
      expect(Date.parse(happening.at) - told.time).toBeLessThan(1000);
      expect(event.action).not.toBe('');
      if (provider.fields.ip !== undefined) expect(event.ip).toBe(happening.ip ?? undefined);
      if (happening.by !== undefined) expect(Object.keys(event.actor ?? {})).not.toEqual([]);
    }
    if (provider.fields.id !== undefined) expect(new Set(all.map(({ event }) => event.id)).size).toBe(MANY);
  });

  test('have every action that is documented', async () => {
    const { provider, examples } = (await loadShipped(name))!;
    const choose = actionChooser(provider, examples);
    const chosen = new Set(Array.from({ length: organization.size }, (_, n) => choose(organization.row(n).action, n)));
    const missing = Object.keys(provider.actions).filter((action) => !chosen.has(action));
    expect(missing).toEqual([]);
  });
});

const FILE = {
  name: 'acme',
  path: '/log',
  auth: { header: 'x-key' },
  paging: { style: 'none' },
};
const FIELDS = { id: 'id', time: 'at', action: 'did', actor: { id: 'by' } };

describe('a form of entries', () => {
  test.each([
    ['a number of seconds', 'epoch-s', undefined, 1767323045],
    ['a text of milliseconds', 'epoch-ms', undefined, '1767323045678'],
    ['microseconds', 'epoch-us', undefined, 1767323045678000],
    ['nanoseconds, as text where a number cannot hold them', 'epoch-ns', undefined, '1767323045678000000'],
    ['seconds and nanoseconds', 'epoch-parts', undefined, { seconds: 1767323045, nanos: 678000000 }],
    ['a date of HTTP', 'rfc1123', undefined, 'Fri, 02 Jan 2026 03:04:05 GMT'],
    ['an offset without colon', 'rfc3339', undefined, '2026-01-02T03:04:05.678+0200'],
    ['seven decimals', 'rfc3339', undefined, '2026-01-02T03:04:05.1234567Z'],
    ['no zone', 'rfc3339', '-06:00', '2026-01-02 03:04:05'],
  ] as const)('%s', (_, timeFormat, timeZone, at) => {
    const examples = [{ id: '77', at, did: 'made', by: 'ann' }];
    const zone = timeZone === undefined ? {} : { timeZone };
    const file = toProviderFile({ ...FILE, timeFormat, ...zone, fields: FIELDS, examples }, 'acme.json');
    const all = events(file.provider, file.examples);
    for (const { event, told } of all) expect(Math.floor(event.time)).toBe(told.time);
    const value = all[0]!.told.value as Record<string, unknown>;
    expect(typeof value.at).toBe(typeof at);
    if (typeof at === 'string') expect(String(value.at).replace(/\d/g, '0')).toHaveLength(at.length);
  });

  test.each([
    [
      'lists of {name, old, new}',
      [{ list: 'changes', name: 'field', old: 'from', new: 'to' }],
      { changes: [{ field: 'role', from: 'viewer', to: 'member' }] },
    ],
    ['pairs', [{ map: 'changes', old: '0', new: '1' }], { changes: { role: ['viewer', 'member'] } }],
    ['siblings', [{ old: 'before', new: 'after' }], { before: { role: 'viewer' }, after: { role: 'member' } }],
  ])('changes as %s', (_, changes, wanted) => {
    const file = toProviderFile({ ...FILE, fields: { ...FIELDS, changes } }, 'acme.json');
    const happening = { ...happeningOf(entry(5)), metadata: { previous_role: 'viewer', new_role: 'member' } };
    expect(entryTeller(file.provider, [])(happening, 1).value).toMatchObject(wanted);
  });

  test('codes of actions, dotted keys, lists and joined ids', () => {
    const fields = {
      id: { join: ['at', 'no'] },
      time: 'at',
      action: { path: 'code', words: { '1000': 'user.logged_in' } },
      actor: { email: 'people.0.mail' },
      ip: 'event..tag.ip',
      resource: [{ type: 'page', name: 'target[type=Page.v2].label' }],
    };
    const examples = [
      { at: '2026-01-02T03:04:05Z', no: 5, code: 1000, people: [{ mail: 'a@b.example', kind: 'user' }] },
    ];
    const file = toProviderFile({ ...FILE, fields, examples }, 'acme.json');
    const all = events(file.provider, file.examples);
    const [first] = all.filter(({ happening }) => happening.by !== undefined);
    expect(first!.told.value).toMatchObject({
      code: 1000,
      people: [{ mail: first!.happening.by?.email, kind: 'user' }],
    });
    const named = all.find(({ happening }) => happening.resource.name !== undefined)!;
    const { name } = named.happening.resource;
    expect(named.told.value).toMatchObject({ target: [{ type: 'Page.v2', label: name }] });
    expect(named.event.resource).toEqual({ type: 'page', name });
    expect(first!.event).toMatchObject({ action: 'user.logged_in', actor: { email: first!.happening.by?.email } });
  });
});
