import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { FastClock } from '../helpers/fastclock.js';
import { close, listen } from '../model/server.js';
import type { Kind } from './commands.js';
import type { Answer, Place } from './ends.js';
import { dayOf, newestFirst, type Row } from './log.js';
import type { StandIn } from './server.js';
import { FURTHER, type Parameters, type Shape, SIZE } from './shapes.js';

const KEY = 'standin_Rw7pKz3VtQ9yLm2XbNc6';
const LATENCY = 15;

/** A vendor of a shape, which gives at most `cap` entries a page and ends its pages in some way. */
export interface ShapedVendor {
  readonly shape: Shape;
  readonly cap: number;
  readonly isOldestFirst?: boolean;
  readonly end?: (answer: Answer, place: Place) => Answer;
}

export function kindOf(vendor: ShapedVendor, log: readonly Row[]): Kind {
  const { shape } = vendor;
  return {
    rows: Math.min(SIZE, vendor.cap),
    file: {
      name: 'standin',
      title: 'Stand-in',
      path: '/v1/log/',
      auth: { header: 'Authorization', scheme: 'Bearer' },
      fields: { id: 'id', time: 'at', action: 'action', actor: { id: 'by.id', name: 'by.name' } },
      ...shape.file,
    },
    start: (clock, patience) => start(vendor, log, clock, patience),
  };
}

async function start(vendor: ShapedVendor, log: readonly Row[], clock: FastClock, patience: number): Promise<StandIn> {
  let rows = newestFirst(log);
  const targets: string[] = [];
  const isFurther = JSON.stringify(vendor.shape.file).includes(FURTHER);
  const server = createServer(async (request, response) => {
    targets.push(`${request.method} ${request.url ?? ''}`);
    clock.advance(LATENCY);
    const headers = { 'content-type': 'application/json', date: new Date(clock.now()).toUTCString() };
    const refuse = (status: number, message: string): void => {
      response.writeHead(status, headers).end(JSON.stringify({ message }));
    };
    const body = await text(request);
    if (request.headers.authorization !== `Bearer ${KEY}` || targets.length > patience) return refuse(401, 'no');
    const url = new URL(request.url ?? '', `http://${request.headers.host}`);
    if (url.pathname !== '/v1/log/' && (!isFurther || url.pathname !== FURTHER)) return refuse(404, 'not here');
    if ((request.method === 'POST') !== (body !== '')) return refuse(405, 'not so');
    const asked = vendor.shape.read(url, body === '' ? undefined : JSON.parse(body));
    if (vendor.shape.isFuture?.(asked, clock.now()) === true) return refuse(400, 'the end is in the future');
    const plain = answerTo(vendor, rows, asked, targets.length);
    if (plain.status !== 200) return refuse(plain.status, 'too far');
    const { headers: more, body: answer } = vendor.shape.write(plain, asked);
    response.writeHead(200, { ...headers, ...more }).end(JSON.stringify(answer).replace(/"(\[1234.*?\])"/g, '$1'));
  });
  const base = await listen(server);
  return {
    base: base.origin,
    key: KEY,
    now: () => clock.now(),
    rows: () => rows,
    insert: (more) => {
      rows = newestFirst([...rows, ...more]);
    },
    targets,
    close: () => close(server),
  };
}

function answerTo(vendor: ShapedVendor, log: readonly Row[], asked: Parameters, request: number): Answer {
  const { shape, cap, end } = vendor;
  const [from, to] = [asked.get('from') ?? '', asked.get('to') ?? '9999'];
  const isIn = shape.isIn ?? (({ time }) => dayOf(time) >= from && dayOf(time) <= to);
  const found = log.filter((row) => isIn(row, asked));
  const matching = vendor.isOldestFirst === true ? found.toReversed() : found;
  const wanted = Number(asked.get('limit') ?? SIZE);
  const size = shape.isWhole === true ? Math.max(1, matching.length) : Math.min(wanted, cap);
  const first = startOf(matching, asked, size);
  const page = (at: number): readonly Row[] => matching.slice(at, at + size);
  if (first + Math.min(size, matching.length) > (shape.reach ?? Number.POSITIVE_INFINITY))
    return { ...NOTHING, status: 400 };
  const isLast = first + size >= matching.length;
  const following = matching[first + size - 1]?.id ?? matching.at(-1)?.id ?? 'end';
  const plain: Answer = {
    status: 200,
    rows: page(first),
    total: matching.length,
    more: !isLast,
    next: isLast ? undefined : following,
  };
  const place: Place = {
    isLast,
    isPast: first > 0 && first >= matching.length,
    asked: wanted,
    own: asked.get('after') ?? undefined,
    following,
    lastPage: page(Math.max(0, Math.ceil(matching.length / size) - 1) * size),
    request,
  };
  return end?.(plain, place) ?? plain;
}

const NOTHING = { rows: [], total: undefined, more: false, next: undefined };

function startOf(matching: readonly Row[], asked: Parameters, size: number): number {
  const page = asked.get('page');
  if (page !== null) return Number(page) * size;
  const after = asked.get('after');
  if (after === null) return Number(asked.get('offset') ?? 0);
  const at = matching.findIndex(({ id }) => id === after);
  return at < 0 ? matching.length : at + 1;
}
