import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { DeliveredEntry, Destination, StreamDelivery } from '../../src/destinations/destination.js';
import { openDestination } from '../../src/destinations/index.js';
import { openS3Client } from '../../src/destinations/s3/client.js';
import { parseS3Url } from '../../src/destinations/s3/url.js';
import { invent } from '../../src/providers/invent.js';
import { clickhouse, type Started, splunk, withKey, withUser } from './behindcutter.js';
import { type Cutter, FRAMINGS, type Framing, startCutter, type Wired } from './cutter.js';
import { entries, ORG, world } from './entries.js';
import { BUCKET, openStore, worldOf } from './s3/store.js';
import { startSyslog } from './syslog/server.js';

/** A kind of request whose answers are cut. */
interface Kind {
  readonly name: string;
  readonly start: () => Promise<Started>;
  /** Whether it holds an entry once, however often it is delivered. */
  readonly isOnce: boolean;
  readonly isCut: (answer: Wired) => boolean;
  /** Bytes between two cuts; below ten, every byte is one where the answer says how long it is. */
  readonly every: number;
}

const isInsert = ({ path }: Wired) => path.includes('INSERT');
const isBulk = ({ path }: Wired) => path.includes('_bulk');
const isEvents = ({ path }: Wired) => path.endsWith('/event');

const TAKEN: readonly Kind[] = [
  { name: 'clickhouse, an insert', isOnce: true, isCut: isInsert, start: clickhouse, every: 1 },
  { name: 'elastic, _bulk', isOnce: true, isCut: isBulk, start: withKey, every: 5 },
  { name: 'opensearch, _bulk', isOnce: true, isCut: isBulk, start: withUser, every: 23 },
  { name: 'splunk, events', isOnce: false, isCut: isEvents, start: splunk(false), every: 1 },
  { name: 'splunk, acks', isOnce: false, isCut: ({ path }) => path.includes('/ack'), start: splunk(true), every: 11 },
];

/** So many answers are cut in one run: a run has a budget of retries. */
const RUN = 12;

/** Calls `act` for each byte at which the first answer of the kind is cut. Headers are cut where they are like those of no other framing. Gives the number of cuts. */
async function cutEach(
  cutter: Cutter,
  { isCut, every }: Pick<Kind, 'isCut' | 'every'>,
  act: (count: number) => Promise<void>,
): Promise<number> {
  const { framing } = cutter;
  const isPlain = framing === 'content-length';
  const [begin, step] = isPlain ? [0, every < 10 ? 1 : every] : [40, every];
  let count = 0;
  for (let at = begin, length = at + 1; at < length; at += step, count += 1) {
    let asked = 0;
    cutter.cut = (wired) => {
      if (!isCut(wired)) return undefined;
      asked += 1;
      if (asked === 1) length = wired.length;
      return asked === 1 && at < length ? at : undefined;
    };
    await act(count);
    expect({ framing, at, again: at >= length || asked > 1 }).toEqual({ framing, at, again: true });
  }
  return count;
}

