import type { Context } from '../../context.js';
import { AuditlogError, EXIT, keyError, serverError, usageError } from '../../errors.js';
import { accepted, type Hearing, type Outbound, openOutbound } from '../../http/outbound.js';
import { delay, MAX_ATTEMPTS } from '../../http/retry/decide.js';
import { destinationSecret, renewable, SECRET_PLACES } from '../secret.js';
import { type BatchRow, sendInHalves } from '../shared/batch.js';
import { unreadable } from '../shared/json.js';
import type { HttpTarget } from '../shared/url.js';
import { type BulkAction, type BulkOutcome, type RefusedDocument, readBulkAnswer } from './answer.js';

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
  /**
   * Writes documents, and retries until each exists. Rejects with an `AuditlogError` when one is refused. `index`: the newest text of an
   * entry stays; a user or key that may only create keeps the first one, as data streams do.
   */
  write(rows: readonly BatchRow[], action: BulkAction): Promise<void>;
  close(): Promise<void>;
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
    throw keyError(`missing password for ${user} at ${base.host}`, SECRET_PLACES);
  if (user === undefined && secret !== undefined && keys === undefined)
    throw usageError(
      `missing user for the password from ${secret.from}: the address has none`,
      'Name the user: opensearch+https://USER@HOST:9200/INDEX',
    );
  const basic = (password: string) => Buffer.from(`${user}:${password}`).toString('base64');
  const outbound = await openOutbound(ctx, base, {
    ...hears,
    what,
    ...renewable(ctx, base.origin, secret, (now) => {
      if (now === undefined) return {};
      const [scheme, sent] = user === undefined ? [keys, now.reveal()] : ['Basic', basic(now.reveal())];
      return {
        secretFrom: now.from,
        secrets: [now.reveal(), sent],
        authorize: () => ({ authorization: `${scheme} ${sent}` }),
      };
    }),
  });
  const where = `${what} at ${base.host}`;

  /** Whether a document that was to replace another was refused because it may only be created. */
  let onlyCreates = false;

  /** Undefined: the request is too large. */
  const post = (rows: readonly BatchRow[], action: BulkAction) =>
    outbound.ask(
      {
        method: 'POST',
        path: `/${encodeURIComponent(name)}/_bulk?filter_path=items.*.status,items.*.error`,
        headers: { 'content-type': 'application/x-ndjson', accept: 'application/json' },
        body: Buffer.concat(rows.map(({ body }) => (action === 'create' ? toCreate(body) : body))),
      },
      (response): BulkOutcome | undefined => {
        if (response.status === 413) return undefined;
        const outcome = readBulkAnswer(accepted(response), rows, action);
        if (outcome === undefined) throw unreadable('this is no answer to _bulk', response);
        return outcome;
      },
    );

  const write: ElasticCluster['write'] = (rows, action) => {
    let fruitless = 0;
    const send = async (rest: readonly BatchRow[], of: number) => {
      const wanted = onlyCreates ? 'create' : action;
      const outcome = await post(rest, wanted);
      const [first] = outcome?.refused ?? [];
      if (first !== undefined && wanted === 'index' && mayOnlyCreate(first)) {
        onlyCreates = true;
        return rest;
      }
      refuseDocuments(where, outcome?.refused ?? []);
      if (outcome === undefined || outcome.again.length === 0) {
        fruitless = 0;
        return outcome?.again;
      }
      const { again } = outcome;
      fruitless = again.length < rest.length ? 1 : fruitless + 1;
      if (fruitless >= MAX_ATTEMPTS)
        throw serverError(
          `${where} does not take ${again.length} of ${of} documents: it is too busy, or a shard is missing`,
          `Gave up after ${MAX_ATTEMPTS} attempts. Try again later`,
        );
      await ctx.clock.sleep(Math.ceil(delay(fruitless, undefined, ctx.random)), ctx.signal);
      return again;
    };
    return sendInHalves(rows, send, (row) => tooLarge(where, row));
  };

  return { outbound, write, close: () => outbound.close() };
}

function tooLarge(where: string, { name, body }: BatchRow): AuditlogError {
  return serverError(
    `${where} rejects the entry ${name}: it is too large (${body.length} bytes)`,
    'Allow larger ones: http.max_content_length',
  );
}

/** The first line of a row is `{"index":{"_id":...}}`. */
const INDEX_ACTION = '{"index"';

function toCreate(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from('{"create"'), body.subarray(INDEX_ACTION.length)]);
}

function isDenied({ status, type }: RefusedDocument): boolean {
  return (status === 401 || status === 403) && !type.includes('block');
}

/** A key that may only create, or a data stream that may not be looked at. */
function mayOnlyCreate(refused: RefusedDocument): boolean {
  return isDenied(refused) || (refused.status === 400 && refused.reason.includes('op_type of create'));
}

/** Passes rejected documents on. Throws if the reason is the index, or if there is no handler. */
function refuseDocuments(where: string, refused: readonly RefusedDocument[]): void {
  const ofIndex = refused.find(({ status, type, row }) => {
    const isOwn = (status === 400 || status === 413) && !/^(index_|invalid_index)/.test(type);
    return !isOwn || row.refuse === undefined;
  });
  if (ofIndex !== undefined) throw refusal(where, ofIndex, refused.length);
  for (const one of refused) one.row.refuse?.(refusal(where, one, 1).message);
}

function refusal(where: string, first: RefusedDocument, count: number): AuditlogError {
  const { row, status, type, reason } = first;
  const which = count === 1 ? `the entry ${row.name}` : `${count} entries, the first of them ${row.name}`;
  const why = [type, reason].filter((text) => text !== '').join(': ');
  const denied = isDenied(first);
  return new AuditlogError(
    `${where} rejects ${which} (${status}${why === '' ? '' : `, ${why}`})`,
    denied ? EXIT.key : status >= 500 || status === 403 ? EXIT.server : EXIT.usage,
    denied
      ? 'Give the user or the key the privileges create_doc and auto_configure for the index'
      : 'Nothing was dropped. Fix the mapping or the settings of the index, or deliver to a new one',
  );
}
