import type { Clock } from '../context.js';
import type { Connection } from '../profile.js';
import { VERSION } from '../version.js';
import { comeBack, explain } from './explain.js';
import { badStatus, Fault, type FaultKind, webPage } from './fault.js';
import type { Line } from './line.js';
import type { HttpProxy } from './proxy.js';
import type { Governor } from './rate.js';
import { type Decision, decide } from './retry.js';
import type { ApiResponse } from './send.js';
import { isWebPage } from './servermessage.js';
import type { Tally } from './tally.js';
import type { Waits } from './waits.js';

/** One request, tried until it is answered or there is no point. */
export interface Question<T> {
  readonly url: URL;
  readonly parse: (response: ApiResponse) => T;
  readonly shrinkable: boolean;
  readonly signal: AbortSignal;
}

export type Ask = <T>(question: Question<T>) => Promise<T>;

/** What all the questions of a run share. */
export interface Run {
  readonly clock: Clock;
  readonly random: () => number;
  readonly connection: Connection;
  readonly proxy: HttpProxy | undefined;
  readonly governor: Governor;
  readonly waits: Waits;
  readonly tally: Tally;
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
  /** Something on the way damages what is compressed: nothing in this run is asked for compressed any more. */
  let identity = false;
  return async (question) => {
    const faults: Fault[] = [];
    const began = run.clock.monotonic();
    /** Waits that are not the request's own fault, ms. */
    let excused = 0;
    let release = (): void => {};
    for (;;) {
      const pass = await run.governor.enter(question.signal).finally(() => release());
      release = () => {};
      excused += pass.waited;
      let next: Retry;
      try {
        return await tryOnce(run, question, faults.length + 1, identity);
      } catch (error) {
        if (question.signal.aborted) throw question.signal.reason;
        if (!(error instanceof Fault)) throw error;
        faults.push(error);
        next = decideOrThrow(run, question, faults, run.clock.monotonic() - began - excused);
        // The gate closes before the pass is handed back: nobody slips through in between.
        if (next.everyone) run.governor.limited(pass, next.wait);
        pass.leave(isHealthy(error));
      } finally {
        pass.leave(true);
      }
      run.tally.retry();
      identity ||= next.identity;
      if (next.everyone) release = run.waits.hold('rate limited', next.wait);
      else {
        await run.waits.sleep(reasonOf(faults.at(-1)!, next), next.wait, question.signal);
        if (next.asked) excused += next.wait;
      }
    }
  };
}

type Retry = Extract<Decision, { act: 'retry' }>;

/** Gives what `parse` makes of a 200 answer that is no web page; throws a `Fault` for any other. */
async function tryOnce<T>(run: Run, question: Question<T>, attempt: number, identity: boolean): Promise<T> {
  run.tally.request();
  const headers = { ...(identity ? PLAIN_HEADERS : HEADERS), ...run.connection.provider.headers };
  const response = await run.line.send({ url: question.url, headers, signal: question.signal, attempt });
  run.tally.answer(response);
  if (response.status !== 200) throw badStatus(response);
  if (isWebPage(response)) throw webPage(response);
  return question.parse(response);
}

function decideOrThrow<T>(run: Run, question: Question<T>, faults: readonly Fault[], elapsed: number): Retry {
  const { connection, clock, line, proxy } = run;
  const { url, shrinkable } = question;
  const fault = faults.at(-1)!;
  const decision = decide(faults, { ...run.tally.counts(), elapsed, shrinkable }, run.random);
  if (decision.act === 'retry') {
    if (decision.wait <= connection.maxWait) return decision;
    throw line.scrubbed(comeBack(fault, url, clock.now() + decision.wait, connection.maxWait));
  }
  const about = { url, provider: connection.provider, key: line.key, proxy, attempts: faults.length };
  throw line.scrubbed(explain(fault, { ...about, why: decision.why, now: clock.now() }));
}

/** Whether the server is well, whatever it thinks of the request. */
function isHealthy(fault: Fault): boolean {
  if (fault.kind === 'status') return fault.status! < 500;
  return fault.kind === 'unknownShape' || fault.kind === 'webPage' || fault.kind === 'badText';
}

/** Why we wait, for a progress line. Our own words only. */
function reasonOf(fault: Fault, next: Retry): string {
  const what = fault.kind === 'status' ? `the server answered ${fault.status}` : REASONS[fault.kind];
  return next.asked ? `${what} and asked to wait` : `${what}, trying again`;
}

const REASONS: Readonly<Record<Exclude<FaultKind, 'status'>, string>> = {
  reset: 'the connection broke off',
  timeout: 'no answer in time',
  refused: 'no connection',
  noName: 'the name does not resolve',
  nameBusy: 'the name server is busy',
  tls: 'no secure connection',
  proxy: 'the proxy has no connection',
  cutBody: 'the answer was cut off',
  badGzip: 'the answer was damaged',
  badText: 'the answer was damaged',
  tooLarge: 'the answer was too large',
  webPage: 'got a web page',
  unknownShape: 'got something else',
  unknown: 'the request failed',
};
