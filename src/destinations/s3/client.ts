import { createHash } from 'node:crypto';
import type { Context } from '../../context.js';
import { serverError } from '../../errors.js';
import { type Hearing, type Outbound, type OutboundSignIn, openOutbound } from '../../http/outbound.js';
import { type ApiResponse, headerOf } from '../../http/send.js';
import { type AwsKeys, keyPath, signS3 } from '../../http/sign.js';
import { notTheSame, refusalOf, refusesKeys, type S3About, type S3Question, wordsOf } from './answer.js';
import { type FoundAwsKeys, findAwsKeys } from './keys.js';
import { type ListPage, openTokens, readListPage } from './listing.js';
import {
  type Condition,
  conditionHeaders,
  etagOf,
  objectOf,
  type Put,
  putHeaders,
  type S3Listed,
  type S3Object,
} from './object.js';
import type { S3Target } from './url.js';

export interface S3Request extends S3Question {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | undefined;
  readonly verbatim?: boolean;
  /** Statuses besides 2xx that the caller accepts as an answer. */
  readonly also?: readonly number[];
}

/** `to` is exclusive. */
interface ObjectRange {
  readonly from: number;
  readonly to: number;
}

/** Bytes of an object, and the version that they are of. */
export interface S3Bytes extends Pick<S3Object, 'etag' | 'sha256'> {
  readonly body: Buffer;
  /** The size of the whole object; NaN if the store does not tell it. */
  readonly of: number;
}

/** How long one request may take on a slow line, ms. */
const LIMITS = { headers: 300_000, attempt: 600_000 };

/** Finds the keys. Makes no connection yet. */
export async function openS3Client(ctx: Context, target: S3Target, hears?: Hearing): Promise<S3Client> {
  const held = { keys: await findAwsKeys(ctx) };
  const outbound = await openOutbound(ctx, new URL(target.base.origin), {
    ...hears,
    what: `the bucket ${target.bucket}`,
    ...signInWith(ctx, target, held),
    connections: 8,
    limits: LIMITS,
  });
  return new S3Client(outbound, target, held);
}

/** The keys that requests are signed with now, for messages too. */
interface HeldKeys {
  keys: FoundAwsKeys;
}

/** Signs in with the keys; where they are refused, with those that have taken their place by then. */
function signInWith(ctx: Context, target: S3Target, held: HeldKeys): OutboundSignIn {
  const { keys } = held;
  return {
    secretFrom: keys.from,
    secrets: [keys.secretAccessKey, ...(keys.sessionToken === undefined ? [] : [keys.sessionToken])],
    authorize: (request) => signS3(request, keys, target.region, ctx.clock.now()),
    isRefusal: refusesKeys,
    again: async () => {
      const next = await findAwsKeys(ctx);
      if (isSame(next, keys)) return undefined;
      held.keys = next;
      return signInWith(ctx, target, held);
    },
  };
}

function isSame(one: AwsKeys, other: AwsKeys): boolean {
  return (
    one.accessKeyId === other.accessKeyId &&
    one.secretAccessKey === other.secretAccessKey &&
    one.sessionToken === other.sessionToken
  );
}

/** The requests to a store. Keys are whole: they include the target's prefix. Rejects with an `AuditlogError` and a fix. */
export class S3Client {
  readonly #outbound: Outbound;
  readonly #target: S3Target;
  readonly #held: { readonly keys: S3About['keys'] };
  /** Whether If-Match works only without the quotes of the ETag, as with Ceph's gateway. Found out on the way. */
  #bare = false;

  constructor(outbound: Outbound, target: S3Target, held: { readonly keys: S3About['keys'] }) {
    this.#outbound = outbound;
    this.#target = target;
    this.#held = held;
  }

