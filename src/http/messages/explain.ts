import { AuditlogError, EXIT } from '../../errors.js';
import type { Fault } from '../fault.js';
import type { StopReason } from '../retry/decide.js';
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
  attempts: (attempts) => (attempts > 1 ? `Gave up after ${attempts} attempts.` : ''),
  elapsed: (attempts) => `Gave up after ${attempts} attempts in 5 minutes.`,
  budget: () => 'Gave up: too many requests of this run had to be repeated. Try again later.',
};

/** A wait that is longer than the user allows: when to come back. Times are epoch ms and ms. */
export function comeBack(fault: Fault, url: URL, until: number, maxWait: number): AuditlogError {
  const what = fault.kind === 'status' && fault.status! < 500 ? 'limits the requests' : 'is not ready';
  return new AuditlogError(
    `${url.host} ${what} (${fault.status ?? fault.kind}) until ${new Date(Math.ceil(until / 1000) * 1000).toISOString().replace('.000', '')}: longer than the ${inUnits(maxWait)} that a wait may last`,
    EXIT.stopped,
    'Run the same again then, or allow longer waits: --max-wait 2h',
    fault,
  );
}

function inUnits(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds >= 3600 && seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds >= 60 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
