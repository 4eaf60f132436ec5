import { describe, expect, test } from 'vitest';
import { openSplunk } from '../../../src/destinations/splunk/open.js';
import type { Entry } from '../../../src/event.js';
import { invent } from '../../../src/providers/invent.js';
import { openSchema } from '../../../src/schemas/index.js';
import { deliverAll, entries, failure, findings, ORG, world } from '../entries.js';
import { type SplunkServer, startSplunk, TOKEN } from './server.js';

const options = { provider: invent, schema: undefined };

function splunk(server: SplunkServer, path = '', token = TOKEN) {
  return openSplunk(world({ AUDITLOG_DEST_SECRET: token }), `splunk+http://${server.host}${path}`, options);
}

function texts(all: readonly Entry[]): readonly string[] {
  return all.map(({ raw }) => raw.toString());
}

describe('events', () => {
  test("an event has the entry's own text, its time, and the fields for searches", async () => {
    const server = await startSplunk();
    const raw = Buffer.from(
      '{"id":"e-1","created_at":"2026-11-19T10:00:00.25Z","n":9007199254740993,"x":1e400,"x":"a}"}',
    );
    await deliverAll(splunk(server, '/audit'), [{ raw, id: 'e-1', time: Date.parse('2026-11-19T10:00:00.250Z') }]);
    expect(server.events).toEqual([
      {
        time: '1795082400.250',
        host: 'api.useinvent.com',
        source: 'auditlog:invent',
        sourcetype: 'auditlog:invent',
        index: 'audit',
        fields: { id: 'e-1', org: ORG, key: expect.stringMatching(new RegExp(`^${ORG}:e-1:[0-9a-f]{20}$`)) },
        event: raw.toString(),
      },
    ]);
  });

  test('events arrive once and in order without trouble', async () => {
    const server = await startSplunk();
    const all = entries(2500);
    await deliverAll(splunk(server), all);
    expect(server.events.map(({ event }) => event)).toEqual(texts(all));
    expect(server.requests.every(({ body }) => body.length <= 512 * 1024)).toBe(true);
  });

  test('an event without a time gets that of its arrival, and one without an id has a key', async () => {
    const server = await startSplunk();
    await deliverAll(splunk(server), [{ raw: Buffer.from('{"action":"x"}'), id: undefined, time: Number.NaN }]);
    expect(server.events[0]).toMatchObject({
      time: undefined,
      fields: { org: ORG, key: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  test('events take another sourcetype, and a schema', async () => {
    const server = await startSplunk();
    await deliverAll(splunk(server, '/audit?sourcetype=vendor:audit'), entries(1));
    expect(server.events[0]?.sourcetype).toBe('vendor:audit');
    for (const name of ['ocsf', 'cef'] as const) {
      const schema = await openSchema(name, { provider: invent });
      const ctx = world({ AUDITLOG_DEST_SECRET: TOKEN });
      await deliverAll(openSplunk(ctx, `splunk+http://${server.host}`, { provider: invent, schema }), entries(1));
      expect(server.events.at(-1)?.sourcetype).toBe(`auditlog:invent:${name}`);
    }
    expect(JSON.parse(server.events[1]!.event)).toMatchObject({ class_uid: expect.any(Number) });
    expect(JSON.parse(server.events[2]!.event)).toMatch(/^CEF:0\|/);
  });
});

describe('a busy server', () => {
  test('a busy server that names where it stopped gets the rest, and one event more', async () => {
    const server = await startSplunk();
    let calls = 0;
    const all = entries(900);
    await deliverAll(splunk(server), all.slice(0, 100));
    server.events.length = 0;
    server.event = () => {
      calls += 1;
      return calls === 301 ? 9 : undefined;
    };
    await deliverAll(splunk(server), all, 300);
    const got = server.events.map(({ event }) => event);
    expect(new Set(got)).toEqual(new Set(texts(all)));
    expect(got.length).toBeLessThanOrEqual(all.length + 1);
  });

  test('a busy server is waited for, for a limited time', async () => {
    const server = await startSplunk();
    server.event = () => 9;
    expect(await failure(splunk(server), entries(3))).toMatchObject({
      message: `the HTTP Event Collector at ${server.host} answered 503`,
      exitCode: 5,
    });
  });
});

describe('what is refused', () => {
  test('a refused event is named', async () => {
    const server = await startSplunk();
    const all = entries(20);
    server.event = ({ fields }) => (fields.id === all[7]!.id ? 12 : undefined);
    const error = await failure(splunk(server), all);
    expect(error).toMatchObject({ exitCode: 5, hint: expect.stringContaining('auditlog show ID') });
    expect(error.message).toBe(
      `the HTTP Event Collector at ${server.host} rejects an event (400, code 12: Event field is required): the entry ${all[7]!.id}, or the one after it`,
    );
  });

  test('an index that the token may not write to is an error', async () => {
    const server = await startSplunk({ indices: ['main'] });
    expect(await failure(splunk(server, '/audit'), entries(2))).toMatchObject({
      message: `the HTTP Event Collector at ${server.host} does not let the token write to the index audit (400, code 7: Incorrect index)`,
      exitCode: 2,
    });
    await deliverAll(splunk(server, '/main'), entries(2));
    expect(server.events).toHaveLength(2);
  });

  test('a refused token is an error that does not show it', async () => {
    const server = await startSplunk();
    const wrong = '11111111-2222-4333-8444-555555555555';
    const error = await failure(splunk(server, '', wrong), entries(2));
    expect(error).toMatchObject({
      message: `the HTTP Event Collector at ${server.host} refuses the token from $AUDITLOG_DEST_SECRET (403, code 4: Invalid token)`,
      exitCode: 4,
    });
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain(wrong);
    const none = openSplunk(world(), `splunk+http://${server.host}`, options);
    await expect(none.open()).rejects.toMatchObject({
      message: `missing token for the HTTP Event Collector at ${server.host}`,
      exitCode: 4,
    });
  });

  test('a request that is too large is sent in parts', async () => {
    const server = await startSplunk();
    server.largest = 10_000;
    const all = entries(200);
    await deliverAll(splunk(server), all);
    expect(server.events.map(({ event }) => event)).toEqual(texts(all));
    server.largest = 5;
    expect((await failure(splunk(server), all)).message).toContain(`rejects the entry ${all[0]!.id}: it is too large`);
  });

  test('an answer that is not one of a collector is no success', async () => {
    const server = await startSplunk();
    server.mishap = () => ({ status: 200, body: { ok: true } });
    expect((await failure(splunk(server), entries(1))).message).toContain('no answer of an HTTP Event Collector');
  });
});

describe('indexer acknowledgement', () => {
  test('an acknowledgement is waited for where the token has it', async () => {
    const server = await startSplunk({ acknowledges: true });
    server.indexedAfter = 4;
    const all = entries(2500);
    await deliverAll(splunk(server), all, 2500);
    expect(server.events).toHaveLength(2500);
    expect(server.polls.length).toBeGreaterThanOrEqual(4);
  });

  test('a missing acknowledgement is no success', async () => {
    const server = await startSplunk({ acknowledges: true });
    server.indexedAfter = Number.POSITIVE_INFINITY;
    expect(await failure(splunk(server), entries(5))).toMatchObject({
      message: `the HTTP Event Collector at ${server.host} has not acknowledged 1 of 1 requests in 5 minutes: their events may not be indexed`,
      exitCode: 5,
    });
  });
});

describe('a check', () => {
  test('a check sends no event', async () => {
    const server = await startSplunk();
    const found = await findings(splunk(server, '/audit'));
    expect(found.map(({ name, status }) => `${name}: ${status}`)).toEqual([
      'address: ok',
      'tls: skipped',
      'collector: ok',
      'token: ok',
      'acknowledgement: warning',
      'index: skipped',
    ]);
    expect(server.events).toEqual([]);
  });

  test('a check reports acknowledgement, and an unknown token', async () => {
    const server = await startSplunk({ acknowledges: true });
    expect((await findings(splunk(server)))[4]).toMatchObject({ name: 'acknowledgement', status: 'ok' });
    expect((await findings(splunk(server, '', 'wrong-token-123')))[3]).toMatchObject({
      name: 'token',
      status: 'failed',
      exit: 4,
    });
  });
});

test('an address may have an index as its only step, and needs TLS unless it is this machine', () => {
  const ctx = world();
  expect(openSplunk(ctx, 'splunk+https://splunk.example.com:8088/audit', options)).toMatchObject({
    shown: 'splunk+https://splunk.example.com:8088/audit',
    origin: 'https://splunk.example.com:8088',
    idempotent: false,
  });
  for (const url of ['splunk+http://splunk.example.com:8088', 'splunk+https://h/a/b', 'splunk+https://h/?token=x'])
    expect(() => openSplunk(ctx, url, options)).toThrow(expect.objectContaining({ exitCode: 2 }));
});
