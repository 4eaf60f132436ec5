import { AuditlogError } from '../errors.js';
import type { Connection } from '../profile.js';
import { VERSION } from '../version.js';
import { badStatus, webPage } from './fault.js';
import type { Line } from './line.js';
import { explain } from './messages/explain.js';
import { isWebPage } from './messages/server.js';
import type { HttpProxy } from './proxy.js';
import { type Patience, persist } from './retry/loop.js';
import type { ApiResponse } from './send.js';

/** One request, tried until it is answered or there is no point. */
export interface Question<T> {
  readonly url: URL;
  readonly parse: (response: ApiResponse) => T;
  readonly shrinkable: boolean;
  /** See `GetOptions`. */
  readonly continues: boolean;
  readonly signal: AbortSignal;
}

export type Ask = <T>(question: Question<T>) => Promise<T>;

/** What all the questions of a run share. */
export interface Run extends Patience {
  readonly connection: Connection;
  readonly proxy: HttpProxy | undefined;
  readonly line: Line;
}

const HEADERS: Readonly<Record<string, string>> = {
  accept: 'application/json',
  'accept-encoding': 'gzip',
  'cache-control': 'no-cache',
  'user-agent': `auditlog/${VERSION}`,
};
const PLAIN_HEADERS = { ...HEADERS, 'accept-encoding': 'identity' };

/**
 * Asks, parses, and asks again as `decide` says: what `parse` finds cut is asked for again whole, as are answers that never came.
 * Rejects with an `AuditlogError`, or with the signal's reason at once.
 */
export function makeAsk(run: Run): Ask {
  const { clock, connection, line, proxy } = run;
  /** Something on the way damages what is compressed: nothing in this run is asked for compressed any more. */
  let identity = false;
  return async (question) => {
    const { url, shrinkable, signal } = question;
    const about = { by: { provider: connection.provider, key: line.key }, url, proxy };
    const answered = persist(run, {
      url,
      shrinkable,
      signal,
      tryOnce: (attempt) => tryOnce(run, question, attempt, identity),
      again: (next) => {
        identity ||= next.identity;
      },
      giveUp: (fault, attempts, why) => explain(fault, { ...about, attempts, why, now: clock.now() }),
    });
    return answered.catch((error: unknown) => {
      throw error instanceof AuditlogError ? line.scrubbed(error) : error;
    });
  };
}

/** Gives what `parse` makes of a 200 answer that is no web page; throws a `Fault` for any other. */
async function tryOnce<T>(run: Run, question: Question<T>, attempt: number, identity: boolean): Promise<T> {
  run.traffic.request();
  const headers = { ...(identity ? PLAIN_HEADERS : HEADERS), ...run.connection.provider.headers };
  const response = await run.line.send({ url: question.url, headers, signal: question.signal, attempt });
  run.traffic.answer(response);
  if (response.status !== 200) throw badStatus(response, question.continues);
  if (isWebPage(response)) throw webPage(response);
  return question.parse(response);
}
