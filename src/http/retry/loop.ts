import type { Clock } from '../../context.js';
import type { AuditlogError } from '../../errors.js';
import { Fault, type FaultKind } from '../fault.js';
import { comeBack } from '../messages/explain.js';
import type { Governor } from '../rate.js';
import type { Traffic } from '../traffic.js';
import { type Decision, decide, type StopReason } from './decide.js';
import type { Waits } from './waits.js';

/** What all the requests of a run share. */
export interface Patience {
  readonly clock: Clock;
  readonly random: () => number;
  /** Longest single wait, ms. */
  readonly maxWait: number;
  readonly governor: Governor;
  readonly waits: Waits;
  readonly traffic: Traffic;
}

export interface Persistence<T> {
  readonly url: URL;
  readonly shrinkable: boolean;
  readonly signal: AbortSignal;
  /** Tries once, the `attempt`th time, from 1. A `Fault` is judged by `decide`, anything else goes on as it is. */
  tryOnce(attempt: number): Promise<T>;
  /** Hears of each decision to try again. */
  again?(next: Retry): void;
  /** What people are told when there is no point in going on. */
  giveUp(fault: Fault, attempts: number, why: StopReason): AuditlogError;
}

export type Retry = Extract<Decision, { act: 'retry' }>;

/** Tries as often as `decide` says, and waits in between. Rejects with an `AuditlogError`, or with the signal's reason at once. */
export async function persist<T>(patience: Patience, request: Persistence<T>): Promise<T> {
  const { clock, governor, waits, traffic } = patience;
  const { signal } = request;
  const faults: Fault[] = [];
  const began = clock.monotonic();
  /** Waits that are not the request's own fault, ms. */
  let excused = 0;
  let release = (): void => {};
  for (;;) {
    const pass = await governor.enter(signal).finally(() => release());
    release = () => {};
    excused += pass.waited;
    let next: Retry;
    try {
      return await request.tryOnce(faults.length + 1);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!(error instanceof Fault)) throw error;
      faults.push(error);
      next = decideOrThrow(patience, request, faults, clock.monotonic() - began - excused);
      // The gate closes before the pass is handed back: nobody slips through in between.
      if (next.everyone) governor.limited(pass, next.wait);
      pass.leave(isHealthy(error));
    } finally {
      pass.leave(true);
    }
    traffic.retry();
    request.again?.(next);
    if (next.everyone) release = waits.hold('rate limited', next.wait);
    else {
      await waits.sleep(reasonOf(faults.at(-1)!, next), next.wait, signal);
      if (next.asked) excused += next.wait;
    }
  }
}

function decideOrThrow<T>(
  { clock, random, maxWait, traffic }: Patience,
  request: Persistence<T>,
  faults: readonly Fault[],
  elapsed: number,
): Retry {
  const { url, shrinkable } = request;
  const fault = faults.at(-1)!;
  const decision = decide(faults, { ...traffic.counts(), elapsed, shrinkable }, random);
  if (decision.act === 'stop') throw request.giveUp(fault, faults.length, decision.why);
  if (decision.wait <= maxWait) return decision;
  throw comeBack(fault, url, clock.now() + decision.wait, maxWait);
}

/** Whether the server is well, whatever it thinks of the request. */
function isHealthy(fault: Fault): boolean {
  if (fault.kind === 'status') return fault.status! < 500;
  if (fault.kind === 'expired') return true;
  // A large answer is what was asked for: a smaller page is asked for at once.
  if (fault.kind === 'tooLarge') return true;
  return fault.kind === 'unknownShape' || fault.kind === 'webPage' || fault.kind === 'badText';
}

/** Why we wait, for a progress line. Our own words only. */
function reasonOf(fault: Fault, next: Retry): string {
  const what = fault.kind === 'status' ? `the server answered ${fault.status}` : REASONS[fault.kind];
  return next.asked ? `${what} and asked to wait` : `${what}, trying again`;
}

const REASONS: Readonly<Record<Exclude<FaultKind, 'status'>, string>> = {
  expired: 'the cursor has expired',
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
