import type { Context } from '../../context.js';
import { AuditlogError, EXIT, keyError, serverError, usageError } from '../../errors.js';
import { badStatus, unknownShape } from '../../http/fault.js';
import { accepted, type Hearing, type Outbound, openOutbound } from '../../http/outbound.js';
import { delay, MAX_ATTEMPTS } from '../../http/retry/decide.js';
import { destinationSecret, SECRET_PLACES } from '../secret.js';
import type { BatchRow } from '../shared/batch.js';
import { jsonOf, objectOf } from '../shared/json.js';
import type { HttpTarget } from '../shared/url.js';
import { type BulkOutcome, type RefusedDocument, readBulkAnswer } from './answer.js';

/** How the two products differ. */
export interface ElasticProduct {
  readonly what: string;
  /** The scheme of API keys, where the product has them. */
  readonly keys: 'ApiKey' | undefined;
  /** Its URL, for messages. */
  readonly form: string;
}

export interface ElasticCluster {
  readonly outbound: Outbound;
  /** Creates documents, and retries until each exists. Rejects with an `AuditlogError` when one is refused. */
  create(rows: readonly BatchRow[]): Promise<void>;
}

/** Rejects with a `keyError` when a user has no password, and with a usage error when a password has no user. */
export async function openCluster(
  ctx: Context,
  { base, user, name }: HttpTarget,
  { what, keys }: ElasticProduct,
  hears?: Hearing,
): Promise<ElasticCluster> {
  const secret = await destinationSecret(ctx, base.origin);
  if (user !== undefined && secret === undefined)
    throw keyError(`there is no password for ${user} at ${base.host}`, SECRET_PLACES);
  if (user === undefined && secret !== undefined && keys === undefined)
    throw usageError(
      `whose password is the one from ${secret.from}? The address names nobody`,
      'Name the user: opensearch+https://USER@HOST:9200/INDEX',
    );
  const authorization =
    secret === undefined
      ? undefined
      : user === undefined
        ? `${keys} ${secret.reveal()}`
        : `Basic ${Buffer.from(`${user}:${secret.reveal()}`).toString('base64')}`;
  const outbound = await openOutbound(ctx, base, {
    ...hears,
    what,
    secretFrom: secret?.from,
    secrets: secret === undefined ? [] : [secret.reveal(), authorization!.slice(authorization!.indexOf(' ') + 1)],
    authorize: () => (authorization === undefined ? {} : { authorization }),
  });
  const where = `${what} at ${base.host}`;

  /** Undefined: the request is too large. */
  const post = (rows: readonly BatchRow[]) =>
    outbound.ask(
      {
        method: 'POST',
        path: `/${encodeURIComponent(name)}/_bulk?filter_path=items.*.status,items.*.error`,
        headers: { 'content-type': 'application/x-ndjson', accept: 'application/json' },
        body: Buffer.concat(rows.map((row) => row.body)),
      },
      (response): BulkOutcome | undefined => {
        if (response.status === 413) return undefined;
        const outcome = readBulkAnswer(accepted(response).body, rows);
        if (outcome === undefined) throw unknownShape('this is no answer to _bulk', response);
        return outcome;
      },
    );

  const create = async (rows: readonly BatchRow[]): Promise<void> => {
    let rest = rows;
    for (let fruitless = 0; ; ) {
      const outcome = await post(rest);
      if (outcome === undefined) {
        if (rest.length === 1) throw tooLarge(where, rest[0]!);
        const half = Math.ceil(rest.length / 2);
        await create(rest.slice(0, half));
        return create(rest.slice(half));
      }
      if (outcome.refused !== undefined) throw refusal(where, outcome.refused);
      const { again } = outcome;
      if (again.length === 0) return;
      fruitless = again.length < rest.length ? 1 : fruitless + 1;
      if (fruitless >= MAX_ATTEMPTS)
        throw serverError(
          `${where} does not take ${again.length} of ${rows.length} documents: it is too busy, or a shard is missing`,
          `Gave up after ${MAX_ATTEMPTS} attempts. Try again later.`,
        );
      await ctx.clock.sleep(Math.ceil(delay(fruitless, undefined, ctx.random)), ctx.signal);
      rest = again;
    }
  };

  return { outbound, create };
}

