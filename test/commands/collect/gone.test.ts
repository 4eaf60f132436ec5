import { afterEach, describe, expect, test } from 'vitest';
import { makeHome, NOW, run } from '../../helpers/world.js';
import { makeEntries, makeEntry } from '../../model/makeentries.js';
import { type Model, startModel } from '../../model/server.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let model: Model;
afterEach(() => model.close());

async function site(dest: string) {
  model = await startModel({
    entries: makeEntries({ n: 120, from: NOW - 40 * DAY, to: NOW - HOUR, grain: 1000 }),
    now: NOW,
  });
  const home = await makeHome();
  const env = { AUDITLOG_BASE_URL: model.base.href, AUDITLOG_API_KEY: model.key };
  const perform = (line: string) => run(line, { env, home, now: model.now() });
  expect((await perform(`collect prod --create --dest ${dest} --rate off`)).code).toBe(0);
  const status = async () => JSON.parse((await perform('collect status prod --format json')).stdout)[0];
  return { perform, status };
}

type Perform = Awaited<ReturnType<typeof site>>['perform'];

/** Each way in which entries that were delivered disappear, and how many. */
const WAYS: readonly (readonly [string, (perform: Perform) => Promise<number>])[] = [
  [
    'one of an old day',
    async (perform) => {
      const entry = makeEntry(NOW - 20 * DAY, 77, 1);
      model.insert(entry);
      await perform('collect prod');
      await perform('collect prod');
      model.remove(entry.id as string);
      return 1;
    },
  ],
  [
    'one of a day that has closed and is not sealed',
    async (perform) => {
      const entry = makeEntry(NOW - HOUR, 77, 1);
      model.insert(entry);
      await perform('collect prod');
      model.advance(DAY);
      await perform('collect prod');
      model.remove(entry.id as string);
      model.advance(HOUR);
      return 1;
    },
  ],
  [
    'one that disappeared while its day was open',
    async (perform) => {
      const entry = makeEntry(NOW - HOUR, 77, 1);
      model.insert(entry);
      await perform('collect prod');
      model.remove(entry.id as string);
      model.insert(makeEntry(NOW - 2 * HOUR, 78, 1));
      await perform('collect prod');
      model.advance(2 * DAY);
      return 1;
    },
  ],
  [
    'all of them',
    async () => {
      model.advance(2 * DAY);
      for (const { id } of [...model.truth()]) model.remove(id as string);
      return 120;
    },
  ],
];

describe.each(['-', 'files'])('at %s', (dest) => {
  test.each(WAYS)('entries that are gone are an alarm until somebody acknowledges it: %s', async (_, remove) => {
    const { perform, status } = await site(dest);
    expect((await perform('collect prod')).code).toBe(0);
    const rows = await remove(perform);
    for (const _again of [1, 2, 3]) {
      const ran = await perform('collect prod');
      expect(ran, ran.stderr).toMatchObject({ code: 3 });
      expect(ran.stderr).toContain(
        `prod: the server no longer returns ${rows} ${rows === 1 ? 'event' : 'events'}, not acknowledged yet`,
      );
      model.advance(HOUR);
    }
    expect(await status()).toMatchObject({ state: 'gone', unacknowledged: rows, lagSeconds: 3600 });
    expect((await perform('collect status')).code).toBe(0);
    expect(await perform('collect status --fail-if-gone')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('auditlog collect gaps prod --acknowledge'),
    });
    expect((await perform('collect status --fail-if-silent 6h')).code).toBe(0);
    expect((await perform('collect gaps prod')).code).toBe(3);
    expect(await perform('collect gaps prod --acknowledge')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('acknowledged'),
    });
    expect((await perform('collect status --fail-if-gone')).code).toBe(0);
    expect((await perform('collect prod')).code).toBe(0);
    expect(await status()).toMatchObject({ state: 'ok', unacknowledged: 0 });
  });

  test('the alarm ends by itself when the entries come back to a day that is not sealed', async () => {
    const { perform, status } = await site(dest);
    const entry = makeEntry(NOW - HOUR, 77, 1);
    model.insert(entry);
    await perform('collect prod');
    model.advance(DAY);
    await perform('collect prod');
    model.remove(entry.id as string);
    expect((await perform('collect prod')).code).toBe(3);
    model.insert(entry);
    expect((await perform('collect prod')).code).toBe(0);
    expect(await status()).toMatchObject({ state: 'ok', unacknowledged: 0 });
  });
});

test('entries that only their age explains are no alarm', async () => {
  const { perform, status } = await site('-');
  await perform('collect prod');
  model.advance(DAY);
  for (const { id, time } of [...model.truth()]) if (time < NOW - 20 * DAY) model.remove(id as string);
  expect((await perform('collect prod')).code).toBe(0);
  expect((await perform('collect prod')).code).toBe(0);
  expect(await status()).toMatchObject({ state: 'ok', unacknowledged: 0 });
});

test('a log without a new event for too long is told with 8', async () => {
  const { perform } = await site('-');
  await perform('collect prod');
  expect((await perform('collect status --fail-if-no-event 24h')).code).toBe(0);
  model.advance(2 * DAY);
  expect((await perform('collect prod')).code).toBe(0);
  expect((await perform('collect status --fail-if-silent 6h')).code).toBe(0);
  expect(await perform('collect status --fail-if-no-event 24h')).toMatchObject({
    code: 8,
    stderr: expect.stringMatching(/^prod has had no event for 70h/),
  });
  model.insert(makeEntry(model.now() - HOUR, 79, 1));
  await perform('collect prod');
  expect((await perform('collect status --fail-if-no-event 24h')).code).toBe(0);
});
