import { members } from '../../../src/json/tokens.js';
import { type Answer, type Request, startUnreliable, type Unreliable } from '../unreliable.js';

export const TOKEN = '6f1d2c3b-9a8e-4c57-b0aa-1d2e3f4a5b6c';

/** A received event. */
export interface ReceivedEvent {
  readonly time: string | undefined;
  readonly host: string;
  readonly source: string;
  readonly sourcetype: string;
  readonly index: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
  /** The tokens of `event`, as sent. */
  readonly event: string;
}

export interface SplunkServer extends Unreliable {
  /** In the order of arrival. */
  readonly events: ReceivedEvent[];
  /** The requests for acknowledgements. */
  readonly polls: { readonly ids: readonly number[] }[];
  /** Called for each event. Gives an HEC code that refuses the event or stops the request there. */
  event: (event: ReceivedEvent) => number | undefined;
  largest: number;
  /** The number of requests until an acknowledgement is ready. */
  indexedAfter: number;
}

export interface SplunkServerOptions {
  /** Whether the token has indexer acknowledgement. */
  readonly acknowledges?: boolean;
  readonly indices?: readonly string[];
}

const WORDS: Readonly<Record<number, readonly [number, string]>> = {
  0: [200, 'Success'],
  2: [401, 'Token is required'],
  3: [401, 'Invalid authorization'],
  4: [403, 'Invalid token'],
  5: [400, 'No data'],
  6: [400, 'Invalid data format'],
  7: [400, 'Incorrect index'],
  9: [503, 'Server is busy'],
  10: [400, 'Data channel is missing'],
  12: [400, 'Event field is required'],
  14: [400, 'ACK is disabled'],
  17: [200, 'HEC is healthy'],
};

/** A small server that answers as Splunk documents its HTTP Event Collector: codes, the event at which a request stopped, acknowledgements by channel. */
export async function startSplunk({ acknowledges = false, indices }: SplunkServerOptions = {}): Promise<SplunkServer> {
  const events: ReceivedEvent[] = [];
  const polls: { readonly ids: readonly number[] }[] = [];
  /** How often each acknowledgement was asked for. */
  const acks = new Map<number, number>();
  let nextAck = 0;

  const answer = (code: number, more: object = {}): Answer => {
    const [status, text] = WORDS[code]!;
    return { status, body: { text, code, ...more } };
  };

  const handle = ({ path, headers, body }: Request): Answer => {
    const route = path.split('?')[0];
    if (route === '/services/collector/health') return answer(17);
    const { authorization } = headers;
    if (authorization === undefined) return answer(2);
    if (!authorization.startsWith('Splunk ')) return answer(3);
    if (authorization !== `Splunk ${TOKEN}`) return answer(4);
    if (route === '/services/collector/ack') return acks_(path, body);
    if (route !== '/services/collector/event') return { status: 404, body: { text: 'Not found', code: 404 } };
    if (body.length > server.largest)
      return { status: 413, body: { text: 'Request entity exceeds maximum', code: 27 } };
    if (acknowledges && headers['x-splunk-request-channel'] === undefined) return answer(10);
    if (body.length === 0) return answer(5);
    let number = 0;
    for (const text of objectsIn(body.toString())) {
      const event = toReceived(text);
      number += 1;
      if (indices !== undefined && event.index !== undefined && !indices.includes(event.index))
        return answer(7, { 'invalid-event-number': number });
      const code = server.event(event);
      if (code !== undefined) return answer(code, { 'invalid-event-number': code === 6 ? number - 1 : number });
      events.push(event);
    }
    if (!acknowledges) return answer(0);
    acks.set(nextAck, 0);
    nextAck += 1;
    return answer(0, { ackId: nextAck - 1 });
  };

  const acks_ = (path: string, body: Buffer): Answer => {
    if (!acknowledges) return answer(14);
    if (!/\?channel=[0-9a-f-]{36}$/.test(path)) return answer(10);
    const ids = (JSON.parse(body.toString()) as { acks: number[] }).acks;
    polls.push({ ids });
    const told = ids.map((id) => {
      const looks = acks.get(id);
      if (looks === undefined) return [id, false];
      if (looks + 1 < server.indexedAfter) {
        acks.set(id, looks + 1);
        return [id, false];
      }
      acks.delete(id);
      return [id, true];
    });
    return { status: 200, body: { acks: Object.fromEntries(told) } };
  };

  const unreliable = await startUnreliable(handle);
  const server: SplunkServer = Object.assign(unreliable, {
    events,
    polls,
    event: () => undefined,
    largest: Number.POSITIVE_INFINITY,
    indexedAfter: 1,
  });
  return server;
}

/** Splits concatenated JSON objects. */
function* objectsIn(text: string): Iterable<string> {
  let depth = 0;
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted) {
      if (character === '\\') at += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth > 0) continue;
      yield text.slice(start, at + 1);
      start = at + 1;
    }
  }
}

function toReceived(text: string): ReceivedEvent {
  const value = JSON.parse(text) as Omit<ReceivedEvent, 'event' | 'time'>;
  const parts = new Map(members(text).map(({ key, token }) => [key, token]));
  return { ...value, time: parts.get('time'), event: parts.get('event') ?? '' };
}
