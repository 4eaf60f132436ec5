import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { exception, startFakeClickHouse } from '../../destinations/clickhouse/server.js';
import { startElastic } from '../../destinations/elastic/server.js';
import { startSplunk, TOKEN } from '../../destinations/splunk/server.js';
import { makeHome, NOW, run } from '../../helpers/world.js';
import { makeEntries, makeEntry } from '../../model/makeentries.js';
import { type Model, startModel } from '../../model/server.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LARGEST = 60_000;

let model: Model;
afterEach(() => model.close());

/** A destination that takes every entry but those whose text has `poison` in it, or those that are too large. */
interface Refusing {
  readonly dest: string;
  readonly secret?: string;
  readonly held: () => readonly string[];
  /** From now on it takes everything. */
  readonly mend: () => void;
}

const elastic = async (way: 'poison' | 'size'): Promise<Refusing> => {
  const server = await startElastic();
  const reason = 'failed to parse field [source.ip] of type [ip]';
  if (way === 'size') server.largest = LARGEST;
  else
    server.item = (_, document) =>
      document.includes('poison') ? { status: 400, type: 'document_parsing_exception', reason } : undefined;
  return {
    dest: `elastic+http://${server.host}/audit`,
    held: () => [...(server.indices.get('audit')?.values() ?? [])].map((text) => JSON.parse(text).event.original),
    mend: () => {
      server.item = () => undefined;
      server.largest = Number.POSITIVE_INFINITY;
    },
  };
};

const splunk = async (way: 'poison' | 'size', acknowledges = false): Promise<Refusing> => {
  const server = await startSplunk({ acknowledges });
  if (way === 'size') server.largest = LARGEST;
  else server.event = ({ event }) => (event.includes('poison') ? 6 : undefined);
  return {
    dest: `splunk+http://${server.host}`,
    secret: TOKEN,
    held: () => [...new Set(server.events.map(({ event }) => event))],
    mend: () => {
      server.event = () => undefined;
      server.largest = Number.POSITIVE_INFINITY;
    },
  };
};

const clickhouse = async (way: 'poison' | 'size'): Promise<Refusing> => {
  const server = await startFakeClickHouse();
  if (way === 'size') server.largest = LARGEST;
  else
    server.mishap = (_, { path, body }) =>
      path.includes('INSERT') && gunzipSync(body).includes('poison')
        ? exception(400, 469, 'Constraint `c` for table default.events is violated at row 1')
        : undefined;
  return {
    dest: `clickhouse+http://${server.host}/default.events`,
    held: () => server.rows().map(({ raw = '' }) => raw),
    mend: () => {
      server.mishap = () => undefined;
      server.largest = Number.POSITIVE_INFINITY;
    },
  };
};

const TABLE: readonly (readonly [string, () => Promise<Refusing>])[] = [
  ['Elasticsearch, because of its mapping', () => elastic('poison')],
  ['Elasticsearch, because of its size', () => elastic('size')],
  ['Splunk, because of its form', () => splunk('poison')],
  ['Splunk with acknowledgement, because of its form', () => splunk('poison', true)],
  ['Splunk, because of its size', () => splunk('size')],
  ['ClickHouse, because of a constraint', () => clickhouse('poison')],
  ['ClickHouse, because of its size', () => clickhouse('size')],
];

/** An entry that is refused for either reason. */
function poison(time: number, serial: number) {
  const entry = makeEntry(time, serial, 1);
  const text = entry.text.replace(/\}$/, `,"poison":"${randomBytes(LARGEST).toString('hex')}"}`);
  return { ...entry, text };
}

describe('an event that the destination rejects', () => {
  test.each(TABLE)('blocks no other one, is kept, and is delivered once it is taken: %s', async (_, start) => {
    const { dest, secret = '', held, mend } = await start();
    const good = makeEntries({ n: 120, from: NOW - 20 * DAY, to: NOW - HOUR, grain: 1000 });
    const bad = [poison(NOW - 19 * DAY, 900), poison(NOW - 5 * DAY, 901), poison(NOW - 2 * HOUR, 902)];
    model = await startModel({ entries: [...good, ...bad].sort((a, b) => b.time - a.time), now: NOW });
    const home = await makeHome();
    const env = { AUDITLOG_BASE_URL: model.base.href, AUDITLOG_API_KEY: model.key, AUDITLOG_DEST_SECRET: secret };
    const perform = (line: string) => run(line, { env, home, now: model.now() });
    const status = async () => JSON.parse((await perform('collect status prod --format json')).stdout)[0];
    const truth = (all: readonly { readonly text: string }[]) => all.map(({ text }) => text).sort();
    await perform(`collect prod --create --dest ${dest} --rate off`);

    const first = await perform('collect prod');
    expect(first, first.stderr).toMatchObject({ code: 3 });
    expect(first.stderr).toMatch(/rejects.* the entry al_/);
    expect(first.stderr).toContain('To retry: auditlog collect prod --retry-refused');
    expect([...held()].sort()).toEqual(truth(good));
    expect(await status()).toMatchObject({ state: 'refused', refused: 3, events: 120 });

    const next = makeEntry(NOW + 30_000, 7, 1);
    model.advance(HOUR);
    model.insert(next);
    expect((await perform('collect prod')).code).toBe(3);
    expect([...held()].sort()).toEqual(truth([...good, next]));
    expect((await perform('collect prod --retry-refused')).code).toBe(3);
    expect(await status()).toMatchObject({ state: 'refused', refused: 3 });

    mend();
    const last = await perform('collect prod --retry-refused');
    expect(last, last.stderr).toMatchObject({ code: 0, stderr: expect.stringContaining('3 new events') });
    expect([...held()].sort()).toEqual(truth([...good, next, ...bad]));
    expect(await status()).toMatchObject({ state: 'ok', refused: 0, events: 124 });
    const orgs = join(home, '.local/state/auditlog/collectors/prod/orgs');
    const [org = ''] = await readdir(orgs);
    expect(await readdir(join(orgs, org, 'refused'))).toEqual([]);
  });

  test('is an error of the destination if it refuses every one of them', async () => {
    const server = await startElastic();
    server.item = () => ({ status: 400, type: 'document_parsing_exception', reason: 'no' });
    model = await startModel({ entries: makeEntries({ n: 1500, from: NOW - 20 * DAY, to: NOW - HOUR }), now: NOW });
    const home = await makeHome();
    const env = { AUDITLOG_BASE_URL: model.base.href, AUDITLOG_API_KEY: model.key };
    const perform = (line: string) => run(line, { env, home, now: model.now() });
    await perform(`collect prod --create --dest elastic+http://${server.host}/audit --rate off`);
    expect(await perform('collect prod')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('refused more than 1000 entries'),
    });
    server.item = () => undefined;
    expect((await perform('collect prod')).code).toBe(0);
    expect(server.indices.get('audit')?.size).toBe(1500);
  });
});
