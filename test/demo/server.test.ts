import { Agent } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from '../../src/demo/server.js';
import { entriesOf, type Got, get } from './asking.js';

const NOW = Date.UTC(2026, 10, 20, 14, 3, 11);

describe('the demo server', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await startDemo({ now: NOW });
  });
  afterAll(() => demo.close());

  const ask = (query = '', org = 'c'): Promise<Got> =>
    get(new URL(`/orgs/${org}/audit-logs${query}`, demo.base), { authorization: `Bearer ${demo.key}` });
  const message = (got: Got): string =>
    (JSON.parse(got.body.toString()) as { error: { message: string } }).error.message;

  it('answers on the loopback address only', () => {
    expect(demo.base.hostname).toBe('127.0.0.1');
  });

  it('gives the newest 100 entries and tells the counts in headers', async () => {
    const got = await ask();
    expect(got.status).toBe(200);
    expect(entriesOf(got)).toHaveLength(100);
    expect(got.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(got.headers['pagination-page']).toBe('1');
    expect(got.headers['pagination-take']).toBe('100');
    expect(Number(got.headers['pagination-count'])).toBeGreaterThan(11_000);
    expect(got.headers.date).toMatch(/^Fri, 20 Nov 2026 14:03:\d\d GMT$/);
  });

  it('gives every entry once, page after page, and an empty array past the end', async () => {
    const count = Number((await ask('?take=1')).headers['pagination-count']);
    const pages = Math.ceil(count / 100);
    const ids: string[] = [];
    for (let page = 1; page <= pages; page += 1)
      ids.push(...entriesOf(await ask(`?page=${page}&take=100`)).map(({ id }) => id));
    expect(ids).toHaveLength(count);
    expect(new Set(ids).size).toBe(count);
    const past = await ask(`?page=${pages + 1}`);
    expect(past.body.toString()).toBe('[]');
    expect(past.headers['pagination-count']).toBe(String(count));
  });

  it.each([
    ['without a key', {}],
    ['with a wrong key', { authorization: 'Bearer wrong' }],
    ['with the key under another scheme', { authorization: 'Basic demo' }],
  ])('refuses %s', async (_, headers) => {
    const got = await get(new URL('/orgs/c/audit-logs', demo.base), headers);
    expect(got.status).toBe(401);
    expect(message(got)).toBe('The API key is missing or invalid.');
  });

  it('knows its organization by id and as c, and no stranger', async () => {
    expect((await ask('?take=3', demo.org)).body).toEqual((await ask('?take=3')).body);
    expect((await ask('', 'org_somebody')).status).toBe(404);
    expect((await ask('', '..')).status).toBe(404);
    expect((await ask('', '%E0%A4%A')).status).toBe(404);
    expect((await get(new URL('/', demo.base))).status).toBe(404);
    expect((await get(new URL('/orgs/c/audit-logs/', demo.base))).status).toBe(404);
  });

  it('serves the logs of its sub-organizations by their ids', async () => {
    const [created] = entriesOf(await ask('?action=org.sub_org_created&page=3&take=1'));
    const got = await ask('?take=5', String(created?.metadata?.id));
    expect(got.status).toBe(200);
    expect(entriesOf(got).map(({ org }) => org.id)).toEqual(Array(5).fill(created?.metadata?.id));
  });

  it('answers GET only', async () => {
    const got = await get(new URL('/orgs/c/audit-logs', demo.base), {}, 'POST');
    expect(got.status).toBe(405);
    expect(got.headers.allow).toBe('GET');
  });

  it.each([
    ['from=2026-02-30', 'from must be a date such as 2026-03-01.'],
    ['to=yesterday', 'to must be a date such as 2026-03-01.'],
    ['from=2026-03-01T00:00:00Z', 'from must be a date such as 2026-03-01.'],
    ['from=', 'from must be a date such as 2026-03-01.'],
    ['action=member.exploded', 'action must be one of the documented actions, or ALL.'],
    ['action=toString', 'action must be one of the documented actions, or ALL.'],
    ['page=0', 'page must be a whole number from 1.'],
    ['page=-1', 'page must be a whole number from 1.'],
    ['page=1.5', 'page must be a whole number from 1.'],
    ['take=0', 'take must be a whole number from 1 to 100.'],
    ['take=101', 'take must be a whole number from 1 to 100.'],
    ['take=1e2', 'take must be a whole number from 1 to 100.'],
    [`user_id=${'u'.repeat(129)}`, 'user_id must have 1 to 128 characters.'],
    ['page=1&page=2', 'page was given twice.'],
    ['form=2026-03-01', 'There is no parameter form.'],
  ])('refuses ?%s', async (query, text) => {
    const got = await ask(`?${query}`);
    expect(got.status).toBe(400);
    expect(message(got)).toBe(text);
  });

  it('filters by days, both inclusive', async () => {
    const entries = entriesOf(await ask('?from=2026-11-12&to=2026-11-13'));
    const days = new Set(entries.map(({ created_at }) => created_at.slice(0, 10)));
    expect([...days].sort()).toEqual(['2026-11-12', '2026-11-13']);
    const counts = await Promise.all(
      ['?from=2026-11-12&to=2026-11-12', '?from=2026-11-13&to=2026-11-13', '?from=2026-11-12&to=2026-11-13'].map(
        async (query) => Number((await ask(query)).headers['pagination-count']),
      ),
    );
    expect(counts[0]! + counts[1]!).toBe(counts[2]);
  });

  it('filters by action, and ALL is no filter', async () => {
    const changed = entriesOf(await ask('?action=member.role_changed'));
    expect(new Set(changed.map(({ action }) => action))).toEqual(new Set(['member.role_changed']));
    expect((await ask('?action=ALL&take=2')).body).toEqual((await ask('?take=2')).body);
  });

  it('filters by who did it and by what was affected', async () => {
    const some = entriesOf(await ask());
    const user = some.find(({ actor }) => actor !== null)?.actor?.id ?? '';
    const assistant = some.find((entry) => entry.assistant !== null)?.assistant?.id ?? '';
    const byUser = entriesOf(await ask(`?user_id=${user}&take=20`));
    expect(new Set(byUser.map(({ actor }) => actor?.id))).toEqual(new Set([user]));
    const byAssistant = entriesOf(await ask(`?assistant_id=${assistant}`));
    expect(new Set(byAssistant.map((entry) => entry.assistant?.id))).toEqual(new Set([assistant]));
    const workflows = entriesOf(await ask('?action=workflow.created&take=1'));
    const byWorkflow = entriesOf(await ask(`?workflow_id=${workflows[0]?.workflow?.id}`));
    expect(byWorkflow.length).toBeGreaterThan(0);
    expect((await ask('?user_id=usr_nobody')).headers['pagination-count']).toBe('0');
  });

  it('packs the body when asked', async () => {
    const url = new URL('/orgs/c/audit-logs?take=50', demo.base);
    const packed = await get(url, { authorization: `Bearer ${demo.key}`, 'accept-encoding': 'gzip' });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(packed.body)).toEqual((await ask('?take=50')).body);
  });

  it('keeps connections for the next request', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const url = new URL('/orgs/c/audit-logs?take=1', demo.base);
    const headers = { authorization: `Bearer ${demo.key}` };
    expect((await get(url, headers, 'GET', agent)).headers.connection).toBe('keep-alive');
    expect((await get(url, headers, 'GET', agent)).status).toBe(200);
    agent.destroy();
  });
});

