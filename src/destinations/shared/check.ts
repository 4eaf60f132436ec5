import type { Context } from '../../context.js';
import { AuditlogError } from '../../errors.js';
import { Fault } from '../../http/fault.js';
import { explain } from '../../http/messages/explain.js';
import { proxyFor } from '../../http/proxy.js';
import { type Certificate, reach } from '../../http/reach.js';
import { DAY_MS, utcDay } from '../../time.js';
import type { CheckFinding } from '../destination.js';
import { failedBy, ok, skipped, warning } from './finding.js';

/** Warn below this many days: most certificates are renewed a month before they expire. */
const SOON = 14;

/** The findings `address` and `tls`: connects as a request would, and sends nothing. Without a connection the last one is `failed`. Rejects only when stopped. */
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
      const reached = ok('address', `${origin.host} is reached in ${ms} ms (${through})`);
      if (certificate === undefined) return [reached, skipped('tls', 'none: plain http, on this machine')];
      const { refused } = certificate;
      if (refused === undefined) return [reached, certificateFinding(certificate, clock.now())];
      return [reached, failedBy('tls', explain(new Fault('tls', refused, { code: refused }), about))];
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const words = explain(error, about);
      if (error.kind !== 'tls') return [failedBy('address', words)];
      return [ok('address', `${origin.host} can be reached`), failedBy('tls', words)];
    }
  } catch (error) {
    if (error instanceof AuditlogError) return [failedBy('address', error)];
    throw error;
  }
}

function certificateFinding({ issuer, from, until, protocol }: Certificate, now: number): CheckFinding {
  const days = Math.floor((until - now) / DAY_MS);
  const dates = Number.isNaN(from + until) ? 'of unknown dates' : `valid ${utcDay(from)} to ${utcDay(until)}`;
  const what = `issued by ${issuer || 'nobody'}, ${dates}, ${protocol}`;
  if (days >= SOON || Number.isNaN(days)) return ok('tls', what);
  return warning('tls', `${what}: ${days} days more`, 'From then on nothing can be delivered: renew it');
}

/** The steps of a check over a connection. `C` is the opened client. */
export interface ConnectionCheck<C> {
  /** The names of all findings, in order. */
  readonly names: readonly string[];
  /** The findings of `checkWay`. */
  readonly way: () => Promise<readonly CheckFinding[]>;
  readonly open: () => C | Promise<C>;
  readonly look: (client: C) => AsyncIterable<CheckFinding>;
  /** The name of the finding that an error becomes, of those left. Default: the next one. */
  readonly blame?: (error: AuditlogError, left: readonly string[]) => string | undefined;
}

/** Checks the way to a destination, then what `look` finds there. An error becomes a finding; names without a finding follow as skipped. */
export async function* checkConnection<C extends { close(): void | Promise<void> }>(
  check: ConnectionCheck<C>,
): AsyncGenerator<CheckFinding, void> {
  const left = new Set(check.names);
  const passed = (finding: CheckFinding) => {
    left.delete(finding.name);
    return finding;
  };
  try {
    for await (const finding of findingsOf(check)) yield passed(finding);
  } catch (error) {
    if (!(error instanceof AuditlogError)) throw error;
    const name = check.blame === undefined ? [...left][0] : check.blame(error, [...left]);
    if (name === undefined) throw error;
    yield passed(failedBy(name, error));
  }
  for (const name of left) yield skipped(name, 'not looked at');
}

async function* findingsOf<C extends { close(): void | Promise<void> }>({
  way,
  open,
  look,
}: ConnectionCheck<C>): AsyncGenerator<CheckFinding, void> {
  const found = await way();
  yield* found;
  if (found.at(-1)?.status === 'failed') return;
  const client = await open();
  try {
    yield* look(client);
  } finally {
    await client.close();
  }
}
