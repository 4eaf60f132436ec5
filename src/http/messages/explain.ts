import { AuditlogError, EXIT } from '../../errors.js';
import type { Fault } from '../fault.js';
import { isLimit, type StopReason, USED_UP } from '../retry/decide.js';
import type { Circumstances } from './about.js';
import { explainKind } from './kinds.js';
import { explainStatus } from './status.js';

/** The last fault of a request as an error for people, with the fault as its cause. Its text may quote the server: neutralise before showing. */
export function explain(fault: Fault, about: Circumstances): AuditlogError {
  const {
    message,
    hint,
    exit = EXIT.server,
  } = fault.kind === 'status' ? explainStatus(fault, about) : explainKind(fault.kind, fault, about);
  const hints = [hint, GAVE_UP[about.why](about.attempts)].filter((line) => line !== undefined && line !== '');
  return new AuditlogError(message, exit, hints.join('\n') || undefined, fault);
}

const GAVE_UP: Readonly<Record<StopReason, (attempts: number) => string>> = {
  final: () => '',
  attempts: (attempts) => (attempts > 1 ? `Gave up after ${attempts} attempts` : ''),
  elapsed: (attempts) => `Gave up after ${attempts} attempts in 5 minutes`,
  budget: () => 'Gave up: too many requests of this run had to be repeated. Try again later',
};

/** A wait and the longest that the user allows, ms; our clock, epoch ms. */
interface LongWait {
  readonly now: number;
  readonly wait: number;
  readonly maxWait: number;
}

/** A wait that is longer than the user allows: when to come back. */
export function comeBack(fault: Fault, url: URL, { now, wait, maxWait }: LongWait): AuditlogError {
  const what = isLimit(fault) || (fault.status ?? 500) < 500 ? 'limits the requests' : 'is not ready';
  const why = fault.code === USED_UP ? 'none is left' : (fault.status ?? fault.kind);
  const until = new Date(Math.ceil((now + wait) / 1000) * 1000).toISOString().replace('.000', '');
  return new AuditlogError(
    `${url.host} ${what} (${why}) until ${until}: longer than the ${inUnits(maxWait)} that a wait may last`,
    EXIT.stopped,
    `Run the same command again then, or allow longer waits: --max-wait ${Math.floor(wait / 3_600_000) + 1}h`,
    fault,
  );
}

function inUnits(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds >= 3600 && seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds >= 60 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
