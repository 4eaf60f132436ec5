import { createHash } from 'node:crypto';
import type { Context } from '../../context.js';
import { serverError } from '../../errors.js';
import { type Hearing, type Outbound, openOutbound } from '../../http/outbound.js';
import { type ApiResponse, headerOf } from '../../http/send.js';
import { keyPath, signS3 } from '../../http/sign.js';
import { elementOf, notTheSame, refusalOf, type S3Question, wordsOf } from './answer.js';
import { findAwsKeys } from './keys.js';
import type { S3Place } from './url.js';

/** The few things that we ask of a store. Keys are whole: the place's prefix is part of them. Rejects with an `AuditlogError` that says what to do. */
export interface S3Client {
  /**
   * Puts an object, and makes sure that it is there as it was given. `condition`: only where nothing is, or where this version is; then gives
   * what is there instead, unless that has the same bytes. A store that knows no conditions overwrites: see `conditions`.
   */
  put(key: string, body: Buffer, condition?: Condition): Promise<Put>;
  head(key: string): Promise<S3Object | undefined>;
  /** Its bytes, or some of them (`to` is the first that is not meant); undefined when it is not there. At most 32 MB at a time. */
  get(key: string, range?: { readonly from: number; readonly to: number }): Promise<Buffer | undefined>;
  /** In the order of their keys. */
  list(prefix: string): AsyncGenerator<S3Listed, void>;
  /** What stands between the prefix and the next slash, of everything that has one there. */
  folders(prefix: string): AsyncGenerator<string, void>;
  /** What is not there is removed already. */
  remove(key: string): Promise<void>;
  /** Asks something that is not in the list above, such as the parts of a large object. */
  ask(request: S3Request): Promise<ApiResponse>;
  close(): Promise<void>;
}

export interface S3Request extends S3Question {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | undefined;
  /** Statuses besides 2xx that the caller takes as an answer. */
  readonly also?: readonly number[];
}

export type Condition = { readonly absent: true } | { readonly etag: string };

export type Put =
  | { readonly done: true; readonly etag: string }
  | { readonly done: false; readonly found: S3Object | undefined };

export interface S3Object {
  /** Names one version of the bytes; without quotes. */
  readonly etag: string;
  readonly size: number;
  /** Hex, as whoever put it told; undefined when that was not us. */
  readonly sha256: string | undefined;
}

export interface S3Listed extends Pick<S3Object, 'etag' | 'size'> {
  readonly key: string;
}

/** What one request may carry, and how long it may take on a slow line: ms, bytes. */
const LIMITS = { headers: 300_000, attempt: 600_000 };
const HASH_HEADER = 'x-amz-meta-sha256';

/** Finds the keys; makes no connection yet. */
export async function openS3Client(ctx: Context, place: S3Place, hears?: Hearing): Promise<S3Client> {
  const keys = await findAwsKeys(ctx);
  const outbound = await openOutbound(ctx, new URL(place.base.origin), {
    ...hears,
    what: `the bucket ${place.bucket}`,
    secretFrom: keys.from,
    secrets: [keys.secretAccessKey, ...(keys.sessionToken === undefined ? [] : [keys.sessionToken])],
    authorize: (request) => signS3(request, keys, place.region, ctx.clock.now()),
    connections: 8,
    limits: LIMITS,
  });
  return clientOver(outbound, place, (request) => ({ ...request, place, keys }));
}

type Tell = (question: S3Question) => Parameters<typeof refusalOf>[1];

