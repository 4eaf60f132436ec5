import type { Clock, Context } from '../../context.js';
import { Fault, type FaultKind, type StatuslessKind } from '../fault.js';
import type { Asked } from '../messages/about.js';
import { comeBack, explain } from '../messages/explain.js';
import { Governor } from '../rate/governor.js';
import type { Rate } from '../rate/limits.js';
import { Traffic } from '../traffic.js';
import { decide, type Retry } from './decide.js';
import { type Wait, Waits } from './waits.js';

/** The parts that all requests of a run share. */
export interface Patience {
  readonly clock: Clock;
  readonly random: () => number;
  /** Longest single wait, ms. */
  readonly maxWait: number;
  readonly governor: Governor;
  readonly waits: Waits;
  readonly traffic: Traffic;
}

export interface PatienceOptions extends Partial<Rate> {
  /** Longest single wait that a server may ask for, ms; default 15 minutes. */
  readonly maxWait?: number | undefined;
  /** Called with the longest wait whenever that changes, and with undefined when there is none left. Waits of less than a second are left out. */
  readonly onWait?: ((wait: Wait | undefined) => void) | undefined;
}

export function openPatience({ clock, random }: Context, options: PatienceOptions): Patience {
  const { rate, limit, maxWait = 900_000, onWait } = options;
  const governor = new Governor({ clock, random }, { rate, limit });
  return { clock, random, maxWait, governor, waits: new Waits(clock, onWait), traffic: new Traffic() };
}

export interface Persistence<T> {
  readonly asked: Asked;
  readonly shrinkable: boolean;
  readonly signal: AbortSignal;
  /** Tries once; `attempt` counts from 1. `decide` judges a `Fault`; other errors are passed on. */
  tryOnce(attempt: number): Promise<T>;
  /** Called for each decision to try again. */
  again?(next: Retry): void;
}

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
    const permit = await governor.enter(signal).finally(() => release());
    release = () => {};
    excused += permit.waited;
    let next: Retry;
    try {
      return await request.tryOnce(faults.length + 1);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!(error instanceof Fault)) throw error;
      faults.push(error);
      next = decideOrThrow(patience, request, faults, clock.monotonic() - began - excused);
      // The gate closes before the permit is handed back: no request slips through in between.
      if (next.everyone) governor.limited(permit, next.wait);
      permit.leave(isHealthy(error));
    } finally {
      permit.leave(true);
    }
    traffic.retries += 1;
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
  const { asked, shrinkable } = request;
  const fault = faults.at(-1)!;
  const decision = decide(faults, { ...traffic, elapsed, shrinkable }, random);
  if (decision.act === 'stop')
    throw explain(fault, { ...asked, attempts: faults.length, why: decision.why, now: clock.now() });
  if (decision.wait <= maxWait) return decision;
  throw comeBack(fault, asked.url, clock.now() + decision.wait, maxWait);
}

/** After a large answer a smaller page is requested at once. */
const HEALTHY: ReadonlySet<FaultKind> = new Set(['expired', 'tooLarge', 'unknownShape', 'webPage', 'badText']);

/** Whether the server is well, whatever it thinks of the request. */
function isHealthy({ kind, status }: Fault): boolean {
  return kind === 'status' ? status! < 500 : HEALTHY.has(kind);
}

/** The reason of a wait, for a progress line. Our own words only. */
function reasonOf({ kind, status }: Fault, next: Retry): string {
  const what = kind === 'status' ? `the server answered ${status}` : REASONS[kind];
  return next.asked ? `${what} and asked to wait` : `${what}, trying again`;
}

const REASONS: Readonly<Record<StatuslessKind, string>> = {
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
