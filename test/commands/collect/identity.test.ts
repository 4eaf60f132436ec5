import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { startFakeClickHouse } from '../../destinations/clickhouse/server.js';
import { startElastic } from '../../destinations/elastic/server.js';
import { ACCESS_KEY, BUCKET, openStore, SECRET_KEY, type Store } from '../../destinations/s3/store.js';
import { startSplunk, TOKEN } from '../../destinations/splunk/server.js';
import { startSyslog } from '../../destinations/syslog/server.js';
import { readParquet } from '../../formats/readparquet.js';
import { makeHome, NOW, run } from '../../helpers/world.js';
import { MODEL_ORG, makeEntries, makeEntry } from '../../model/makeentries.js';
import { type Model, startModel } from '../../model/server.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let model: Model;
afterEach(() => model.close());

async function site(dest: string, secret = '') {
  model = await startModel({
    entries: makeEntries({ n: 150, from: NOW - 20 * DAY, to: NOW - HOUR, grain: 1000 }),
    now: NOW,
  });
  const home = await makeHome();
  const env = {
    AUDITLOG_BASE_URL: model.base.href,
    AUDITLOG_API_KEY: model.key,
    AUDITLOG_DEST_SECRET: secret,
    AWS_ACCESS_KEY_ID: ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: SECRET_KEY,
  };
  const perform = (line: string) => run(line, { env, home, now: model.now() });
  const make = async () => {
    const made = await perform(`collect prod --create --dest ${dest} --rate off`);
    expect(made.code, made.stderr).toBe(0);
  };
  await make();
  const state = join(home, '.local/state/auditlog/collectors/prod');
  const forget = () => rm(join(state, 'orgs'), { recursive: true });
  const forgetAll = async () => {
    await rm(state, { recursive: true });
    await perform('collect remove prod');
    await make();
  };
  return { perform, forget, forgetAll };
}

/** The vendor writes a part of every entry anew. */
function renderAgain(mark: string): void {
  for (const entry of [...model.truth()]) {
    model.remove(entry.id as string);
    model.insert({ ...entry, text: entry.text.replace(/\}$/, `,"seen":"${mark}"}`) });
  }
}

const texts = (): readonly string[] => [...model.truth()].map(({ text }) => text).sort();

/** A store whose clock is the model's. */
async function openClockedStore(): Promise<Store> {
  const store = await openStore();
  store.pageSize = 1000;
  return Object.defineProperty(store, 'ahead', { get: () => model.now() - Date.now() });
}

const bodies = ({ objects }: Store, ending: string) =>
  [...objects].flatMap(([key, { body }]) => (key.endsWith(ending) ? [body] : []));

/** What a destination holds, as the vendor's own text. */
const HOLDERS = {
  clickhouse: async () => {
    const server = await startFakeClickHouse();
    return {
      dest: `clickhouse+http://${server.host}/default.events`,
      held: () => server.rows().map(({ raw = '' }) => raw),
    };
  },
  elastic: async () => {
    const server = await startElastic();
    const held = () =>
      [...(server.indices.get('audit')?.values() ?? [])].map((text) => JSON.parse(text).event.original);
    return { dest: `elastic+http://${server.host}/audit`, held };
  },
  bucket: async () => {
    const store = await openClockedStore();
    const held = () =>
      bodies(store, '.ndjson.gz').flatMap((body) => gunzipSync(body).toString().split('\n').slice(0, -1));
    return { dest: `s3://${BUCKET}/logs?endpoint=${store.endpoint}`, held };
  },
  lake: async () => {
    const store = await openClockedStore();
    const held = async () => {
      const files = await Promise.all(bodies(store, '.parquet').map((body) => readParquet(body, ['raw_data'])));
      return files.flat().map(({ raw_data: text }) => String(text));
    };
    return { dest: `s3://${BUCKET}/ext/acme?endpoint=${store.endpoint}&account=123456789012`, held };
  },
} as const;

test.each(Object.entries(HOLDERS))(
  'after lost state and with texts written anew, %s holds each entry once, in its newest text',
  async (_, start) => {
    const { dest, held } = await start();
    const { perform, forget, forgetAll } = await site(dest);
    const expectHeld = async () => {
      const { code, stderr } = await perform('collect prod');
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect([...(await held())].sort()).toEqual(texts());
    };
    await expectHeld();
    // More than one delivery of a day.
    model.insert(makeEntry(NOW - DAY, 7, 1), makeEntry(NOW - 2 * DAY, 8, 1));
    await expectHeld();
    for (const [mark, lose] of [
      ['one', forget],
      ['two', forgetAll],
    ] as const) {
      renderAgain(mark);
      model.insert(makeEntry(NOW - DAY, mark.length * 100 + mark.charCodeAt(0), 1));
      await lose();
      model.advance(HOUR);
      await expectHeld();
    }
  },
);

