import { existsSync } from 'node:fs';
import { configFile } from '../../config/dir.js';
import type { Context } from '../../context.js';
import { failed, fine, skipped } from '../../doctor/diagnosis.js';
import { type Diagnosis, LOG_FINDINGS, probeLog, probeWorld } from '../../doctor/probe.js';
import { AuditlogError } from '../../errors.js';
import { type HttpProxy, proxyFor } from '../../http/proxy.js';
import { type Connection, type ConnectionChoice, connect, originsOf } from '../../profile.js';
import { logNames, oneLog } from '../../providers/logs.js';
import { openNotingClient } from '../job/client.js';
import type { Notes } from '../say/notes.js';
import { reachFindings } from './reach.js';

/** The findings before anything is requested from the API, in this order. */
const SETUP = ['configuration', 'profile', 'provider', 'base-url', 'organization', 'proxy', 'key'] as const;
const WAY = ['network', 'certificate'] as const;

/** The names of all findings, in the order of `examine`. */
export const FINDINGS: readonly string[] = [...SETUP, ...WAY, ...LOG_FINDINGS, 'assumed'];

/**
 * Examines everything between this machine and the log. Yields a finding for each of `FINDINGS` as soon as it is known. Rejects only when stopped, or
 * for a bug.
 */
export async function* examine(ctx: Context, where: ConnectionChoice, notes: Notes): AsyncGenerator<Diagnosis, void> {
  const told = new Set<string>();
  for await (const finding of looking(ctx, where, notes)) {
    told.add(finding.name);
    yield finding;
  }
  for (const name of FINDINGS) if (!told.has(name)) yield skipped(name, 'not looked at');
}

/** Ends early if a finding makes the rest impossible. */
async function* looking(ctx: Context, where: ConnectionChoice, notes: Notes): AsyncGenerator<Diagnosis, void> {
  // A rate above the limit is a finding, not a warning.
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
    const way = await reachFindings(ctx, connection, proxy, key instanceof AuditlogError ? undefined : key);
    yield* way;
    if (key instanceof AuditlogError || way.some(({ status }) => status === 'fail')) return;
    yield* probe(ctx, where.maxWait === undefined ? { ...connection, maxWait: MAX_WAIT } : connection, notes);
  } finally {
    await connection.close();
  }
}

/** The settings in use, and the source of each. */
async function* setup(ctx: Context, where: ConnectionChoice, connection: Connection): AsyncGenerator<Diagnosis, void> {
  const { provider, base, orgs, profile } = connection;
  const origins = await originsOf(ctx, where);
  const by = (name: keyof typeof origins) => `(${origins[name] ?? 'default'})`;
  const demo = where.demo === true;
  const file = configFile(ctx);
  yield fine(
    'configuration',
    demo ? 'none: the demo asks nothing saved' : existsSync(file) ? file : `nothing saved (${file})`,
  );
  yield fine('profile', profile === undefined ? 'none' : `${profile} ${by('profile')}`);
  const [log] = logNames(provider);
  const others = log === undefined ? '' : `; of its logs only ${provider.name}/${log} is looked into`;
  yield fine('provider', `${provider.title} ${by('provider')}${others}`);
  const tokens = provider.auth.type === 'token' ? `; tokens from ${provider.auth.token.url} ${by('tokenUrl')}` : '';
  yield fine('base-url', `${base.href.replace(/\/$/, '')} ${demo ? '(the demo)' : by('baseUrl')}${tokens}`);
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

/** A longer wait demanded by the server is a finding, unless --max-wait allows it. In ms. */
const MAX_WAIT = 90_000;

async function* probe(ctx: Context, connected: Connection, notes: Notes): AsyncGenerator<Diagnosis, void> {
  const [log] = logNames(connected.provider);
  const connection = log === undefined ? connected : { ...connected, provider: oneLog(connected.provider, log) };
  const client = openNotingClient(ctx, connection, notes, {});
  try {
    const world = probeWorld(client, connection, () => ctx.clock.now());
    yield* probeLog(world, connection);
    const { title, assumed } = connection.provider;
    yield fine('assumed', assumed.length === 0 ? 'nothing' : `${title} does not document: ${assumed.join(' ')}`);
  } finally {
    await client.close();
  }
}

/** The result, or an error that becomes a finding. Throws other errors, such as a stop. */
async function settle<T>(work: Promise<T> | (() => Promise<T>)): Promise<T | AuditlogError> {
  try {
    return await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (error instanceof AuditlogError) return error;
    throw error;
  }
}
