import type { Clock, Context } from '../../context.js';
import { Fault, type FaultKind, type StatuslessKind } from '../fault.js';
import type { Asked } from '../messages/about.js';
import { comeBack, explain } from '../messages/explain.js';
import { Governor, type Permit } from '../rate/governor.js';
import type { Rate } from '../rate/limits.js';
import { usedUpFor } from '../rate/told.js';
import type { ApiResponse } from '../send.js';
import { Traffic } from '../traffic.js';
import { decide, type Retry, USED_UP } from './decide.js';
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
  /** The answer that closed the gate, as no request is left; undefined: the gate is open. */
  usedUp: UsedUp | undefined;
}

interface UsedUp {
  readonly response: ApiResponse;
  /** Ends the report of the wait, where a request waits. */
  release: (() => void) | undefined;
}

export interface PatienceOptions extends Partial<Rate> {
  /** Longest single wait that a server may ask for, ms; default 15 minutes. */
  readonly maxWait?: number | undefined;
  /**
   * Called with the longest wait whenever it changes, and with undefined when no wait is left. Waits of less than a second are left out.
   */
  readonly onWait?: ((wait: Wait | undefined) => void) | undefined;
}

export function openPatience({ clock, random }: Context, options: PatienceOptions): Patience {
  const { rate, limit, maxWait = 900_000, onWait } = options;
  const governor = new Governor({ clock, random }, { rate, limit });
  return {
    clock,
    random,
    maxWait,
    governor,
    waits: new Waits(clock, onWait),
    traffic: new Traffic(),
    usedUp: undefined,
  };
}

/** Clocks and networks are not exact: a wait for a reset ends a little later. */
const RESET_MARGIN = 250;

/** Closes the gate until the reset where an answer says that no request is left. */
export function heedLimit(patience: Patience, response: ApiResponse): void {
  const wait = response.status < 300 ? usedUpFor(response) : undefined;
  if (wait === undefined || wait === 0) return;
  patience.governor.close(wait + RESET_MARGIN);
  patience.usedUp ??= { response, release: undefined };
}

/** Before a request: reports the wait for a closed gate, or rejects where that is longer than the user allows. */
function atTheGate({ governor, clock, maxWait, waits, usedUp }: Patience, url: URL): void {
  const wait = governor.gate === 0 ? 0 : governor.gate - clock.monotonic();
  if (wait > maxWait + RESET_MARGIN + 1000) {
    const fault = new Fault('status', 'no request is left', { response: usedUp?.response, code: USED_UP });
    throw comeBack(fault, url, { now: clock.now(), wait: wait - RESET_MARGIN, maxWait });
  }
  if (usedUp !== undefined && wait > 0) usedUp.release ??= waits.hold('no request is left before the limit', wait);
}

export interface Persistence<T> {
  /** Read when it is needed: the key may be another by then. */
  readonly asked: () => Asked;
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
    atTheGate(patience, request.asked().url);
    const permit = await governor.enter(signal).finally(() => {
      release();
      patience.usedUp?.release?.();
    });
    if (governor.gate === 0) patience.usedUp = undefined;
    release = () => {};
    excused += permit.waited;
    let next: Retry;
    try {
      return await request.tryOnce(faults.length + 1);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!(error instanceof Fault)) throw error;
      faults.push(error);
      next = decideOrThrow(patience, request, faults, { elapsed: clock.monotonic() - began - excused, permit });
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
  { clock, random, maxWait, traffic, governor }: Patience,
  request: Persistence<T>,
  faults: readonly Fault[],
  { elapsed, permit }: { readonly elapsed: number; readonly permit: Permit },
): Retry {
  const { asked, shrinkable } = request;
  const fault = faults.at(-1)!;
  const decision = decide(faults, { ...traffic, elapsed, shrinkable }, random);
  if (decision.act === 'stop')
    throw explain(fault, { ...asked(), attempts: faults.length, why: decision.why, now: clock.now() });
  const wait = decision.named ?? decision.wait;
  if (wait <= maxWait) return decision;
  // All other requests wait until then, too.
  if (decision.everyone) governor.limited(permit, wait);
  throw comeBack(fault, asked().url, { now: clock.now(), wait, maxWait });
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
  protocol: 'the server speaks another protocol',
  unknown: 'the request failed',
};
