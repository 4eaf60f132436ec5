import { AuditlogError, EXIT } from '../../errors.js';
import { type Fault, type FaultKind, faultOf } from '../../http/fault.js';
import { askedWait } from '../../http/retry/after.js';
import { isLimit } from '../../http/retry/decide.js';

/** A temporary failure, described for messages, and the minimum wait, ms. */
export interface Lost {
  readonly why: string;
  readonly wait: number;
}

const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60_000;

/**
 * The failure of a look if it passes: the network, the server's own troubles, its limits. Undefined for a rejected key, a wrong address or another API.
 * `answered`: the server has answered before, so that its name and certificate are right. `failures`: failed looks in a row.
 */
export function lostBy(error: unknown, answered: boolean, failures: number): Lost | undefined {
  const fault = faultOf(error);
  if (!(error instanceof AuditlogError) || error.exitCode === EXIT.key || fault === undefined) return undefined;
  const why = reasonOf(fault, answered);
  if (why === undefined) return undefined;
  const asked = fault.response === undefined ? undefined : askedWait(fault.response);
  return { why, wait: Math.max(asked ?? 0, Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(failures, 10))) };
}

function reasonOf(fault: Fault, answered: boolean): string | undefined {
  const { kind, status } = fault;
  if (kind === 'status') {
    if (isLimit(fault)) return 'the server limits the requests';
    return status !== undefined && (status >= 500 || status === 408 || status === 425)
      ? `the server fails (${status})`
      : undefined;
  }
  return PASSING[kind] ?? (answered ? PASSING_LATER[kind] : undefined);
}

const PASSING: Readonly<Partial<Record<FaultKind, string>>> = {
  expired: 'the cursor has expired',
  reset: 'the connection breaks off',
  timeout: 'there is no answer',
  nameBusy: 'the network is gone',
  cutBody: 'answers are cut off',
  badGzip: 'answers are damaged',
  badText: 'answers are damaged',
};

/** Before anything has answered, these more likely mean a wrong address. */
const PASSING_LATER: Readonly<Partial<Record<FaultKind, string>>> = {
  refused: 'the network is gone',
  noName: 'the network is gone',
  proxy: 'the proxy has no connection',
  tls: 'there is no secure connection',
  webPage: 'a web page answers in place of the API',
};
