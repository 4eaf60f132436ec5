import { randomUUID } from 'node:crypto';
import type { Context } from '../../context.js';
import { keyError, serverError } from '../../errors.js';
import { type Hearing, type Outbound, openOutbound } from '../../http/outbound.js';
import type { ApiResponse } from '../../http/send.js';
import { destinationSecret, renewable, SECRET_PLACES } from '../secret.js';
import { type BatchRow, refuseRow, sendInHalves } from '../shared/batch.js';
import type { HttpTarget } from '../shared/url.js';
import { readAcks, readSplunkAnswer, refusalOf, SPLUNK_CODES, type SplunkAbout, said, takenBefore } from './answer.js';

export const SPLUNK = 'the HTTP Event Collector';
const EVENTS = '/services/collector/event';

/** How long Splunk may take to index what it has received, ms. Polls come a second apart, then less often. */
const ACK_LIMIT = 300_000;
const ACK_PAUSE = 1000;
const ACK_LONGEST_PAUSE = 10_000;

const JSON_BODY = { 'content-type': 'application/json' };
const NO_DATA = 5;
const ACK_DISABLED = 14;

/** Rejects with a `keyError` without a token. */
export async function openCollector(ctx: Context, target: HttpTarget, hears?: Hearing): Promise<SplunkCollector> {
  const { base } = target;
  const token = await destinationSecret(ctx, base.origin);
  if (token === undefined) throw keyError(`missing token for ${SPLUNK} at ${base.host}`, SECRET_PLACES);
  // A token with acknowledgement requires a channel, one without ignores it.
  const channel = randomUUID();
  const outbound = await openOutbound(ctx, base, {
    ...hears,
    what: SPLUNK,
    ...renewable(ctx, base.origin, token, (now = token) => ({
      secretFrom: now.from,
      secrets: [now.reveal()],
      authorize: () => ({ authorization: `Splunk ${now.reveal()}`, 'x-splunk-request-channel': channel }),
    })),
  });
  const about = { name: `${SPLUNK} at ${base.host}`, index: target.name, tokenFrom: token.from };
  return new SplunkCollector(ctx, outbound, channel, about);
}

/** An HTTP Event Collector, with its token. */
export class SplunkCollector {
  readonly #ctx: Context;
  readonly #outbound: Outbound;
  readonly #channel: string;
  readonly #about: SplunkAbout;
  /** Ids of requests whose events are not yet indexed. */
  readonly #waiting = new Set<number>();
  /** Whether the token has acknowledgement; undefined until the first request was taken. */
  #acknowledged: boolean | undefined;

  constructor(ctx: Context, outbound: Outbound, channel: string, about: SplunkAbout) {
    this.#ctx = ctx;
    this.#outbound = outbound;
    this.#channel = channel;
    this.#about = about;
  }

  /** Sends events until all of them are taken. Rejects with an `AuditlogError` when one is refused. */
  send(rows: readonly BatchRow[]): Promise<void> {
    const send = async (rest: readonly BatchRow[]) => {
      const taken = await this.#post(rest);
      return taken === undefined ? undefined : rest.slice(taken);
    };
    return sendInHalves(rows, send, ({ name, body }) =>
      serverError(
        `${this.#about.name} rejects the entry ${name}: it is too large (${body.length} bytes)`,
        'Allow larger ones: max_content_length in limits.conf of Splunk',
      ),
    );
  }

