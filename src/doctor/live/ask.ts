import { pageReader } from '../../engine/page/answer.js';
import { type PageAsk, pageAsk, setQuery } from '../../engine/page/ask.js';
import { jsonBody } from '../../engine/page/body.js';
import { pagingStyle } from '../../engine/paging.js';
import type { Page, Place, Stream, Window } from '../../engine/request.js';
import { AuditlogError } from '../../errors.js';
import type { Client } from '../../http/client.js';
import { faultOf } from '../../http/fault.js';
import type { ApiResponse } from '../../http/send.js';
import type { WrittenInstant } from '../../providers/instants.js';
import { usualPlace } from '../../providers/placed.js';
import type { Provider } from '../../providers/provider.js';
import { timeReader } from '../../providers/times.js';
import { readPath, readScalar, readText } from '../../providers/value.js';
import { refusal } from '../requests.js';

/** A fault of a vendor's file that the vendor's own answers show. */
export interface LiveFinding {
  /** The key to change, such as `$.paging.max`. */
  readonly path: string;
  readonly text: string;
}

/** An entry of an answer, whatever the file says wrongly of the rest. */
export interface LiveEntry {
  readonly value: unknown;
  /** Epoch ms; NaN where it cannot be read. */
  readonly time: number;
  /** Its id, else its text. */
  readonly key: string;
}

export interface LiveAnswer {
  /** Why the server refused the request; undefined: it did not. */
  readonly refused?: { readonly status: number; readonly message: string };
  readonly envelope: unknown;
  readonly body: Buffer;
  readonly headers: ApiResponse['headers'];
  /** Undefined: there is no list where the file says. */
  readonly entries: readonly LiveEntry[] | undefined;
  /** As the program reads it; undefined where it cannot, and why. */
  readonly page: Page | undefined;
  readonly why: string | undefined;
}

/** What is asked of the server. */
export interface LiveQuestion {
  readonly window?: Window;
  readonly place?: Place;
  readonly size?: number;
  /** A range as it is, in place of a window. */
  readonly range?: { readonly from: WrittenInstant; readonly to: WrittenInstant };
}

/** The most requests of one check. */
export const MOST_REQUESTS = 10;

/** The requests of one check of a file. */
export class LiveRequests {
  count = 0;
  /** Removes the secrets of the requests from a text of the answers. */
  scrub: (text: string) => string = (text) => text;
  readonly #client: Pick<Client, 'get'>;
  readonly #of: { readonly provider: Provider; readonly base: URL; readonly org: string };

  constructor(client: Pick<Client, 'get'>, of: { provider: Provider; base: URL; org: string }) {
    this.#client = client;
    this.#of = of;
  }

  /** Rejects for a key that is refused, and for a server that cannot be reached; any other refusal is an answer. Undefined: there are no requests left. */
  async ask(question: LiveQuestion, provider = this.#of.provider): Promise<LiveAnswer | undefined> {
    if (this.count >= MOST_REQUESTS) return undefined;
    this.count += 1;
    const { base, org } = this.#of;
    const stream: Stream = { index: 0, org, filters: {} };
    const style = pagingStyle(provider.paging);
    const { window = { from: undefined, to: undefined }, place = style.first, size = provider.paging.max } = question;
    const plain = pageAsk(provider, base, { stream, window, place, size });
    const { url, post } = question.range === undefined ? plain : withRange(plain, provider, question.range, org);
    try {
      const response = await this.#client.get(url, (given) => given, { post, shrinkable: true });
      this.scrub = response.scrub ?? this.scrub;
      return answerOf(provider, response, url);
    } catch (error) {
      const fault = error instanceof AuditlogError ? faultOf(error) : undefined;
      const status = refusal(fault);
      if (status === undefined || fault?.response === undefined) throw error;
      this.scrub = fault.response.scrub ?? this.scrub;
      return {
        ...answerOf(provider, fault.response, url),
        refused: { status, message: messageOf(provider, fault.response) },
      };
    }
  }
}

/** A request with a range that is written already. */
function withRange(
  { url, post }: PageAsk,
  provider: Provider,
  { from, to }: NonNullable<LiveQuestion['range']>,
  org: string,
): PageAsk {
  const { dates } = provider;
  const { search } = dates;
  const words = search?.both.replace('{from}', String(from)).replace('{to}', String(to));
  const named: readonly (readonly [string | undefined, WrittenInstant])[] =
    search === undefined || words === undefined
      ? [
          [dates.from, from],
          [dates.to, to],
        ]
      : [[search.parameter, words]];
  const sent = named.flatMap(([name, value]) => (name === undefined ? [] : [{ name, value }]));
  if ((dates.in ?? usualPlace(provider.method)) === 'body')
    return { url, post: jsonBody(JSON.parse(post ?? '{}'), sent, { org }) };
  const ranged = new URL(url);
  setQuery(ranged, sent);
  return { url: ranged, ...(post === undefined ? {} : { post }) };
}

function answerOf(provider: Provider, response: ApiResponse, url: URL): LiveAnswer {
  const { body, headers } = response;
  const envelope = parsed(body);
  const shared = { envelope, body, headers, entries: entriesIn(provider, envelope) };
  if (response.status !== 200) return { ...shared, page: undefined, why: undefined };
  try {
    return { ...shared, page: pageReader(provider)(response, url), why: undefined };
  } catch (error) {
    return { ...shared, page: undefined, why: error instanceof Error ? error.message : String(error) };
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function entriesIn(provider: Provider, envelope: unknown): readonly LiveEntry[] | undefined {
  const { items, each, fields } = provider;
  const list = items === '' ? envelope : readPath(envelope, items);
  if (!Array.isArray(list)) return undefined;
  const values = each === undefined ? list : list.flatMap((member) => readPath(member, each) ?? []);
  const readTime = timeReader(provider.timeFormat, provider.timeZone);
  const ids = typeof fields.id === 'object' && 'join' in fields.id ? undefined : fields.id;
  return values.map((value) => ({
    value,
    time: readTime(readText(value, fields.time) ?? ''),
    key: readScalar(value, ids) ?? JSON.stringify(value),
  }));
}

/** The vendor's message: scrubbed before it is cut, as no part of a key may be left. */
function messageOf(provider: Provider, { body, scrub = (text) => text }: ApiResponse): string {
  const envelope = parsed(body);
  const places = ['error.message', 'message', 'error'];
  const text = scrub(readText(envelope, provider.errorMessage) ?? readText(envelope, places) ?? '');
  return text.length > MESSAGE ? `${text.slice(0, MESSAGE)}…` : text;
}

const MESSAGE = 200;
