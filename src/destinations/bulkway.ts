import type { Context } from '../context.js';
import { AuditlogError } from '../errors.js';
import { Fault, faultOf } from '../http/fault.js';
import { explainOutbound } from '../http/outboundwords.js';
import { proxyFor } from '../http/proxy.js';
import { type Certificate, reach } from '../http/reach.js';
import { DAY_MS, utcDay } from '../time.js';
import type { CheckFinding } from './destination.js';

/** Below this many days a certificate is worth a word: most are renewed a month before their end. */
const SOON = 14;

/**
 * Whether there is a way to a host, and whose certificate is at its end; nothing is sent there. `base` is https, or http for a plain connection. `direct`: no proxy is asked,
 * as for what is no HTTP. Whether it is worth going on: none of the findings has failed.
 */
export async function wayFindings(
  ctx: Context,
  base: URL,
  { what, direct = false }: { readonly what: string; readonly direct?: boolean },
): Promise<readonly CheckFinding[]> {
  const now = ctx.clock.now();
  const proxy = direct ? undefined : proxyFor(base, ctx.env);
  const failed = (name: string, fault: Fault, more = ''): CheckFinding => {
    const about = { what, secretFrom: undefined, url: base, proxy, attempts: 1, why: 'final', now } as const;
    const { message, hint, exitCode } = explainOutbound(fault, about);
    return { name, status: 'failed', what: `${message}${more}`, exit: exitCode, ...(hint && { fix: hint }) };
  };
  try {
    const { address, ms, certificate } = await reach({ base, proxy, clock: ctx.clock, signal: ctx.signal });
    const through = proxy === undefined ? (address ?? '') : `through ${proxy.url.host}`;
    return [
      { name: 'address', status: 'ok', what: `${base.host} is reached in ${ms} ms (${through})` },
      certificate === undefined
        ? { name: 'certificate', status: 'skipped', what: 'none: no TLS, on this machine' }
        : certificateFinding(certificate, now, failed),
    ];
  } catch (error) {
    const fault = faultOf(error);
    if (fault === undefined || ctx.signal.aborted) throw error;
    return [failed(fault.kind === 'tls' ? 'certificate' : 'address', fault)];
  }
}

function certificateFinding(
  { issuer, from, until, protocol, refused }: Certificate,
  now: number,
  failed: (name: string, fault: Fault, more: string) => CheckFinding,
): CheckFinding {
  const days = Math.floor((until - now) / DAY_MS);
  const dates = Number.isNaN(from + until) ? 'of unknown dates' : `valid ${utcDay(from)} to ${utcDay(until)}`;
  const fact = `issued by ${issuer || 'nobody'}, ${dates}`;
  if (refused !== undefined) return failed('certificate', new Fault('tls', refused, { code: refused }), `; ${fact}`);
  if (days >= SOON || Number.isNaN(days)) return { name: 'certificate', status: 'ok', what: `${fact}, ${protocol}` };
  return {
    name: 'certificate',
    status: 'warning',
    what: `${fact}: ${days} days more`,
    fix: 'From then on nothing can be delivered: have it renewed.',
  };
}

/** An error as a finding. Anything that nobody can explain goes on. */
export function failedFinding(name: string, error: unknown): CheckFinding {
  if (!(error instanceof AuditlogError)) throw error;
  const { message, hint, exitCode } = error;
  return { name, status: 'failed', what: message, exit: exitCode, ...(hint === undefined ? {} : { fix: hint }) };
}