describe('a demo server of its own', () => {
  it('ends at once with idle connections open', async () => {
    const demo = await startDemo({ now: NOW });
    const socket = connect(Number(demo.base.port), '127.0.0.1');
    const ended = new Promise((resolve) => socket.once('close', resolve));
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    socket.on('error', () => {});
    await demo.close();
    await ended;
    await expect(get(demo.base)).rejects.toThrow('ECONNREFUSED');
  });

  it('answers 429 with Retry-After beyond its limit', async () => {
    const demo = await startDemo({ now: NOW, perMinute: 3, key: 'another key' });
    const url = new URL('/orgs/c/audit-logs?take=1', demo.base);
    const answers: Got[] = [];
    for (let n = 0; n < 5; n += 1) answers.push(await get(url, { authorization: 'Bearer another key' }));
    await demo.close();
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    expect(Number(answers[4]?.headers['retry-after'])).toBeGreaterThan(50);
    expect(Number(answers[4]?.headers['retry-after'])).toBeLessThanOrEqual(60);
  });

  it('rejects when its port is taken, and for a vendor that it cannot play', async () => {
    const demo = await startDemo({ now: NOW });
    await expect(startDemo({ now: NOW, port: Number(demo.base.port) })).rejects.toThrow('EADDRINUSE');
    await demo.close();
    await expect(startDemo({ now: NOW, provider: 'nobody' })).rejects.toThrow('provider "nobody" does not exist');
  });
});
