import { randomUUID } from 'node:crypto';
import type { Context } from '../../context.js';
import { keyError, serverError, usageError } from '../../errors.js';
import { badStatus, unknownShape } from '../../http/fault.js';
import { type Hearing, openOutbound } from '../../http/outbound.js';
import type { ApiResponse } from '../../http/send.js';
import { destinationSecret, SECRET_PLACES } from '../secret.js';
import type { BatchRow } from '../shared/batch.js';
import type { HttpPlace } from '../shared/url.js';
import { readAcks, readSplunkAnswer, SPLUNK_CODES, takenBefore } from './answer.js';

export const SPLUNK = 'the HTTP Event Collector';
const EVENTS = '/services/collector/event';

/** An HTTP Event Collector, with its token. */
export interface SplunkCollector {
  /** Sends events until all of them are taken. Rejects with an `AuditlogError` for what will not be taken. */
  send(rows: readonly BatchRow[]): Promise<void>;
  /** Waits until everything that was sent is indexed, where the token has indexer acknowledgement. Rejects when that does not come. */
  indexed(): Promise<void>;
  /** Whether it is well, whether it knows the token, and whether the token has acknowledgement; each rejects with why not. */
  health(): Promise<void>;
  knowsToken(): Promise<void>;
  acknowledges(): Promise<boolean>;
  close(): Promise<void>;
}

/** How long Splunk may take to index what it has received, ms; between two looks it is a second, and more the longer it takes. */
const ACK_LIMIT = 300_000;
const ACK_PAUSE = 1000;
const ACK_LONGEST_PAUSE = 10_000;

/** Rejects with a `keyError` when there is no token. */
export async function openCollector(
  ctx: Context,
  { base, name }: HttpPlace,
  hears?: Hearing,
): Promise<SplunkCollector> {
  const token = await destinationSecret(ctx, base.origin);
  if (token === undefined) throw keyError(`there is no token for ${SPLUNK} at ${base.host}`, SECRET_PLACES);
  // A channel that is told is ignored by a token without acknowledgement, and needed by one that has it.
  const channel = randomUUID();
  const outbound = await openOutbound(ctx, base, {
    ...hears,
    what: SPLUNK,
    secretFrom: token.from,
    secrets: [token.reveal()],
    authorize: () => ({ authorization: `Splunk ${token.reveal()}`, 'x-splunk-request-channel': channel }),
  });
  const waiting = new Set<number>();
  /** Whether the token has acknowledgement; undefined until the first request was taken. */
  let acknowledged: boolean | undefined;
  const where = `${SPLUNK} at ${base.host}`;

  /** How many of the events at the beginning were taken; undefined: the request is too large. */
  const post = (rows: readonly BatchRow[]) => {
    const body = Buffer.concat(rows.map((row) => row.body));
    const headers = { 'content-type': 'application/json' };
    return outbound.ask({ method: 'POST', path: EVENTS, headers, body }, (response) => {
      const answer = readSplunkAnswer(response.body);
      if (response.status === 200 && answer.code === 0) {
        acknowledged = answer.ackId !== undefined;
        if (answer.ackId !== undefined) waiting.add(answer.ackId);
        return rows.length;
      }
      if (response.status === 413) return undefined;
      const taken = Math.min(takenBefore(answer), rows.length - 1);
      const meaning = answer.code === undefined ? undefined : SPLUNK_CODES[answer.code];
      // What an unfinished request has put in is never acknowledged: where that counts, all of it is sent again.
      if (meaning?.kind === 'busy' && taken > 0 && acknowledged === false) return taken;
      if (meaning?.kind === 'event')
        throw serverError(
          `${where} refuses an event (${said(response)}): the entry ${rows[taken]?.name}, or the one after it`,
          meaning.fix,
        );
      throw refusal(response);
    });
  };

  const send = async (rows: readonly BatchRow[]): Promise<void> => {
    for (let rest = rows; rest.length > 0; ) {
      const taken = await post(rest);
      if (taken !== undefined) {
        rest = rest.slice(taken);
        continue;
      }
      if (rest.length === 1)
        throw serverError(
          `${where} takes no request as large as the entry ${rest[0]?.name} (${rest[0]?.body.length} bytes)`,
          'Allow larger ones: max_content_length in limits.conf of Splunk.',
        );
      const half = Math.ceil(rest.length / 2);
      await send(rest.slice(0, half));
      rest = rest.slice(half);
    }
  };

  /** What ends or repeats any request that was not a success. */
  const refusal = (response: ApiResponse): Error => {
    const { code } = readSplunkAnswer(response.body);
    const meaning = code === undefined ? undefined : SPLUNK_CODES[code];
    if (meaning?.kind === 'token')
      return keyError(`${where} refuses the token from ${token.from} (${said(response)})`, meaning.fix);
    if (meaning?.kind === 'index')
      return usageError(`${where} does not let the token write to the index ${name} (${said(response)})`, meaning.fix);
    if (response.status === 200) return unknownShape('this is no answer of an HTTP Event Collector', response);
    return badStatus(response);
  };

  const askAcks = (ids: readonly number[]) =>
    outbound.ask(
      {
        method: 'POST',
        path: `/services/collector/ack?channel=${channel}`,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify({ acks: ids })),
      },
      (response) => {
        const acks = response.status === 200 ? readAcks(response.body) : undefined;
        if (acks !== undefined) return acks;
        if (readSplunkAnswer(response.body).code === ACK_DISABLED) return undefined;
        throw refusal(response);
      },
    );

  return {
    send,
    async indexed() {
      const since = ctx.clock.monotonic();
      const wanted = waiting.size;
      try {
        for (let pause = ACK_PAUSE; waiting.size > 0; pause = Math.min(pause * 1.5, ACK_LONGEST_PAUSE)) {
          for (const id of (await askAcks([...waiting])) ?? []) waiting.delete(id);
          if (waiting.size === 0) return;
          if (ctx.clock.monotonic() - since > ACK_LIMIT)
            throw serverError(
              `${where} has not acknowledged ${waiting.size} of ${wanted} requests in ${ACK_LIMIT / 60_000} minutes: whether their events are indexed is not known`,
              'They are sent again next time. Is an indexer down or full?',
            );
          await ctx.clock.sleep(pause, ctx.signal);
        }
      } finally {
        waiting.clear();
      }
    },
    health: () =>
      outbound.ask({ method: 'GET', path: '/services/collector/health' }, (response) => {
        if (response.status !== 200) throw refusal(response);
      }),
    // A request without an event is refused for that, once the token was looked at.
    knowsToken: () =>
      outbound.ask({ method: 'POST', path: EVENTS, body: Buffer.alloc(0) }, (response) => {
        if (readSplunkAnswer(response.body).code !== NO_DATA) throw refusal(response);
      }),
    acknowledges: async () => (await askAcks([0])) !== undefined,
    close: () => outbound.close(),
  };
}

const NO_DATA = 5;
const ACK_DISABLED = 14;

function said(response: ApiResponse): string {
  const { code, text } = readSplunkAnswer(response.body);
  return `${response.status}, code ${code}${text === '' ? '' : `: ${text}`}`;
}
