import type { Fault, FaultKind } from '../fault.js';
import { tellsOfLimit } from '../rate/told.js';
import type { Traffic } from '../traffic.js';
import { askedWait, retryAfter } from './after.js';

/** Tries of one request, the first included. */
export const MAX_ATTEMPTS = 8;
/** The time for one request, ms, without waits for the rate and those that the server asked for. */
export const MAX_ELAPSED = 300_000;
/** Retries of a run: `base`, and one more for every four requests. */
export const BUDGET = { base: 20, perRequest: 0.25 } as const;
/** The wait after a 429 without Retry-After, ms: one window of a rate per minute. */
export const UNTOLD_WAIT = 60_000;

/** The facts of the run so far, this request included. Before the first answer, a name that does not resolve is a typo, not an outage. */
export interface RetryFacts extends Pick<Traffic, 'answered' | 'requests' | 'retries'> {
  /** Time of this request, ms, as `MAX_ELAPSED` counts it. */
  readonly elapsed: number;
  /** The caller can ask for a smaller page: then the third 500 is final. */
  readonly shrinkable: boolean;
}

export interface Retry {
  readonly act: 'retry';
  /** ms. */
  readonly wait: number;
  /** The server asked for this wait. */
  readonly asked: boolean;
  /** The wait in its own words, ms, without our margin; undefined: it named none. */
  readonly named: number | undefined;
  /** No request may leave before the end of the wait. */
  readonly everyone: boolean;
  /** The next try asks for an uncompressed body. */
  readonly identity: boolean;
}

export type Decision = Retry | { readonly act: 'stop'; readonly why: StopReason };

export type StopReason = 'final' | 'attempts' | 'elapsed' | 'budget';

/** The kinds that another try cannot change. */
const FINAL: ReadonlySet<FaultKind> = new Set(['expired', 'tls', 'tooLarge', 'unknownShape', 'unknown']);
/** Tries of a kind, where they are fewer than `MAX_ATTEMPTS`; while nothing has answered yet, also those of `FRESH`. */
const FEWER: Readonly<Partial<Record<FaultKind, number>>> = {
  cutBody: 5,
  badGzip: 5,
  badText: 2,
  webPage: 2,
  protocol: 2,
};
const FRESH: Readonly<Partial<Record<FaultKind, number>>> = { refused: 3, noName: 1, proxy: 3 };

const RETRIED_STATUS: ReadonlySet<number> = new Set([
  408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530,
]);

/** Decides what follows the faults of one request, the newest last. Pure, except for `random`, which gives numbers in [0, 1). */
export function decide(faults: readonly Fault[], facts: RetryFacts, random: () => number): Decision {
  const fault = faults.at(-1)!;
  const limited = isLimit(fault);
  const same = faults.filter((one) => classOf(one) === classOf(fault)).length;
  if (!isRetried(fault)) return { act: 'stop', why: 'final' };
  if (facts.shrinkable && fault.status === 500 && same >= 3) return { act: 'stop', why: 'attempts' };
  if (faults.length >= MAX_ATTEMPTS || same >= attemptsFor(fault, facts)) return { act: 'stop', why: 'attempts' };
  if (facts.elapsed >= MAX_ELAPSED) return { act: 'stop', why: 'elapsed' };
  if (!limited && facts.retries + 1 > BUDGET.base + BUDGET.perRequest * facts.requests)
    return { act: 'stop', why: 'budget' };
  const named = fault.response === undefined ? undefined : askedWait(fault.response);
  const asked = named ?? (limited ? UNTOLD_WAIT : undefined);
  return {
    act: 'retry',
    wait: delay(faults.length, asked, random),
    asked: asked !== undefined,
    named,
    everyone: limited,
    identity: faults.filter((one) => one.kind === 'badGzip').length >= 2,
  };
}

/** After a wait that the server named, ms: at most this, so that not all clients come back at once. */
const MARGIN = 500;
/** As often the server's own wait is enough. Where it is named again and again, we also wait as if it had named none. */
const BELIEVED = 3;

/** ms until the next try: full jitter below a ceiling that doubles from half a second to 30 s; or what the server asked for, and a margin. */
export function delay(failures: number, asked: number | undefined, random: () => number): number {
  const backoff = random() * Math.min(30_000, 500 * 2 ** failures);
  if (asked === undefined) return backoff;
  const enough = asked + random() * MARGIN;
  return asked > 0 && failures <= BELIEVED ? enough : Math.max(enough, backoff);
}

/** The code of the fault of a request that was not sent, as an answer said that no more are allowed until a moment. */
export const USED_UP = 'USED_UP';

/** Whether the server limits our requests: by a 429, by a 403 with the headers of one, or by saying that none is left. */
export function isLimit(fault: Fault): boolean {
  if (fault.status === 429 || fault.code === USED_UP) return true;
  if (fault.status !== 403 || fault.response === undefined) return false;
  return retryAfter(fault.response) !== undefined || tellsOfLimit(fault.response);
}

function isRetried(fault: Fault): boolean {
  if (fault.kind === 'status') return RETRIED_STATUS.has(fault.status!) || isLimit(fault);
  // A proxy that cannot reach the server answers 5xx; its refusals are final.
  if (fault.kind === 'proxy') return fault.code?.startsWith('5') === true;
  return !FINAL.has(fault.kind);
}

function attemptsFor({ kind }: Fault, { answered }: RetryFacts): number {
  return (answered ? undefined : FRESH[kind]) ?? FEWER[kind] ?? MAX_ATTEMPTS;
}

/** Faults of one class count together: a cut body and a damaged one have the same cause. */
function classOf(fault: Fault): string {
  if (fault.kind === 'status') return `status ${fault.status}`;
  return fault.kind === 'badGzip' ? 'cutBody' : fault.kind;
}
