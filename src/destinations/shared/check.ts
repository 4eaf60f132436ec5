import type { Context } from '../../context.js';
import { AuditlogError } from '../../errors.js';
import { Fault } from '../../http/fault.js';
import { explainOutbound } from '../../http/outboundwords.js';
import { proxyFor } from '../../http/proxy.js';
import { type Certificate, reach } from '../../http/reach.js';
import { DAY_MS, utcDay } from '../../time.js';
import type { CheckFinding } from '../destination.js';

/** Below this many days a certificate is worth a word: most are renewed a month before their end. */
const SOON = 14;

/**
 * Whether there is a way to a destination over HTTP, as the findings `address` and `tls`: a connection is opened as a request would, and nothing is sent.
 * The last one has `failed` when there is none. Rejects only when stopped.
 */
export async function checkWay(ctx: Context, origin: URL, what: string): Promise<readonly CheckFinding[]> {
  const { clock, signal } = ctx;
  try {
    const proxy = proxyFor(origin, ctx.env);
    const about = {
      what,
      secretFrom: undefined,
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
      return [reached, failedFinding('tls', explainOutbound(new Fault('tls', refused, { code: refused }), about))];
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const words = explainOutbound(error, about);
      if (error.kind !== 'tls') return [failedFinding('address', words)];
      return [{ name: 'address', status: 'ok', what: `${origin.host} can be reached` }, failedFinding('tls', words)];
    }
  } catch (error) {
    if (error instanceof AuditlogError) return [failedFinding('address', error)];
    throw error;
  }
}

/** An error in the words that any command would have ended with. */
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

/** Tells each of `names`, in this order, as `look` finds it. An error that it ends with is what was found of the next one; those after it are told as not looked at. */
export async function* toldOf(
  names: readonly string[],
  look: AsyncIterable<CheckFinding>,
): AsyncGenerator<CheckFinding, void> {
  const left = new Set(names);
  const told = (finding: CheckFinding) => {
    left.delete(finding.name);
    return finding;
  };
  try {
    for await (const finding of look) yield told(finding);
  } catch (error) {
    const [name] = left;
    if (!(error instanceof AuditlogError) || name === undefined) throw error;
    yield told(failedFinding(name, error));
  }
  for (const name of left) yield { name, status: 'skipped', what: 'not looked at' };
}
