import { describe, expect, test } from 'vitest';
import type { AuditEvent, Entry } from '../../src/event.js';
import { chipp } from '../../src/providers/chipp.js';
import { toEvent } from '../../src/providers/event/normalize.js';
import { invent } from '../../src/providers/invent.js';
import type { Provider } from '../../src/providers/provider.js';
import { rpawatch } from '../../src/providers/rpawatch.js';
import { yura } from '../../src/providers/yura.js';
import { allColumns, type Column, openRow, parseColumns } from '../../src/view.js';

function eventOf(text: string, provider: Provider = invent): AuditEvent {
  const entry: Entry = { raw: Buffer.from(text), id: 'evt_1', time: 0 };
  return toEvent(provider, entry);
}

/** A row as `{ column: cell }`, without the empty cells. */
function row(text: string, columns: readonly Column[] = allColumns(invent), provider = invent): Record<string, string> {
  const cells = openRow(columns, (cell) => cell)(eventOf(text, provider));
  const shown = columns.map(({ name }, index) => [name, cells[index]]);
  return Object.fromEntries(shown.filter(([, cell]) => cell !== ''));
}

describe('the cells of an entry', () => {
  test('a time that is counted from 1970 is shown as a time, and extra keeps the number', () => {
    const provider: Provider = { ...invent, timeFormat: 'epoch-ms', fields: { ...invent.fields, time: '@timestamp' } };
    const entry = { raw: Buffer.from('{"id":"1","@timestamp":1606929874512}'), id: '1', time: 1606929874512 };
    const cells = openRow(parseColumns('time,extra', provider), (cell) => cell)(toEvent(provider, entry));
    expect(cells).toEqual(['2020-12-02T17:24:34.512Z', '{"id":"1","@timestamp":1606929874512}']);
  });

  test('each value stands in its column, and extra holds the rest in the same tokens', () => {
    const text =
      '{"id":"evt_1","action":"member.role_changed","source":"app","ip":"203.0.113.7","country":"DE","agent":"Firefox",' +
      '"created_at":"2026-11-20T13:03:11.5+01:00","actor":{"id":"usr_1","name":"Ann","email":"ann@x.io","avatar":null},' +
      '"user":{"id":"usr_1","name":"Ann","email":"ann@x.io"},"member":{"id":"mem_2","role":"admin","user":{"id":"usr_2","name":"Bo","email":"bo@x.io"}},' +
      '"org":{"id":"org_1","name":"Acme","plan":1.0},"assistant":null,"metadata":{"previous_role":"member","n":9007199254740993}}';
    expect(row(text)).toEqual({
      id: 'evt_1',
      time: '2026-11-20T12:03:11.5Z',
      action: 'member.role_changed',
      'actor.id': 'usr_1',
      'actor.name': 'Ann',
      'actor.email': 'ann@x.io',
      'target.id': 'usr_2',
      'target.email': 'bo@x.io',
      'resource.type': 'member',
      'resource.id': 'mem_2',
      'resource.name': 'Bo',
      source: 'app',
      ip: '203.0.113.7',
      country: 'DE',
      user_agent: 'Firefox',
      'org.id': 'org_1',
      'org.name': 'Acme',
      metadata: '{"previous_role":"member","n":9007199254740993}',
      extra:
        '{"created_at":"2026-11-20T13:03:11.5+01:00","actor":{"avatar":null},"user":{"id":"usr_1","name":"Ann","email":"ann@x.io"},' +
        '"member":{"role":"admin"},"org":{"plan":1.0},"assistant":null}',
    });
  });

  test('what a column carries whole is in no extra', () => {
    expect(row('{"id":"evt_1","action":"login","created_at":"2026-11-20T13:03:11Z","metadata":{}}')).toEqual({
      id: 'evt_1',
      time: '2026-11-20T13:03:11Z',
      action: 'login',
      metadata: '{}',
    });
  });

  test('numbers, booleans, nulls, empty objects and repeated keys of a text column stay in extra', () => {
    expect(row('{"id":1e400,"ip":17,"country":true,"source":null,"actor":{},"agent":"a","agent":"b"}')).toMatchObject({
      ip: '17',
      country: 'true',
      extra: '{"id":1e400,"ip":17,"country":true,"source":null,"actor":{},"agent":"a","agent":"b"}',
    });
  });

  test('a bare id in the place of an object is carried too', () => {
    expect(row('{"id":"evt_1","actor":"usr_9"}')).toEqual({ id: 'evt_1', 'actor.id': 'usr_9' });
  });

  test('an action that is put together from two fields leaves both in extra', () => {
    const text =
      '{"category":"Login","entity":"Agent","action":"Failed","modified_by":"Ann","occurred_at":"2026-11-20T13:03:11Z","source":"::1"}';
    expect(row(text, allColumns(yura), yura)).toMatchObject({
      action: 'login.failed',
      ip: '::1',
      extra: '{"action":"Failed"}',
    });
  });

  test.each([
    ['2026-11-20T13:03:11Z', '2026-11-20T13:03:11Z'],
    ['2026-11-20T23:30:00-02:30', '2026-11-21T02:00:00Z'],
    ['2026-11-20t13:03:11.123456789z', '2026-11-20T13:03:11.123456789Z'],
    ['1969-12-31T23:59:59.9Z', '1969-12-31T23:59:59.9Z'],
    ['2026-12-31T23:59:60Z', '2026-12-31T23:59:60Z'],
    ['2024-02-31T00:00:00Z', '2024-02-31T00:00:00Z'],
    ['yesterday', 'yesterday'],
  ])('the time %s is told as %s', (text, shown) => {
    expect(row(`{"created_at":"${text}"}`).time).toBe(shown);
  });

  test('a path gives a string as its text and all else in its own tokens', () => {
    const columns = parseColumns('metadata.role,metadata.n,metadata.list,metadata.list.1,.source,extra', invent);
    const text = '{"source":"app","metadata":{"role":"a\\u00e9","n":1.0,"list":[1, 2e9]},"x":null}'.replace(' ', '');
    expect(row(text, columns)).toEqual({
      'metadata.role': 'aé',
      'metadata.n': '1.0',
      'metadata.list': '[1,2e9]',
      'metadata.list.1': '2e9',
      '.source': 'app',
      extra: '{"metadata":{"n":1.0,"list":[1,2e9]},"x":null}',
    });
  });
});