function clientOver(outbound: Outbound, place: S3Place, tell: Tell): S3Client {
  const quirks: Quirks = { bare: false };
  const ask = ({ also = [], key, query = {}, ...request }: S3Request): Promise<ApiResponse> => {
    const { method, headers, body } = request;
    const pairs = Object.entries(query).map(([name, value]) => `${name}=${keyPath(value).replaceAll('/', '%2F')}`);
    const root = place.base.pathname.replace(/\/$/, '');
    const path = `${root}/${keyPath(key)}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
    const sent = { method, path, ...(headers && { headers }), ...(body && { body }) };
    return outbound.ask(sent, (response) => {
      if (response.status >= 200 && response.status < 300) return response;
      // Without the bucket nothing is an answer; with HEAD the store does not tell.
      if (also.includes(response.status) && wordsOf(response).code !== 'NoSuchBucket') return response;
      throw refusalOf(response, tell(request));
    });
  };
  const client: S3Client = {
    ask,
    put: (key, body, condition) => put(client, quirks, key, body, condition),
    head: async (key) => {
      const response = await ask({ ...LOOK, method: 'HEAD', key, also: [301, 400, 403, 404] });
      if (response.status === 404) return undefined;
      if (response.status < 300) return objectOf(response);
      // To HEAD the store does not say why.
      await ask({ ...LOOK, method: 'GET', key, headers: { range: 'bytes=0-0' } });
      throw serverError(`the store answers GET, and ${response.status} to HEAD`);
    },
    get: async (key, range) => {
      const headers = range && { range: `bytes=${range.from}-${range.to - 1}` };
      const response = await ask({ ...READ, method: 'GET', key, also: [404], ...(headers && { headers }) });
      return response.status === 404 ? undefined : response.body;
    },
    list: async function* (prefix) {
      for await (const page of pages(ask, { prefix })) yield* listedOn(page);
    },
    folders: async function* (prefix) {
      for await (const page of pages(ask, { prefix, delimiter: '/' }))
        for (const [, item = ''] of page.matchAll(/<CommonPrefixes>(.*?)<\/CommonPrefixes>/gs))
          yield textOf(item, 'Prefix').slice(prefix.length, -1);
    },
    remove: async (key) => {
      await ask({ what: 'delete objects', permission: 's3:DeleteObject', method: 'DELETE', key, also: [404] });
    },
    close: () => outbound.close(),
  };
  return client;
}

const LOOK: S3Question = { what: 'look at objects', permission: 's3:GetObject (and s3:ListBucket on the bucket)' };
const READ: S3Question = { what: 'read objects', permission: 's3:GetObject' };
export const WRITE: S3Question = { what: 'put objects', permission: 's3:PutObject' };
const LIST: S3Question = { what: 'list the bucket', permission: 's3:ListBucket' };

/** What was found out about a store while it was used. */
interface Quirks {
  /** It compares If-Match with the ETag without its quotes, as Ceph's gateway does, which no version with them equals. */
  bare: boolean;
}

function hashesOf(body: Uint8Array): { readonly md5: Buffer; readonly sha256: string } {
  return { md5: createHash('md5').update(body).digest(), sha256: createHash('sha256').update(body).digest('hex') };
}

async function put(client: S3Client, quirks: Quirks, key: string, body: Buffer, condition?: Condition): Promise<Put> {
  const { md5, sha256 } = hashesOf(body);
  // Where nothing is, there is nothing that If-Match could match: AWS says 404, others 412.
  const also = condition === undefined ? [] : [404, 412, 501];
  const common = { ...putHeaders(key, sha256), 'content-md5': md5.toString('base64') };
  const send = (extra: Readonly<Record<string, string>>) =>
    client.ask({ ...WRITE, method: 'PUT', key, body, also, headers: { ...common, ...extra } });
  let response = await send(headersFor(condition, quirks));
  if (isUnmet(response) && condition !== undefined) {
    const found = await client.head(key);
    // An answer that was lost on its way was a success after all.
    if (found?.sha256 === sha256 && found.size === body.length) return { done: true, etag: found.etag };
    if (quirks.bare || !('etag' in condition) || found?.etag !== condition.etag) return { done: false, found };
    response = await send(headersFor(condition, { bare: true }));
    if (isUnmet(response)) return { done: false, found: await client.head(key) };
    quirks.bare = true;
  }
  // Some stores refuse conditions that they do not know: then the caller's own looks before writing have to do.
  if (response.status === 501) return put(client, quirks, key, body);
  const etag = etagOf(response);
  // Where the store encrypts, an ETag is no MD5.
  if (etag === md5.toString('hex')) return { done: true, etag };
  const found = await client.head(key);
  if (found?.sha256 !== sha256 || found.size !== body.length) throw notTheSame(key);
  return { done: true, etag: found.etag };
}

function isUnmet({ status }: ApiResponse): boolean {
  return status === 404 || status === 412;
}

/** What an object is told to be when it is put. */
export function putHeaders(key: string, sha256: string): Readonly<Record<string, string>> {
  return { 'content-type': typeOf(key), [HASH_HEADER]: sha256 };
}

function headersFor(condition: Condition | undefined, { bare }: Quirks): Readonly<Record<string, string>> {
  if (condition === undefined) return {};
  if ('absent' in condition) return { 'if-none-match': '*' };
  return { 'if-match': bare ? condition.etag : `"${condition.etag}"` };
}

const TYPES: readonly (readonly [ending: string, type: string])[] = [
  ['.json', 'application/json'],
  ['.gz', 'application/gzip'],
  ['.parquet', 'application/vnd.apache.parquet'],
];

function typeOf(key: string): string {
  return TYPES.find(([ending]) => key.endsWith(ending))?.[1] ?? 'application/octet-stream';
}

function objectOf(response: ApiResponse): S3Object {
  const size = Number(headerOf(response, 'content-length') ?? Number.NaN);
  return { etag: etagOf(response), size, sha256: headerOf(response, HASH_HEADER) };
}

function etagOf(response: ApiResponse): string {
  return (headerOf(response, 'etag') ?? '').replace(/^W\/|"/g, '');
}

async function* pages(ask: S3Client['ask'], asked: Readonly<Record<string, string>>): AsyncGenerator<string, void> {
  let token: string | undefined;
  do {
    const more: Readonly<Record<string, string>> = token === undefined ? {} : { 'continuation-token': token };
    const query = { ...asked, ...more, 'encoding-type': 'url', 'list-type': '2' };
    const xml = (await ask({ ...LIST, method: 'GET', key: '', query })).body.toString('utf8');
    yield xml;
    const next = elementOf(xml, 'IsTruncated') === 'true' ? elementOf(xml, 'NextContinuationToken') : undefined;
    if (next !== undefined && next === token) throw serverError('the list of the bucket does not end');
    token = next;
  } while (token !== undefined);
}

function listedOn(page: string): readonly S3Listed[] {
  return [...page.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, item = '']) => ({
    key: textOf(item, 'Key'),
    etag: (elementOf(item, 'ETag') ?? '').replaceAll('"', ''),
    size: Number(elementOf(item, 'Size') ?? Number.NaN),
  }));
}

/** Keys are asked for as a URL spells them. */
function textOf(xml: string, name: string): string {
  return decodeURIComponent((elementOf(xml, name) ?? '').replaceAll('+', ' '));
}
