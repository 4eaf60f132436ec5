import { createServer } from 'node:http';

import { hash } from '../../src/demo/random.js';
import { dayStart } from '../../src/time.js';
import { MODEL_ORG, makeEntry, type Shape } from './makeentries.js';
import { MODEL_KEY } from './model.js';
import { close, listen } from './server.js';

export interface StaticOptions {
  /** How many entries; a million cost no more than a thousand. */
  readonly n: number;
  /** Epoch ms: the entries are spread evenly from `from` up to, not including, `to`. */
  readonly from: number;
  readonly to: number;
  readonly shape?: Shape;
  /** Each answer is held back this long, as a network would; ms. */
  readonly latency?: number;
  /** What the Date header says, epoch ms; default `to`. */
  readonly now?: number;
}

export interface StaticServer {
  readonly base: URL;
  readonly key: string;
  readonly org: string;
  requests(): number;
  /** When each request came, ms from any fixed point, and how many connections there were at one time, at most. */
  traffic(): { readonly times: readonly number[]; readonly connections: number };
  /** The id of the i-th newest entry, and the whole of its text, to compare with what came out. */
  idOf(i: number): string;
  textOf(i: number): string;
  close(): Promise<void>;
}

const DAY = 86_400_000;
const MASTERS = 997;

/** An entry's bytes with two holes of fixed size, for its id and its time. */
interface Master {
  readonly bytes: Buffer;
  readonly idAt: number;
  readonly timeAt: number;
}

/**
 * A server for benchmarks: right answers to `page`, `take`, `from` and `to`, as fast as Node can send them, no faults and no filters.
 * Entries are stamped from a set of prepared ones when a page is asked for, so nothing grows with their number.
 */
export async function startServer(options: StaticOptions): Promise<StaticServer> {
  const { n, from, to, shape = 'full', latency = 0, now = to } = options;
  const step = (to - from) / n;
  const timeOf = (i: number): number => Math.floor(to - (i + 1) * step);
  /** How many entries are at or after an instant. */
  const since = (time: number): number => {
    let i = Math.max(0, Math.min(n, Math.floor((to - time) / step)));
    while (i > 0 && timeOf(i - 1) < time) i -= 1;
    while (i < n && timeOf(i) >= time) i += 1;
    return i;
  };
  const masters = Array.from({ length: MASTERS }, (_, k) => masterOf(k, shape));
  const entry = (i: number, into: Buffer, at: number): number => {
    const { bytes, idAt, timeAt } = masters[i % MASTERS]!;
    bytes.copy(into, at);
    into.write(idAt22(i), at + idAt, 'latin1');
    into.write(new Date(timeOf(i)).toISOString(), at + timeAt, 'latin1');
    return at + bytes.length;
  };
  const longest = Math.max(...masters.map(({ bytes }) => bytes.length)) + 1;
  const pageOf = (first: number, end: number): Buffer => {
    const page = Buffer.allocUnsafe(2 + Math.max(0, end - first) * longest);
    let at = page.write('[', 0, 'latin1');
    for (let i = first; i < end; i += 1) {
      if (i > first) at += page.write(',', at, 'latin1');
      at = entry(i, page, at);
    }
    at += page.write(']', at, 'latin1');
    return page.subarray(0, at);
  };

  const times: number[] = [];
  let open = 0;
  let connections = 0;
  const server = createServer((request, response) => {
    times.push(performance.now());
    const url = new URL(request.url ?? '', 'http://localhost');
    const query = url.searchParams;
    const number = (name: string, usual: number): number => Number(query.get(name) ?? usual);
    if (request.headers.authorization !== `Bearer ${MODEL_KEY}`) {
      response.writeHead(401, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    const newest = query.has('to') ? since(dayStart(query.get('to')!) + DAY) : 0;
    const oldest = query.has('from') ? since(dayStart(query.get('from')!)) : n;
    const count = Math.max(0, oldest - newest);
    const take = number('take', 100);
    const first = Math.min(count, (number('page', 1) - 1) * take);
    const body = pageOf(newest + first, newest + Math.min(count, first + take));
    const send = (): void => {
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': body.length,
        date: new Date(now).toUTCString(),
        'pagination-count': count,
        'pagination-page': number('page', 1),
        'pagination-take': take,
      });
      response.end(body);
    };
    if (latency > 0) setTimeout(send, latency);
    else send();
  });
  server.on('connection', (socket) => {
    open += 1;
    connections = Math.max(connections, open);
    socket.on('close', () => {
      open -= 1;
    });
  });
  server.keepAliveTimeout = 0;
  const base = await listen(server);
  return {
    base,
    key: MODEL_KEY,
    org: MODEL_ORG.id,
    requests: () => times.length,
    traffic: () => ({ times, connections }),
    idOf: (i) => `al_${idAt22(i)}`,
    textOf: (i) => {
      const into = Buffer.alloc(longest);
      return into.toString('utf8', 0, entry(i, into, 0));
    },
    close: () => close(server),
  };
}

function masterOf(k: number, shape: Shape): Master {
  const { text, id = '' } = makeEntry(0, 31, k, shape);
  const bytes = Buffer.from(text);
  return { bytes, idAt: bytes.indexOf(id) + 3, timeAt: bytes.indexOf('"created_at":"') + 14 };
}

/** 22 characters that no other number has: the number itself, in front of what looks random. */
function idAt22(i: number): string {
  const tail = hash(31, i).toString(36);
  return `${i.toString(36).padStart(8, '0')}z${tail.padStart(7, '0')}${tail.padStart(6, '0').slice(0, 6)}`;
}