describe('naming columns', () => {
  test('the order given is kept, and names may have spaces around them', () => {
    expect(parseColumns('time, actor.email ,metadata.previous_role', invent).map(({ name }) => name)).toEqual([
      'time',
      'actor.email',
      'metadata.previous_role',
    ]);
  });

  test.each([
    ['', '--columns has an empty name'],
    ['id,,time', '--columns has an empty name'],
    ['id,a..b', '--columns: "a..b" is not a path'],
    ['id,a.', '--columns: "a." is not a path'],
    ['id,time,id', '--columns names id twice'],
    ['actor.emial', 'column "actor.emial" does not exist'],
    ['Actor.Name', 'column "Actor.Name" does not exist'],
    ['actorname', 'column "actorname" does not exist'],
    ['contry', 'column "contry" does not exist'],
  ])('%j is refused: %s', (text, message) => {
    expect(() => parseColumns(text, invent)).toThrow(expect.objectContaining({ message, exitCode: 2 }));
  });

  test('a slip is answered with the name that was meant', () => {
    expect(() => parseColumns('contry', invent)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('Did you mean country?') }),
    );
  });

  test.each([
    ['broadcast', invent],
    ['agent', invent],
    ['actor.avatar', invent],
    ['actor.role', invent],
    ['metadata', invent],
    ['user', invent],
    ['member.role', invent],
    ['resourceType', chipp],
    ['createdAt', chipp],
    ['resource_type', rpawatch],
    ['timestamp', rpawatch],
    ['.contry', invent],
    ['whatever', invent],
  ])('%s is a path of an entry that may be', (name, provider) => {
    expect(parseColumns(name, provider)).toHaveLength(1);
  });
});