  /** How many of the first events were taken; undefined: the request is too large. */
  #post(rows: readonly BatchRow[]): Promise<number | undefined> {
    const body = Buffer.concat(rows.map((row) => row.body));
    const request = { method: 'POST', path: EVENTS, headers: JSON_BODY, body } as const;
    return this.#outbound.ask(request, (response) => this.#takenOf(rows, response));
  }

  #takenOf(rows: readonly BatchRow[], response: ApiResponse): number | undefined {
    const answer = readSplunkAnswer(response);
    if (response.status === 200 && answer.code === 0) {
      this.#acknowledged = answer.ackId !== undefined;
      if (answer.ackId !== undefined) this.#waiting.add(answer.ackId);
      return rows.length;
    }
    if (response.status === 413) return undefined;
    const taken = Math.min(takenBefore(answer), rows.length - 1);
    const meaning = answer.code === undefined ? undefined : SPLUNK_CODES[answer.code];
    // A request that was only partly taken is never acknowledged: with acknowledgement, all of it is sent again.
    if (meaning?.kind === 'busy' && taken > 0 && this.#acknowledged === false) return taken;
    if (meaning?.kind === 'event') {
      const which =
        rows.length === 1
          ? `the entry ${rows[taken]?.name} (${said(response)})`
          : `an event (${said(response)}): the entry ${rows[taken]?.name}, or the one after it`;
      const error = serverError(`${this.#about.name} rejects ${which}`, meaning.fix);
      const [only] = rows;
      if (only?.refuse === undefined) throw error;
      if (taken > 0 && this.#acknowledged === false) return taken;
      // Which one it is shows when each is sent by itself.
      if (rows.length > 1) return undefined;
      refuseRow(only, error);
      return 1;
    }
    throw refusalOf(response, this.#about);
  }

  /** Waits until everything sent is indexed, where the token has indexer acknowledgement. Rejects when that takes too long. */
  async indexed(): Promise<void> {
    const { clock, signal } = this.#ctx;
    const since = clock.monotonic();
    const waiting = this.#waiting;
    const wanted = waiting.size;
    try {
      for (let pause = ACK_PAUSE; waiting.size > 0; pause = Math.min(pause * 1.5, ACK_LONGEST_PAUSE)) {
        for (const id of (await this.#askAcks([...waiting])) ?? []) waiting.delete(id);
        if (waiting.size === 0) return;
        if (clock.monotonic() - since > ACK_LIMIT)
          throw serverError(
            `${this.#about.name} has not acknowledged ${waiting.size} of ${wanted} requests in ${ACK_LIMIT / 60_000} minutes: their events may not be indexed`,
            'The next run sends them again. Check that no indexer is down or full',
          );
        await clock.sleep(pause, signal);
      }
    } finally {
      waiting.clear();
    }
  }

  /** Rejects unless the collector is healthy. */
  health(): Promise<void> {
    return this.#outbound.ask({ method: 'GET', path: '/services/collector/health' }, (response) => {
      if (response.status !== 200) throw refusalOf(response, this.#about);
    });
  }

  /** Rejects unless the token is accepted. A request without an event is refused only after the token was checked. */
  knowsToken(): Promise<void> {
    return this.#outbound.ask({ method: 'POST', path: EVENTS, body: Buffer.alloc(0) }, (response) => {
      if (readSplunkAnswer(response).code !== NO_DATA) throw refusalOf(response, this.#about);
    });
  }

  /** Whether the token has indexer acknowledgement. */
  async acknowledges(): Promise<boolean> {
    return (await this.#askAcks([0])) !== undefined;
  }

  close(): Promise<void> {
    return this.#outbound.close();
  }

  /** The acknowledged ids among these; undefined: the token has no acknowledgement. */
  #askAcks(ids: readonly number[]): Promise<ReadonlySet<number> | undefined> {
    const request = {
      method: 'POST',
      path: `/services/collector/ack?channel=${this.#channel}`,
      headers: JSON_BODY,
      body: Buffer.from(JSON.stringify({ acks: ids })),
    } as const;
    return this.#outbound.ask(request, (response) => {
      const acks = response.status === 200 ? readAcks(response.body) : undefined;
      if (acks !== undefined) return acks;
      if (readSplunkAnswer(response).code === ACK_DISABLED) return undefined;
      throw refusalOf(response, this.#about);
    });
  }
}
