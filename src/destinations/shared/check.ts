import type { Context } from '../../context.js';
import { AuditlogError } from '../../errors.js';
import { Fault } from '../../http/fault.js';
import { explain } from '../../http/messages/explain.js';
import { proxyFor } from '../../http/proxy.js';
import { type Certificate, reach } from '../../http/reach.js';
import { DAY_MS, utcDay } from '../../time.js';
import type { CheckFinding } from '../destination.js';

/** Warn below this many days: most certificates are renewed a month before they expire. */
const SOON = 14;

/**
 * Checks the connection to a destination: the findings `address` and `tls`. Connects as a request would and sends nothing.
 * The last finding is `failed` where there is no connection. Rejects only when stopped.
 */
export async function checkWay(ctx: Context, origin: URL, what: string): Promise<readonly CheckFinding[]> {
  const { clock, signal } = ctx;
  try {
    const proxy = proxyFor(origin, ctx.env);
    const about = {
      by: { what, secretFrom: undefined },
      url: origin,
      proxy,
      attempts: 1,
      why: 'final',
      now: clock.now(),
    } as const;
    try {
      const { address, ms, certificate } = await reach({ base: origin, proxy, clock, signal });
      const through = proxy === undefined ? (address ?? '') : `through ${proxy.url.host}`;
      const reached: CheckFinding = {
        name: 'address',
        status: 'ok',
        what: `${origin.host} is reached in ${ms} ms (${through})`,
      };
      if (certificate === undefined)
        return [reached, { name: 'tls', status: 'skipped', what: 'none: plain http, on this machine' }];
      const { refused } = certificate;
      if (refused === undefined) return [reached, certificateFinding(certificate, clock.now())];
      return [reached, failedFinding('tls', explain(new Fault('tls', refused, { code: refused }), about))];
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const words = explain(error, about);
      if (error.kind !== 'tls') return [failedFinding('address', words)];
      return [{ name: 'address', status: 'ok', what: `${origin.host} can be reached` }, failedFinding('tls', words)];
    }
  } catch (error) {
    if (error instanceof AuditlogError) return [failedFinding('address', error)];
    throw error;
  }
}

/** The finding for an error, in the words of the error. */
export function failedFinding(name: string, { message, hint, exitCode }: AuditlogError): CheckFinding {
  return { name, status: 'failed', what: message, exit: exitCode, ...(hint === undefined ? {} : { fix: hint }) };
}

function certificateFinding({ issuer, from, until, protocol }: Certificate, now: number): CheckFinding {
  const days = Math.floor((until - now) / DAY_MS);
  const dates = Number.isNaN(from + until) ? 'of unknown dates' : `valid ${utcDay(from)} to ${utcDay(until)}`;
  const what = `issued by ${issuer || 'nobody'}, ${dates}, ${protocol}`;
  if (days >= SOON || Number.isNaN(days)) return { name: 'tls', status: 'ok', what };
  const fix = 'From then on nothing can be delivered: renew it.';
  return { name: 'tls', status: 'warning', what: `${what}: ${days} days more`, fix };
}

/**
 * Passes on the findings of `look`, which are named `names` in this order. An error becomes the finding of the next name, or of the one that `blame` picks
 * among those left. Names without a finding follow as skipped.
 */
export async function* findingsOf(
  names: readonly string[],
  look: AsyncIterable<CheckFinding>,
  blame: (error: AuditlogError, left: readonly string[]) => string | undefined = (_, [next]) => next,
): AsyncGenerator<CheckFinding, void> {
  const left = new Set(names);
  const passed = (finding: CheckFinding) => {
    left.delete(finding.name);
    return finding;
  };
  try {
    for await (const finding of look) yield passed(finding);
  } catch (error) {
    const name = error instanceof AuditlogError ? blame(error, [...left]) : undefined;
    if (!(error instanceof AuditlogError) || name === undefined) throw error;
    yield passed(failedFinding(name, error));
  }
  for (const name of left) yield { name, status: 'skipped', what: 'not looked at' };
}
