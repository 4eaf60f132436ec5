import type { Context } from '../../context.js';
import { failed, failure, fine, skipped, warning } from '../../doctor/diagnosis.js';
import type { Diagnosis } from '../../doctor/probe.js';
import { AuditlogError, EXIT } from '../../errors.js';
import { Fault, faultOf } from '../../http/fault.js';
import { explain } from '../../http/messages/explain.js';
import type { HttpProxy } from '../../http/proxy.js';
import { type Certificate, type ReachedHost, reach } from '../../http/reach.js';
import type { Secret } from '../../keys.js';
import type { Connection } from '../../profile.js';
import { DAY_MS, utcDay } from '../../time.js';

/** Whether the host can be reached, and its certificate. */
export async function reachFindings(
  ctx: Context,
  { base, provider }: Connection,
  proxy: HttpProxy | undefined,
  key: Secret | undefined,
): Promise<readonly Diagnosis[]> {
  const now = ctx.clock.now();
  const told = (fault: Fault): AuditlogError =>
    key === undefined
      ? new AuditlogError(
          `cannot reach ${base.host} (${fault.code ?? fault.kind})`,
          EXIT.server,
          'Check the base URL, the network and the proxy',
        )
      : explain(fault, { by: { provider, key }, url: base, proxy, attempts: 1, why: 'final', now });
  let reached: ReachedHost;
  try {
    reached = await reach({ base, proxy, clock: ctx.clock, signal: ctx.signal });
  } catch (error) {
    const fault = faultOf(error);
    if (fault === undefined || ctx.signal.aborted) throw error;
    if (fault.kind !== 'tls') return [failed('network', told(fault))];
    return [fine('network', `${base.host} can be reached`), failed('certificate', told(fault))];
  }
  const { address, ms, certificate } = reached;
  const through = proxy === undefined ? (address ?? '') : `through ${proxy.url.host}`;
  return [
    fine('network', `${base.host} is reached in ${ms} ms (${through})`),
    certificate === undefined
      ? skipped('certificate', 'none: plain http, on this machine')
      : certificateFinding(certificate, now, told),
  ];
}

/** Fewer days left on a certificate are a warning: most are renewed a month before they expire. */
const SOON = 14;

function certificateFinding(certificate: Certificate, now: number, told: (fault: Fault) => AuditlogError): Diagnosis {
  const { issuer, from, until, protocol, refused } = certificate;
  const days = Math.floor((until - now) / DAY_MS);
  const dates = Number.isNaN(from + until) ? 'of unknown dates' : `valid ${utcDay(from)} to ${utcDay(until)}`;
  const fact = `issued by ${issuer || 'nobody'}, ${dates}`;
  if (refused !== undefined) {
    const { message, hint, exitCode } = told(new Fault('tls', refused, { code: refused }));
    return failure('certificate', exitCode, `${message}; ${fact}`, hint ?? '');
  }
  if (days >= SOON || Number.isNaN(days)) return fine('certificate', `${fact}, ${protocol}`);
  return warning('certificate', `${fact}: ${days} days more`, 'From then on nothing can be asked. Tell the vendor');
}
