import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { makePlace, type Place, run, start } from '../faults/program.js';
import { later } from '../http/asking.js';
import { makeEntries } from '../model/makeentries.js';
import { startModel } from '../model/server.js';
import { PASSWORD, startElastic } from './elastic/server.js';
import { startSplunk, TOKEN } from './splunk/server.js';
import { startSyslog } from './syslog/server.js';
import type { Unreliable } from './unreliable.js';

const DAY = 86_400_000;

/** A log of some days, and a place where the program collects it. */
async function log(env: Readonly<Record<string, string>> = {}) {
  const entries = makeEntries({ n: 3000, from: Date.now() - 20 * DAY, to: Date.now() - 60_000 });
  const model = await startModel({ entries, now: () => Date.now() });
  later(() => model.close());
  return { place: await makePlace(model, env), truth: entries.map(({ text }) => text).sort() };
}

/** Makes a collector and runs it: killed whenever the destination holds so many, and at last to its end. Everything that it said. */
async function collect(place: Place, dest: string, held: () => number, kills: readonly number[]): Promise<string> {
  const made = await run(place, ['collect', 'it', '--create', '--dest', dest]);
  let said = made.stderr;
  expect({ code: made.code, said }).toMatchObject({ code: 0 });
  for (const kill of kills) {
    const running = start(place, ['collect', 'it']);
    let over = false;
    void running.ended.then(() => {
      over = true;
    });
    while (held() < kill && !over) await delay(2);
    running.child.kill('SIGKILL');
    said += (await running.ended).stderr;
  }
  for (let tries = 0; ; tries += 1) {
    const ended = await run(place, ['collect', 'it']);
    said += ended.stderr;
    if (ended.code === 0) break;
    expect({ tries, said }).toMatchObject({ tries: expect.toSatisfy((so: number) => so < 5) });
  }
  const before = held();
  expect(await run(place, ['collect', 'it'])).toMatchObject({ code: 0 });
  expect(held()).toBe(before);
  return said;
}

/** One request in six comes to grief. */
function disturb(server: Unreliable): void {
  server.mishap = (at, { path }) => {
    if (!/_bulk|event/.test(path)) return undefined;
    return ([undefined, 'cut-before', undefined, undefined, 'cut-after', { status: 503 }] as const)[at % 6];
  };
}

test('a collector killed again and again leaves each entry in an index once', async () => {
  const authorization = `Basic ${Buffer.from(`writer:${PASSWORD}`).toString('base64')}`;
  const server = await startElastic({ authorization });
  disturb(server);
  server.item = (id) => (id.endsWith('0') && server.requests.length % 2 === 0 ? 'busy' : undefined);
  const { place, truth } = await log({ AUDITLOG_DEST_SECRET: PASSWORD });
  const held = () => server.indices.get('audit')?.size ?? 0;
  const said = await collect(place, `opensearch+http://writer@${server.host}/audit`, held, [1, 1500]);
  const documents = [...server.indices.get('audit')!.values()];
  expect(documents.map((text) => JSON.parse(text).event.original).sort()).toEqual(truth);
  expect(said).not.toContain(PASSWORD);
});

test('a collector killed again and again leaves each entry in Splunk, under a key of its own', async () => {
  const server = await startSplunk();
  disturb(server);
  const { place, truth } = await log({ AUDITLOG_DEST_SECRET: TOKEN });
  const said = await collect(place, `splunk+http://${server.host}`, () => server.events.length, [1, 1500]);
  expect([...new Set(server.events.map(({ event }) => event))].sort()).toEqual(truth);
  expect(new Set(server.events.map(({ fields }) => fields.key)).size).toBe(truth.length);
  expect(said).not.toContain(TOKEN);
});

test('a collector killed again and again sends each entry over syslog', async () => {
  const server = await startSyslog();
  server.manner = (at) => (at === 1 ? { cutAfter: 100_000 } : at === 3 ? 'close' : 'read');
  const { place, truth } = await log();
  await collect(place, `syslog+tcp://${server.host}`, () => server.messages.length, [1, 1500]);
  const got = server.messages.map((message) => / rawEvent=(.*)$/.exec(message)?.[1]?.replace(/\\([\\=])/g, '$1'));
  expect([...new Set(got)].filter((text) => text !== undefined).sort()).toEqual(truth);
});
