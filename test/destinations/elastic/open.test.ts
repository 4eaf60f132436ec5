import { describe, expect, test } from 'vitest';
import { openElastic, openOpenSearch } from '../../../src/destinations/elastic/open.js';
import type { Entry } from '../../../src/event.js';
import { invent } from '../../../src/providers/invent.js';
import { openSchema } from '../../../src/schemas/index.js';
import { deliverAll, entries, failure, findings, ORG, world } from '../entries.js';
import { type ElasticServer, PASSWORD, startElastic } from './server.js';

const options = { provider: invent, schema: undefined };

function elastic(server: ElasticServer, index = 'audit', env: Record<string, string> = {}) {
  return openElastic(world(env), `elastic+http://${server.host}/${index}`, options);
}

function documents(server: ElasticServer, index = 'audit'): ReadonlyMap<string, string> {
  return server.indices.get(index) ?? new Map();
}

/** The entries' own texts, as the documents hold them, in any order. */
function originals(server: ElasticServer, index = 'audit'): readonly string[] {
  return [...documents(server, index).values()].map((text) => JSON.parse(text).event.original as string).sort();
}

function texts(all: readonly Entry[]): readonly string[] {
  return all.map(({ raw }) => raw.toString()).sort();
}

describe('an index', () => {
  test('an index holds each entry once, as ECS and as its own text, under an id made of org and id', async () => {
    const server = await startElastic();
    const all = entries(2500);
    expect(await deliverAll(elastic(server), all)).toBe(0);
    expect(originals(server)).toEqual(texts(all));
    const [id, document] = [...documents(server)][0]!;
    expect(id).toMatch(new RegExp(`^${ORG}:${all[0]!.id}:[0-9a-f]{20}$`));
    expect(JSON.parse(document)).toMatchObject({
      '@timestamp': new Date(all[0]!.time).toISOString(),
      event: { id: all[0]!.id, kind: 'event' },
      organization: { id: ORG },
    });
  });

  test('an index keeps the newest text of an entry, and entries of one id apart by their time and number', async () => {
    const server = await startElastic();
    const [first] = entries(1);
    const changed = { ...first!, raw: Buffer.from(first!.raw.toString().replace('{', '{"changed":true,')) };
    const others = [
      { ...first!, time: first!.time + 1 },
      { ...first!, sibling: 1 },
    ];
    await deliverAll(elastic(server), [first!, ...others]);
    await deliverAll(elastic(server), [changed]);
    expect(originals(server)).toEqual(texts([changed, ...others]));
  });

  test('a user or key that may only create keeps the first text, once', async () => {
    const server = await startElastic();
    server.createOnly = true;
    const all = entries(30);
    await deliverAll(elastic(server), all);
    await deliverAll(
      elastic(server),
      all.map((one) => ({ ...one, raw: Buffer.from(one.raw.toString().replace('{', '{"changed":true,')) })),
    );
    expect(originals(server)).toEqual(texts(all));
  });

  test('documents that an earlier version made are a reason to refuse the index, with what to do', async () => {
    const server = await startElastic();
    await deliverAll(elastic(server), entries(3));
    const held = server.indices.get('audit') as Map<string, string>;
    held.set('org_1:al_1:0123456789abcdef', '{}');
    expect(await failure(elastic(server), entries(3))).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('audit has documents of an earlier version'),
      hint: expect.stringContaining('for a new index'),
    });
  });

  test('an index keeps each of several equal entries without an id, once', async () => {
    const server = await startElastic();
    const [entry] = entries(1);
    const equal = [0, 1, 2].map((ordinal) => ({ ...entry!, id: undefined, ordinal }));
    await deliverAll(elastic(server), equal);
    await deliverAll(elastic(server), equal);
    expect(originals(server)).toEqual(texts(equal));
  });

  test('no later document contradicts the mapping of a new index', async () => {
    const server = await startElastic();
    await deliverAll(elastic(server), entries(1));
    expect(server.made.get('audit')).toMatchObject({
      mappings: { date_detection: false, properties: { event: { properties: { original: { index: false } } } } },
    });
  });

  test.each([
    [
      'is to be a data stream',
      400,
      'illegal_argument_exception',
      'it matches with template [t] that creates data streams only',
    ],
    ['may not be made by us', 403, 'security_exception', 'action is unauthorized'],
    ['was made meanwhile', 400, 'resource_already_exists_exception', 'index [audit] already exists'],
  ])('that %s is left to the first document', async (_, status, type, reason) => {
    const server = await startElastic();
    server.mishap = (_at, { method }) => (method === 'PUT' ? { status, body: { error: { type, reason } } } : undefined);
    await deliverAll(elastic(server), entries(3));
    expect(documents(server).size).toBe(3);
  });

  test('an existing index is used as it is', async () => {
    const server = await startElastic();
    await deliverAll(elastic(server), entries(1));
    await deliverAll(elastic(server), entries(2));
    expect(server.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  test('an index also takes OCSF, with the time in @timestamp', async () => {
    const server = await startElastic();
    const schema = await openSchema('ocsf', { provider: invent });
    const destination = openElastic(world(), `elastic+http://${server.host}/ocsf`, { provider: invent, schema });
    const [entry] = entries(1);
    await deliverAll(destination, [entry!]);
    const [document = ''] = documents(server, 'ocsf').values();
    expect(document.startsWith('{"@timestamp":"2026-11-')).toBe(true);
    expect(JSON.parse(document)).toMatchObject({ time: Math.floor(entry!.time), raw_data: entry!.raw.toString() });
  });
});

describe('documents that fail', () => {
  test('only documents that fail for now are sent again', async () => {
    const server = await startElastic();
    const seen = new Map<string, number>();
    server.item = (id) => {
      const times = (seen.get(id) ?? 0) + 1;
      seen.set(id, times);
      if (times < 3 && seen.size % 5 === 0) return seen.size % 2 === 0 ? 'busy' : 'unavailable';
      return undefined;
    };
    const all = entries(500);
    expect(await deliverAll(elastic(server), all)).toBe(0);
    expect(originals(server)).toEqual(texts(all));
    const sizes = server.requests.filter(({ path }) => path.includes('_bulk')).map(({ body }) => body.length);
    expect(sizes[1]).toBeLessThan(sizes[0]! / 2);
  });

  test('documents refused for good are an error with the first of them and the reason, and nothing counts as delivered', async () => {
    const server = await startElastic();
    const all = entries(100);
    const poison = new Set([all[40]!.id, all[70]!.id]);
    server.item = (id) =>
      poison.has(id.split(':')[1])
        ? { status: 400, type: 'document_parsing_exception', reason: 'failed to parse field [source.ip] of type [ip]' }
        : undefined;
    expect(await failure(elastic(server), all)).toMatchObject({
      message: `Elasticsearch at ${server.host} rejects 2 entries, the first of them ${all[40]!.id} (400, document_parsing_exception: failed to parse field [source.ip] of type [ip])`,
      exitCode: 2,
      hint: expect.stringContaining('Nothing was dropped'),
    });
    poison.clear();
    await deliverAll(elastic(server), all);
    expect(originals(server)).toEqual(texts(all));
  });

  test('documents refused for missing privileges are an error of the key', async () => {
    const server = await startElastic();
    server.item = () => ({ status: 403, type: 'security_exception', reason: 'action [indices:data/write/bulk[s]]' });
    expect(await failure(elastic(server), entries(1))).toMatchObject({ exitCode: 4 });
    server.item = () => ({ status: 403, type: 'cluster_block_exception', reason: 'index [audit] blocked' });
    expect(await failure(elastic(server), entries(1))).toMatchObject({ exitCode: 5 });
  });

  test('documents that never succeed are given up', async () => {
    const server = await startElastic();
    server.item = () => 'busy';
    expect(await failure(elastic(server), entries(3))).toMatchObject({
      message: `Elasticsearch at ${server.host} does not take 3 of 3 documents: it is too busy, or a shard is missing`,
      exitCode: 5,
    });
  });
});

describe('a request', () => {
  test('a request that is too large is sent in parts, and an entry that is too large by itself is named', async () => {
    const server = await startElastic();
    server.largest = 20_000;
    const all = entries(300);
    await deliverAll(elastic(server), all);
    expect(originals(server)).toEqual(texts(all));
    server.largest = 10;
    expect((await failure(elastic(server, 'other'), all)).message).toMatch(
      new RegExp(`rejects the entry ${all[0]!.id}: it is too large \\(\\d+ bytes\\)$`),
    );
  });

  test('an answer that is not one of _bulk is no success', async () => {
    const server = await startElastic();
    server.mishap = (_, { path }) => (path.includes('_bulk') ? { status: 200, body: { items: [] } } : undefined);
    expect((await failure(elastic(server), entries(3))).message).toBe(
      `Elasticsearch at ${server.host} answered in an unknown shape: this is no answer to _bulk`,
    );
  });
});

describe('signing in', () => {
  const basic = `Basic ${Buffer.from(`writer:${PASSWORD}`).toString('base64')}`;

  test('the address names the user, and the secret comes from elsewhere', async () => {
    const server = await startElastic({ authorization: basic });
    const url = `opensearch+http://writer@${server.host}/audit`;
    const destination = openOpenSearch(world({ AUDITLOG_DEST_SECRET: PASSWORD }), url, options);
    expect(destination.shown).toBe(url);
    await deliverAll(destination, entries(5));
    expect(documents(server).size).toBe(5);
  });

  test('without a user the secret is an API key', async () => {
    const server = await startElastic({ authorization: 'ApiKey Zm9vOmJhcg==' });
    await deliverAll(elastic(server, 'audit', { AUDITLOG_DEST_SECRET: 'Zm9vOmJhcg==' }), entries(5));
    expect(documents(server).size).toBe(5);
  });

  test('a failed sign-in names the source of the secret and does not show it', async () => {
    const server = await startElastic({ authorization: basic });
    const wrong = 'wrong-Secret+123/456=';
    const url = `elastic+http://writer@${server.host}/audit`;
    const error = await openElastic(world({ AUDITLOG_DEST_SECRET: wrong }), url, options)
      .open()
      .then(
        () => new Error('signed in'),
        (failed: Error) => failed,
      );
    expect(error).toMatchObject({
      message: `Elasticsearch at ${server.host} refuses the secret from $AUDITLOG_DEST_SECRET (401)`,
      exitCode: 4,
    });
    const told = `${error.message}${error.stack}${JSON.stringify(error)}`;
    for (const form of [wrong, Buffer.from(`writer:${wrong}`).toString('base64')]) expect(told).not.toContain(form);
  });

  test('a key that may only create documents is enough', async () => {
    const server = await startElastic();
    server.writeOnly = true;
    await deliverAll(elastic(server), entries(3));
    expect(documents(server).size).toBe(3);
    expect((await findings(elastic(server))).map(({ status }) => status)).toEqual([
      'ok',
      'skipped',
      'ok',
      'skipped',
      'skipped',
    ]);
  });

  test('a missing password or user is named, with where to put it', async () => {
    const url = 'elastic+http://writer@127.0.0.1:1/audit';
    await expect(openElastic(world(), url, options).open()).rejects.toMatchObject({
      message: 'missing password for writer at 127.0.0.1:1',
      exitCode: 4,
    });
    const nobody = openOpenSearch(world({ AUDITLOG_DEST_SECRET: 'x1234' }), 'opensearch+http://127.0.0.1:1/a', options);
    await expect(nobody.open()).rejects.toMatchObject({ exitCode: 2 });
  });
});

describe('an address', () => {
  const refusals: readonly (readonly [string, string])[] = [
    ['elastic+http://logs.example.com/audit', 'elastic+http:// would send the events unprotected to logs.example.com'],
    ['elastic+https://logs.example.com', 'missing name of an index'],
    ['elastic+https://logs.example.com/Audit', 'invalid name of an index: "Audit"'],
    ['elastic+https://logs.example.com/a,b', 'invalid name of an index: "a,b"'],
    ['elastic+https://logs.example.com/a*', 'invalid name of an index: "a*"'],
    ['elastic+https://logs.example.com/_all', 'invalid name of an index: "_all"'],
    ['elastic+https://logs.example.com/a/b', 'elastic+https:// addresses have one step after the host'],
    ['elastic+https://logs.example.com/a?refresh=true', 'unknown parameter of a elastic+https:// address: "refresh"'],
    ['elastic+https://', 'invalid address: expected that of a destination'],
  ];
  test.each(refusals)('%s is refused', (url, message) => {
    expect(() => openElastic(world(), url, options)).toThrow(expect.objectContaining({ message, exitCode: 2 }));
  });

  test('the password of an address is not repeated', () => {
    expect(() => openElastic(world(), 'elastic+https://u:hunter2@logs.example.com/a', options)).toThrow(
      'an address must not contain a password',
    );
  });

  test('an index rejects a schema of text lines', async () => {
    const schema = await openSchema('cef', { provider: invent });
    expect(() => openElastic(world(), 'elastic+https://h/a', { provider: invent, schema })).toThrow(
      '--schema cef does not apply to Elasticsearch: it takes documents, not lines of text',
    );
  });
});

describe('a check', () => {
  test('a check reports what it found, and leaves nothing', async () => {
    const server = await startElastic();
    const found = await findings(elastic(server));
    expect(found.map(({ name, status }) => `${name}: ${status}`)).toEqual([
      'address: ok',
      'tls: skipped',
      'sign-in: ok',
      'index: ok',
      'privileges: skipped',
    ]);
    expect(found[2]?.what).toBe('accepted by elasticsearch 8.15.0');
    expect(server.indices.size).toBe(0);
  });

  test('a check finds missing privileges', async () => {
    const server = await startElastic();
    const last = async () => (await findings(elastic(server))).at(-1);
    server.privileges = { create_doc: true, auto_configure: false };
    expect(await last()).toMatchObject({ status: 'failed', exit: 4, what: expect.stringContaining('not the index') });
    server.privileges = { create_doc: true, auto_configure: true };
    expect(await last()).toEqual({ name: 'privileges', status: 'ok', what: 'documents may be created there' });
    server.privileges = { create_doc: false, auto_configure: true };
    expect(await last()).toMatchObject({ status: 'failed', exit: 4, what: 'documents may not be created there' });
  });

  test('a check warns about a data stream', async () => {
    const server = await startElastic({ version: { number: '2.15.0', distribution: 'opensearch' } });
    server.streams.add('audit');
    const url = `opensearch+http://${server.host}/audit`;
    const found = await findings(openOpenSearch(world(), url, options));
    expect(found[2]?.what).toBe('accepted by opensearch 2.15.0');
    expect(found[3]).toMatchObject({ name: 'index', status: 'warning', what: expect.stringContaining('data stream') });
  });

  test('a check stops without a connection or a sign-in', async () => {
    const server = await startElastic({ authorization: 'ApiKey x' });
    expect((await findings(elastic(server)))[2]).toMatchObject({ name: 'sign-in', status: 'failed', exit: 4 });
    await server.stop();
    expect(await findings(elastic(server))).toEqual([
      {
        name: 'address',
        status: 'failed',
        what: `cannot connect to Elasticsearch at ${server.host} (ECONNREFUSED)`,
        fix: 'Is it running, and is this its port?',
        exit: 5,
      },
      ...['tls', 'sign-in', 'index', 'privileges'].map((name) => ({ name, status: 'skipped', what: 'not looked at' })),
    ]);
  });
});