function tooLarge(where: string, { name, body }: BatchRow): AuditlogError {
  return serverError(
    `${where} takes no request as large as the entry ${name} (${body.length} bytes)`,
    'Allow larger ones: http.max_content_length.',
  );
}

function refusal(
  where: string,
  { first, count }: { readonly first: RefusedDocument; readonly count: number },
): AuditlogError {
  const { row, status, type, reason } = first;
  const which = count === 1 ? `the entry ${row.name}` : `${count} entries, the first of them ${row.name}`;
  const why = [type, reason].filter((text) => text !== '').join(': ');
  const denied = (status === 401 || status === 403) && !type.includes('block');
  return new AuditlogError(
    `${where} refuses ${which} (${status}${why === '' ? '' : `, ${why}`})`,
    denied ? EXIT.key : status >= 500 || status === 403 ? EXIT.server : EXIT.usage,
    denied
      ? 'Give the user or the key the privileges create_doc and auto_configure for the index.'
      : 'None of these was dropped: they stay undelivered until the index takes them. Fix its mapping or its settings, or deliver to an index that is not there yet.',
  );
}

/** The product and version; undefined where the user or key may not ask, such as a key that may only write. */
export async function askVersion({ outbound }: ElasticCluster): Promise<string | undefined> {
  return outbound.ask({ method: 'GET', path: '/', headers: JSON_ONLY }, (response) => {
    if (response.status === 403) return undefined;
    const version = objectOf(jsonOf(accepted(response).body)?.version);
    if (typeof version?.number !== 'string') throw unknownShape('it does not tell its version', response);
    const distribution = typeof version.distribution === 'string' ? version.distribution : 'elasticsearch';
    return `${distribution} ${version.number}`.slice(0, 100);
  });
}

export type IndexState = 'index' | 'stream' | 'missing' | 'unseen';

/** What the name stands for: an index or an alias, a data stream, nothing yet, or something that may not be seen. */
export async function askIndex({ outbound }: ElasticCluster, name: string): Promise<IndexState> {
  const path = encodeURIComponent(name);
  const is = await outbound.ask({ method: 'HEAD', path: `/${path}` }, (response) => {
    if (response.status === 404) return 'missing';
    if (response.status === 403) return 'unseen';
    return accepted(response) && 'index';
  });
  if (is !== 'index') return is;
  return outbound.ask({ method: 'GET', path: `/_data_stream/${path}`, headers: JSON_ONLY }, ({ status, body }) => {
    const streams = status === 200 ? jsonOf(body)?.data_streams : undefined;
    return Array.isArray(streams) && streams.length > 0 ? 'stream' : 'index';
  });
}

/** What the user or key may do with an index. */
export interface ElasticPrivileges {
  readonly create: boolean;
  /** Create the index with its first document. */
  readonly make: boolean;
}

/** Undefined where the server has no such request: OpenSearch, and Elasticsearch without security. */
export async function askPrivileges(
  { outbound }: ElasticCluster,
  name: string,
): Promise<ElasticPrivileges | undefined> {
  const wanted = { index: [{ names: [name], privileges: ['create_doc', 'auto_configure'] }] };
  const request = {
    method: 'POST',
    path: '/_security/user/_has_privileges',
    headers: { ...JSON_ONLY, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(wanted)),
  } as const;
  return outbound.ask(request, ({ status, body }) => {
    const found = objectOf(objectOf(status === 200 ? jsonOf(body)?.index : undefined)?.[name]);
    return found && { create: found.create_doc === true, make: found.auto_configure === true };
  });
}

/** Creates an index that takes every event. Does nothing if it exists by now, has to be a data stream, or may not be created by us: the first document creates it then. */
export async function makeIndex({ outbound }: ElasticCluster, name: string, settings: object): Promise<void> {
  await outbound.ask(
    {
      method: 'PUT',
      path: `/${encodeURIComponent(name)}`,
      headers: { ...JSON_ONLY, 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(settings)),
    },
    (response) => {
      if (response.status === 200 || response.status === 403) return;
      const error = objectOf(jsonOf(response.body)?.error);
      const text = `${String(error?.type)} ${String(error?.reason)}`;
      if (response.status === 400 && /resource_already_exists|data stream/i.test(text)) return;
      throw badStatus(response);
    },
  );
}

const JSON_ONLY = { accept: 'application/json' };