test('after lost state a bucket keeps the text of sealed days, and has the newest one of open days: each event once', async () => {
  const { dest, held } = await HOLDERS.bucket();
  const { perform, forgetAll } = await site(dest);
  for (let cycle = 0; cycle < 2; cycle += 1) {
    expect(await perform('collect prod')).toMatchObject({ code: 0 });
    model.advance(7 * HOUR);
  }
  const before = new Set(held());
  renderAgain('anew');
  await forgetAll();
  expect(await perform('collect prod')).toMatchObject({ code: 0 });
  const [newest, after] = [new Set(texts()), held()];
  const idsOf = (all: readonly string[]) => all.map((text) => JSON.parse(text).id as string).sort();
  expect(idsOf(after)).toEqual(idsOf([...newest]));
  const isOpen = (text: string) => Date.parse(JSON.parse(text).created_at) >= Date.parse('2026-11-19T00:00:00Z');
  expect(after.filter(isOpen).length).toBeGreaterThan(0);
  expect(after.filter((text) => !(isOpen(text) ? newest : before).has(text))).toEqual([]);
});

test('without --org every destination gets the id of the organization, also for entries that do not name it', async () => {
  const clickhouse = await startFakeClickHouse();
  const splunk = await startSplunk();
  const syslog = await startSyslog();
  const dests = [
    [`clickhouse+http://${clickhouse.host}/default.events`, ''],
    [`splunk+http://${splunk.host}`, TOKEN],
    [`syslog+tcp://${syslog.host}`, ''],
  ] as const;
  for (const [dest, secret] of dests) {
    const { perform, forget } = await site(dest, secret);
    expect((await perform('collect prod')).code).toBe(0);
    model.insert({
      ...makeEntry(NOW - 30_000, 9, 1),
      text: makeEntry(NOW - 30_000, 9, 1).text.replace(/"org":\{[^}]*\}/, '"org":null'),
    });
    model.advance(HOUR);
    expect((await perform('collect prod')).code).toBe(0);
    await forget();
    await model.close();
  }
  expect(clickhouse.rows()).toHaveLength(151);
  expect(new Set(clickhouse.rows().map(({ org }) => org))).toEqual(new Set([MODEL_ORG.id]));
  expect(new Set(splunk.events.map(({ fields }) => fields.org))).toEqual(new Set([MODEL_ORG.id]));
  expect(syslog.messages.filter((message) => !message.includes(` org="${MODEL_ORG.id}"`))).toEqual([]);
});

test('a table of an earlier version is refused, with what to do', async () => {
  const server = await startFakeClickHouse();
  const { perform } = await site(`clickhouse+http://${server.host}/default.events`);
  await perform('collect prod');
  server.columns = server.columns.map(([name, type, comment]) =>
    name === 'digest'
      ? [name, type, 'the start of the SHA-256: tells entries of the same id and other text apart']
      : [name, type, comment],
  );
  expect(await perform('collect prod')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /made by an earlier version[\s\S]*RENAME TABLE default.events TO default.events_before/,
    ),
  });
});

test('a range is delivered again with --replay, where each event is there once; the collector stays where it was', async () => {
  const server = await startElastic();
  const { perform } = await site(`elastic+http://${server.host}/audit`);
  await perform('collect prod');
  const held = server.indices.get('audit') as Map<string, string>;
  const lost = [...held].filter(([, text]) => JSON.parse(text)['@timestamp'] < '2026-11-10');
  expect(lost.length).toBeGreaterThan(20);
  for (const [id] of lost) held.delete(id);
  expect(await perform('collect prod')).toMatchObject({ code: 0, stderr: expect.stringContaining('0 new events') });
  expect(held.size).toBe(150 - lost.length);
  const again = await perform('collect prod --replay --from 2026-10-01 --to 2026-11-09');
  expect(again).toMatchObject({
    code: 0,
    stderr: expect.stringContaining(`delivered ${lost.length} events once more`),
  });
  expect(held.size).toBe(150);
  expect(await perform('collect prod --replay --from 2026-10-01 --to 2026-11-20')).toMatchObject({ code: 0 });
  expect(held.size).toBe(150);
  const status = JSON.parse((await perform('collect status prod --format json')).stdout);
  expect(status).toMatchObject([{ events: 150, state: 'ok' }]);
  expect((await perform('collect prod --replay --from 2026-10-01')).code).toBe(2);
  await perform('collect files --create --dest files --rate off');
  expect((await perform('collect files --replay --from 2026-10-01 --to 2026-11-20')).code).toBe(2);
});