  /** Puts an object and checks it. Unless `condition` is met, gives the object that exists, if it has other bytes. A store without conditions overwrites. */
  async put(key: string, body: Buffer, condition?: Condition): Promise<Put> {
    const md5 = createHash('md5').update(body).digest();
    const sha256 = createHash('sha256').update(body).digest('hex');
    // An If-Match for a missing object: AWS answers 404, others 412.
    const also = condition === undefined ? [] : [404, 412, 501];
    const common = { ...putHeaders(key, sha256), 'content-md5': md5.toString('base64') };
    const send = (extra: Readonly<Record<string, string>>) =>
      this.ask({ ...WRITE, method: 'PUT', key, body, also, headers: { ...common, ...extra } });
    let response = await send(conditionHeaders(condition, this.#bare));
    if (isUnmet(response) && condition !== undefined) {
      const found = await this.head(key);
      // An earlier try succeeded, and its answer was lost.
      if (found?.sha256 === sha256 && found.size === body.length) return { done: true, etag: found.etag };
      if (this.#bare || !('etag' in condition) || found?.etag !== condition.etag) return { done: false, found };
      response = await send(conditionHeaders(condition, true));
      if (isUnmet(response)) return { done: false, found: await this.head(key) };
      this.#bare = true;
    }
    // Some stores refuse unknown conditions: the caller's look before writing has to do there.
    if (response.status === 501) return this.put(key, body);
    const etag = etagOf(response);
    // Where the store encrypts, an ETag is not an MD5.
    if (etag === md5.toString('hex')) return { done: true, etag };
    const found = await this.head(key);
    if (found?.sha256 !== sha256 || found.size !== body.length) throw notTheSame(key);
    return { done: true, etag: found.etag };
  }

  async head(key: string): Promise<S3Object | undefined> {
    const response = await this.ask({ ...LOOK, method: 'HEAD', key, also: [301, 400, 403, 404] });
    if (response.status === 404) return undefined;
    if (response.status < 300) return objectOf(response);
    // An answer to HEAD has no reason: ask again with GET.
    await this.ask({ ...LOOK, method: 'GET', key, headers: { range: 'bytes=0-0' } });
    throw serverError(`the store answers GET, and ${response.status} to HEAD`);
  }

  /** The bytes of an object, or some of them; undefined when it does not exist. At most 32 MB at a time. */
  async get(key: string, range?: ObjectRange): Promise<Buffer | undefined> {
    return (await this.read(key, range))?.body;
  }

  /** As `get`, with the version that they are of. */
  async read(key: string, range?: ObjectRange): Promise<S3Bytes | undefined> {
    const headers = range && { range: `bytes=${range.from}-${range.to - 1}` };
    const request = { ...READ, method: 'GET', key, also: [404], verbatim: true } as const;
    const response = await this.ask({ ...request, ...(headers && { headers }) });
    const { status, body } = response;
    if (status === 404) return undefined;
    const { etag, sha256 } = objectOf(response);
    const total = /\/(\d{1,15})$/.exec(headerOf(response, 'content-range') ?? '')?.[1];
    return { etag, sha256, body, of: status === 206 ? Number(total ?? Number.NaN) : body.length };
  }

  /** The objects below a prefix, in the order of their keys. */
  async *list(prefix: string): AsyncGenerator<S3Listed, void> {
    for await (const page of this.#pages({ prefix })) yield* page.objects;
  }

  /** The part between the prefix and the next slash, of every key that has one. */
  async *folders(prefix: string): AsyncGenerator<string, void> {
    for await (const page of this.#pages({ prefix, delimiter: '/' }))
      for (const found of page.prefixes) yield found.slice(prefix.length, -1);
  }

  /** Deletes an object. A missing one is a success. */
  async remove(key: string): Promise<void> {
    await this.ask({ what: 'delete objects', permission: 's3:DeleteObject', method: 'DELETE', key, also: [404] });
  }

  /** Sends any other request, such as for the parts of a large object. */
  ask({ also = [], key, query = {}, ...request }: S3Request): Promise<ApiResponse> {
    const { method, headers, body, verbatim } = request;
    const target = this.#target;
    const pairs = Object.entries(query).map(([name, value]) => `${name}=${keyPath(value).replaceAll('/', '%2F')}`);
    const root = target.base.pathname.replace(/\/$/, '');
    const path = `${root}/${keyPath(key)}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
    const sent = { method, path, ...(headers && { headers }), ...(body && { body }), ...(verbatim && { verbatim }) };
    return this.#outbound.ask(sent, (response) => {
      if (response.status >= 200 && response.status < 300) return response;
      // A missing bucket is always an error. An answer to HEAD does not say it.
      if (also.includes(response.status) && wordsOf(response).code !== 'NoSuchBucket') return response;
      throw refusalOf(response, { ...request, target, keys: this.#held.keys });
    });
  }

  close(): Promise<void> {
    return this.#outbound.close();
  }

  async *#pages(asked: Readonly<Record<string, string>> & { readonly prefix: string }): AsyncGenerator<ListPage, void> {
    const nextOf = openTokens();
    let token: string | undefined;
    do {
      const more: Readonly<Record<string, string>> = token === undefined ? {} : { 'continuation-token': token };
      const query = { ...asked, ...more, 'encoding-type': 'url', 'list-type': '2' };
      const { body } = await this.ask({ ...LIST, method: 'GET', key: '', query });
      const page = readListPage(body.toString('utf8'), asked.prefix);
      yield page;
      token = nextOf(page);
    } while (token !== undefined);
  }
}

const LOOK: S3Question = { what: 'look at objects', permission: 's3:GetObject (and s3:ListBucket on the bucket)' };
const READ: S3Question = { what: 'read objects', permission: 's3:GetObject' };
export const WRITE: S3Question = { what: 'put objects', permission: 's3:PutObject' };
const LIST: S3Question = { what: 'list the bucket', permission: 's3:ListBucket' };

function isUnmet({ status }: ApiResponse): boolean {
  return status === 404 || status === 412;
}
