import { access } from 'node:fs/promises';
import { configFile } from '../../config.js';
import type { Context } from '../../context.js';
import { failed, failure, fine, skipped, warning } from '../../doctor/diagnosis.js';
import { type Diagnosis, LOG_FINDINGS, probeLog, probeWorld } from '../../doctor/probe.js';
import { AuditlogError, EXIT, type ExitCode } from '../../errors.js';
import { openClient } from '../../http/client.js';
import { Fault, faultOf } from '../../http/fault.js';
import { explain } from '../../http/messages/explain.js';
import { type HttpProxy, proxyFor } from '../../http/proxy.js';
import { type Certificate, type ReachedHost, reach } from '../../http/reach.js';
import type { Secret } from '../../keys.js';
import { type Connection, type ConnectionChoice, connect, originsOf } from '../../profile.js';
import { DAY_MS, utcDay } from '../../time.js';
import { type ConnectionFlags, readConnection } from '../flags/connection.js';
import { colorChoice } from '../flags/everywhere.js';
import type { FormatFlags } from '../flags/format.js';
import { tellFindings } from '../say/findings.js';
import { type Notes, openNotes } from '../say/notes.js';
import { duration } from '../say/numbers.js';

export type DoctorFlags = ConnectionFlags & FormatFlags;

/** `auditlog doctor`. The exit code is that of the worst finding. */
export async function diagnose(ctx: Context, flags: DoctorFlags): Promise<ExitCode> {
  const notes = openNotes(ctx, flags);
  const telling = { format: flags.format, color: colorChoice(flags), notes };
  return tellFindings(ctx, telling, examine(ctx, readConnection(flags), notes), FINDINGS);
}

/** What is found out before anything is asked of the API, in this order. */
const SETUP = ['configuration', 'profile', 'provider', 'base-url', 'organization', 'proxy', 'key'] as const;
const WAY = ['network', 'certificate'] as const;

/** Every finding of `examine`, in the order that they are told. */
const FINDINGS: readonly string[] = [...SETUP, ...WAY, ...LOG_FINDINGS, 'assumed'];

/** Looks at everything between this machine and the log, and tells one finding for each of `FINDINGS`, as soon as it is known. Rejects only when stopped, or for a fault of ours. */
async function* examine(ctx: Context, where: ConnectionChoice, notes: Notes): AsyncGenerator<Diagnosis, void> {
  const told = new Set<string>();
  for await (const finding of looking(ctx, where, notes)) {
    told.add(finding.name);
    yield finding;
  }
  for (const name of FINDINGS) if (!told.has(name)) yield skipped(name, 'not looked at');
}

/** As far as one can come. */
async function* looking(ctx: Context, where: ConnectionChoice, notes: Notes): AsyncGenerator<Diagnosis, void> {
  // That the rate is above the limit is a finding, too.
  const connection = await settle(connect(ctx, { ...where, quiet: true }));
  if (connection instanceof AuditlogError) return yield failed('configuration', connection);
  try {
    yield* setup(ctx, where, connection);
    const proxy = await settle(async () =>
      connection.direct === true ? undefined : proxyFor(connection.base, ctx.env),
    );
    yield proxy instanceof AuditlogError ? failed('proxy', proxy) : proxyFinding(ctx, connection, proxy);
    const key = await settle(connection.key());
    yield key instanceof AuditlogError ? failed('key', key) : fine('key', `${key.hint} from ${key.from}`);
    if (proxy instanceof AuditlogError) return;
    const way = await wayFindings(ctx, connection, proxy, key instanceof AuditlogError ? undefined : key);
    yield* way;
    if (key instanceof AuditlogError || way.some(({ status }) => status === 'fail')) return;
    yield* ask(ctx, where.maxWait === undefined ? { ...connection, maxWait: MAX_WAIT } : connection, notes);
  } finally {
    await connection.close();
  }
}

/** Which settings hold, and who said so. */
async function* setup(ctx: Context, where: ConnectionChoice, connection: Connection): AsyncGenerator<Diagnosis, void> {
  const { provider, base, orgs, profile } = connection;
  const origins = await originsOf(ctx, where);
  const by = (name: keyof typeof origins) => `(${origins[name] ?? 'default'})`;
  const demo = where.demo === true;
  const file = configFile(ctx);
  yield fine(
    'configuration',
    demo ? 'none: the demo asks nothing saved' : (await exists(file)) ? file : `nothing saved (${file})`,
  );
  yield fine('profile', profile === undefined ? 'none' : `${profile} ${by('profile')}`);
  yield fine('provider', `${provider.title} ${by('provider')}`);
  yield fine('base-url', `${base.href.replace(/\/$/, '')} ${demo ? '(the demo)' : by('baseUrl')}`);
  const only = orgs.length > 1 ? `; only ${orgs[0]} is looked into` : '';
  yield fine('organization', orgs[0] ? `${orgs.join(', ')} ${by('org')}${only}` : "the key's own");
}

const PROXIES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'];

function proxyFinding({ env }: Context, { base }: Connection, proxy: HttpProxy | undefined): Diagnosis {
  if (proxy !== undefined) {
    const hidden = proxy.token === undefined ? '' : ', with credentials';
    return fine('proxy', `${proxy.url.href.replace(/\/$/, '')} ($${proxy.from})${hidden}`);
  }
  const set = PROXIES.find((name) => (env[name] ?? '').trim() !== '');
  return fine('proxy', set === undefined ? 'none' : `none for ${base.host}, though $${set} is set`);
}

/** Whether there is a way to the host, and whose certificate is at its end. */
async function wayFindings(
  ctx: Context,
  { base, provider }: Connection,
  proxy: HttpProxy | undefined,
  key: Secret | undefined,
): Promise<readonly Diagnosis[]> {
  const now = ctx.clock.now();
  const told = (fault: Fault): AuditlogError =>
    key === undefined
      ? new AuditlogError(
          `there is no way to ${base.host} (${fault.code ?? fault.kind})`,
          EXIT.server,
          'Check the base URL, the network and the proxy.',
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

/** Below this many days a certificate is worth a word: most are renewed a month before their end. */
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
  return warning('certificate', `${fact}: ${days} days more`, 'From then on nothing can be asked. Tell the vendor.');
}

/** Unless --max-wait allows more, that a server wants a longer wait is a finding, ms. */
const MAX_WAIT = 90_000;

async function* ask(ctx: Context, connection: Connection, notes: Notes): AsyncGenerator<Diagnosis, void> {
  const client = openClient(ctx, connection, {
    ...(notes.debug === undefined ? {} : { debug: notes.debug }),
    onWait: (wait) => {
      if (wait !== undefined) notes.say(`${wait.why}, waiting ${duration(wait.until - ctx.clock.now())}`);
    },
  });
  try {
    yield* probeLog(
      probeWorld(client, connection, () => ctx.clock.now()),
      connection,
    );
    const { title, assumed } = connection.provider;
    yield fine('assumed', assumed.length === 0 ? 'nothing' : `${title} does not document: ${assumed.join(' ')}`);
  } finally {
    await client.close();
  }
}

/** What it comes to, or the error that can be told; whatever else is thrown, such as a stop, goes on. */
async function settle<T>(work: Promise<T> | (() => Promise<T>)): Promise<T | AuditlogError> {
  try {
    return await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (error instanceof AuditlogError) return error;
    throw error;
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