/** Does it for every framing at once. */
async function overFramings(host: string, work: (cutter: Cutter) => Promise<number>, but?: Framing): Promise<void> {
  const counts = FRAMINGS.filter((framing) => framing !== but).map(async (framing) => {
    const cutter = await startCutter(host);
    cutter.framing = framing;
    return work(cutter);
  });
  expect((await Promise.all(counts)).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(20);
}

async function opened(destination: Destination): Promise<StreamDelivery> {
  const delivery = await destination.open();
  if (delivery.kind !== 'stream') throw new Error('this takes entries one by one');
  return delivery;
}

/** `again`: how often a failed delivery is repeated, as an acknowledgement needs that was told once and lost. */
async function delivered(delivery: StreamDelivery, entry: DeliveredEntry, again = 0): Promise<void> {
  for (let left = again; ; left -= 1)
    try {
      await delivery.put({ org: ORG, entries: [entry] });
      return await delivery.flush();
    } catch (error) {
      if (left === 0) throw error;
    }
}

test.each(TAKEN)('an answer of $name that is cut is asked for again, and all is there', async (kind) => {
  const { host, open, held } = await kind.start();
  const all = entries(1500, { seed: 4 });
  let next = 0;
  await overFramings(host, async (cutter) => {
    const destination = await open(cutter.host);
    let delivery: StreamDelivery | undefined;
    const count = await cutEach(cutter, kind, async (at) => {
      if (at % RUN === 0) {
        await delivery?.close();
        delivery = await opened(destination);
      }
      await delivered(delivery!, all[next++]!, kind.name === 'splunk, acks' ? 1 : 0);
    });
    await delivery?.close();
    return count;
  });
  const texts = all.slice(0, next).map(({ raw }) => raw.toString());
  expect([...(kind.isOnce ? held() : new Set(held()))].sort()).toEqual(texts.sort());
});

const REFUSED: readonly Kind[] = [
  { name: 'clickhouse, an insert', isOnce: true, isCut: isInsert, start: clickhouse, every: 17 },
  { name: 'elastic, _bulk', isOnce: true, isCut: isBulk, start: withKey, every: 23 },
  { name: 'splunk, events', isOnce: false, isCut: isEvents, start: splunk(false), every: 7 },
];

test.each(REFUSED)(
  'a refusal of $name that is cut refuses no other event, and takes none as delivered',
  async (kind) => {
    const all = entries(3, { seed: 5 });
    const texts = all.map(({ raw }) => raw.toString());
    for (const framing of FRAMINGS) {
      for (let at = framing === 'content-length' ? 0 : 40, length = at + 1; at < length; at += kind.every) {
        const { host, open, held, refuse } = await kind.start();
        refuse(texts[1]!);
        const cutter = await startCutter(host);
        cutter.framing = framing;
        const delivery = await opened(await open(cutter.host));
        let asked = 0;
        cutter.cut = (wired) => {
          if (!kind.isCut(wired)) return undefined;
          asked += 1;
          if (asked === 1) length = wired.length;
          return asked === 1 && at < length ? at : undefined;
        };
        const refused: string[] = [];
        const take = async () => {
          await delivery.put({ org: ORG, entries: all, refuse: ({ raw }) => void refused.push(raw.toString()) });
          await delivery.flush();
        };
        // A refusal that cannot be read is an error, after which all of it is delivered again.
        await take().catch(take);
        await delivery.close();
        expect({ framing, at, held: new Set(held()), refused: new Set(refused) }).toEqual({
          framing,
          at,
          held: new Set([texts[0], texts[2]]),
          refused: new Set([texts[1]]),
        });
      }
    }
  },
);

const OPENED: readonly Kind[] = [
  { name: 'clickhouse', isOnce: true, isCut: (wired) => !isInsert(wired), start: clickhouse, every: 41 },
  { name: 'elastic', isOnce: true, isCut: (wired) => !isBulk(wired), start: withKey, every: 41 },
];

test.each(OPENED)('any answer to the opening of $name that is cut leaves it as it was', async (kind) => {
  const { host, open, held } = await kind.start();
  const all = entries(1500, { seed: 6 });
  let next = 0;
  const destination = await open((await startCutter(host)).host);
  const first = await opened(destination);
  await delivered(first, all[next++]!);
  await first.close();
  for (const framing of ['chunked', 'until closed'] as const) {
    const cutter = await startCutter(host);
    cutter.framing = framing;
    const again = await open(cutter.host);
    for (let which = 0, requests = 1; which < requests; which += 1) {
      for (let at = 40, length = 41; at < length; at += kind.every) {
        let asked = 0;
        cutter.cut = (wired) => {
          if (!kind.isCut(wired)) return undefined;
          asked += 1;
          if (asked - 1 !== which) return undefined;
          length = wired.length;
          return at < length ? at : undefined;
        };
        const delivery = await opened(again);
        requests = Math.max(requests, Math.min(asked, 6));
        await delivered(delivery, all[next++]!);
        await delivery.close();
      }
    }
  }
  expect([...held()].sort()).toEqual(
    all
      .slice(0, next)
      .map(({ raw }) => raw.toString())
      .sort(),
  );
});

/** An object as it was stored: with the encoding that its server says it has. */
function unpacked(body: Buffer | undefined): string | undefined {
  return (body?.[0] === 0x1f ? gunzipSync(body) : body)?.toString('latin1');
}

/** Where nothing else tells the end: the caller compares an object with its hash, and a list without its end is an error. */
const NO_FORM: Framing = 'until closed';

test.each([
  ['put', 3, undefined],
  ['list', 13, NO_FORM],
  ['get', 3, NO_FORM],
] as const)('an answer of a bucket to %s that is cut is asked for again', async (what, every, but) => {
  const store = await openStore();
  for (const name of ['a', 'b', 'c'])
    store.objects.set(`there/${name}`, { body: Buffer.from(name), sha256: undefined });
  let next = 0;
  await overFramings(
    store.host,
    async (cutter) => {
      const ctx = worldOf('/');
      const open = () => openS3Client(ctx, parseS3Url(`s3://${BUCKET}/x?endpoint=http://${cutter.host}`, ctx.env));
      let client = await open();
      const isCut = ({ method, path }: Wired) => (what === 'put' ? method === 'PUT' : method === 'GET' && path !== '');
      const count = await cutEach(cutter, { isCut, every }, async (at) => {
        if (at % RUN === 0) {
          await client.close();
          client = await open();
        }
        const own = `x/${next++}`;
        if (what === 'put')
          expect(await client.put(own, Buffer.from(own), { absent: true })).toMatchObject({ done: true });
        else if (what === 'get') expect(unpacked(await client.get('there/b'))).toBe('b');
        else {
          const keys: string[] = [];
          for await (const { key } of client.list('there/')) keys.push(key);
          expect(keys).toEqual(['there/a', 'there/b', 'there/c']);
        }
      });
      await client.close();
      return count;
    },
    but,
  );
  expect([...store.objects].filter(([key]) => key.startsWith('x/')).length).toBe(what === 'put' ? next : 0);
});

test('a syslog receiver that breaks off at any byte has not taken the message', async () => {
  const [entry] = entries(1);
  const whole = await startSyslog();
  const to = async (host: string) =>
    opened(await openDestination(world(), `syslog+tcp://${host}`, { provider: invent, schema: undefined }));
  const once = await to(whole.host);
  await delivered(once, entry!);
  await once.close();
  const length = Buffer.byteLength(whole.messages[0]!) + 4;
  const cuts = Array.from({ length: Math.ceil(length / 9) }, (_, at) => at * 9);
  const outcomes = cuts.map(async (at) => {
    const server = await startSyslog();
    let connections = 0;
    server.manner = () => (connections++ === 0 ? (at === 0 ? 'close' : { cutAfter: at }) : 'read');
    const delivery = await to(server.host);
    await delivered(delivery, entry!);
    await delivery.close();
    return { at, connections, messages: server.messages.slice(-1) };
  });
  for (const outcome of await Promise.all(outcomes))
    expect(outcome).toEqual({ at: outcome.at, connections: 2, messages: whole.messages });
});
