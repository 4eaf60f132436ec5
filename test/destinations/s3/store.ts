import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Context } from '../../../src/context.js';
import { signS3 } from '../../../src/http/sign.js';
import { type Request, startUnreliable, type Unreliable } from '../unreliable.js';

/** A small store of objects on a real socket. Checks signatures and hashes, and answers as AWS documents S3. */
export interface Store extends Unreliable {
  readonly endpoint: string;
  readonly objects: Map<string, { readonly body: Buffer; readonly sha256: string | undefined }>;
  /** `PUT key`, in the order of the requests. */
  readonly asked: string[];
  /** What happens to a request instead of its answer: another answer, `cut` before it is done, `lost` after it is done. */
  fault: ((method: string, key: string) => Answer | 'cut' | 'lost' | undefined) | undefined;
  /** Changes an answer on its way. */
  alter: ((method: string, key: string, answer: Whole) => Whole) | undefined;
  /** Names on a page of a list. */
  pageSize: number;
  conditions: 'honoured' | 'bare' | 'ignored' | 'refused';
  /** Whether its ETags are not MD5s, as where a store encrypts. */
  encrypts: boolean;
  /** Ms that its clock is ahead of ours. */
  ahead: number;
}

export interface Answer {
  readonly status: number;
  readonly code?: string;
  readonly more?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const BUCKET = 'lake';
export const ACCESS_KEY = 'AKEXAMPLE';
export const SECRET_KEY = 'SECRET-of-the-store';
const KEYS = { accessKeyId: ACCESS_KEY, secretAccessKey: SECRET_KEY, sessionToken: undefined };

export async function openStore(): Promise<Store> {
  const uploads: Uploads = new Map();
  const unreliable = await startUnreliable(async (request) => {
    const asked = askedBy(request);
    const whole = (await refusal(store, asked)) ?? answerTo(store, uploads, asked);
    const answer = store.alter?.(asked.method, asked.key, whole) ?? whole;
    const date = new Date(Date.now() + store.ahead).toUTCString();
    return { ...answer, headers: { date, ...answer.headers } };
  });
  const store: Store = Object.assign(unreliable, {
    endpoint: `http://${unreliable.host}`,
    objects: new Map(),
    asked: [],
    fault: undefined,
    alter: undefined,
    pageSize: 2,
    conditions: 'honoured' as const,
    encrypts: false,
    ahead: 0,
  });
  store.mishap = (_, request) => {
    const { method, key, url } = askedBy(request);
    store.asked.push(`${method} ${key}${url.search}`);
    const fault = store.fault?.(method, key);
    if (fault === 'cut') return 'cut-before';
    if (fault === 'lost') return 'cut-after';
    return fault && { ...fault, body: errorOf(fault.code ?? '', fault.more) };
  };
  return store;
}

type Uploads = Map<string, { readonly sha256: string | undefined; readonly parts: Buffer[] }>;

function askedBy({ method, path, headers, body }: Request): Asked {
  const url = new URL(path, `http://${headers.host}`);
  const key = decodeURIComponent(url.pathname).replace(`/${BUCKET}`, '').replace(/^\//, '');
  return { method, key, url, body, headers };
}

export interface Whole extends Answer {
  readonly body: Buffer;
}

function errorOf(code: string, more = ''): Buffer {
  return Buffer.from(
    code === ''
      ? ''
      : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>said by the store</Message>${more}</Error>`,
  );
}

const refused = (status: number, code: string): Whole => ({ status, body: errorOf(code) });

async function refusal(store: Store, { method, url, body, headers }: Asked): Promise<Whole | undefined> {
  const { authorization = '', 'x-amz-date': date = '', host: _, ...others } = headers as Record<string, string>;
  const names = /SignedHeaders=([^,]*)/.exec(authorization)?.[1]?.split(';') ?? [];
  if (!authorization.includes(`Credential=${ACCESS_KEY}/`)) return refused(403, 'InvalidAccessKeyId');
  const signed = Object.fromEntries(Object.entries(others).filter(([name]) => names.includes(name)));
  const at = Date.parse(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const expected = await signS3({ method, url, headers: signed, body }, KEYS, 'us-east-1', at);
  if (expected.authorization !== authorization) return refused(403, 'SignatureDoesNotMatch');
  const md5 = headers['content-md5'];
  if (md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64')) return refused(400, 'BadDigest');
  if (Math.abs(Date.now() + store.ahead - at) > 900_000) return refused(403, 'RequestTimeTooSkewed');
  if (!url.pathname.startsWith(`/${BUCKET}`)) return refused(404, 'NoSuchBucket');
  return undefined;
}

interface Asked {
  readonly method: string;
  readonly key: string;
  readonly url: URL;
  readonly body: Buffer;
  readonly headers: IncomingMessage['headers'];
}

function answerTo(store: Store, uploads: Uploads, asked: Asked): Whole {
  const { method, key, url, body } = asked;
  const sha256 = asked.headers['x-amz-meta-sha256'] as string | undefined;
  const uploadId = url.searchParams.get('uploadId');
  if (method === 'POST' && url.searchParams.has('uploads')) {
    const id = `upload ${uploads.size}/+`;
    uploads.set(id, { sha256, parts: [] });
    return { status: 200, body: Buffer.from(`<UploadId>${id}</UploadId>`) };
  }
  if (uploadId !== null) return answerToUpload(store, uploads, asked, uploadId);
  if (key === '') return listOf(store, url);
  const there = store.objects.get(key);
  if (method === 'PUT') {
    const failed = conditionFault(store, asked);
    if (failed !== undefined) return failed;
    store.objects.set(key, { body, sha256 });
    return { status: 200, headers: { etag: `"${etagOf(store, body)}"` }, body: Buffer.alloc(0) };
  }
  if (method === 'DELETE') {
    store.objects.delete(key);
    return { status: 204, body: Buffer.alloc(0) };
  }
  if (there === undefined) return refused(404, method === 'HEAD' ? '' : 'NoSuchKey');
  const headers = {
    etag: `"${etagOf(store, there.body)}"`,
    ...(there.sha256 && { 'x-amz-meta-sha256': there.sha256 }),
  };
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(asked.headers.range ?? '') ?? [];
  if (from !== undefined) {
    const body = there.body.subarray(Number(from), Number(to) + 1);
    const range = { 'content-range': `bytes ${from}-${Number(from) + body.length - 1}/${there.body.length}` };
    return { status: 206, headers: { ...headers, ...range }, body };
  }
  return { status: 200, headers: { ...headers, 'content-length': String(there.body.length) }, body: there.body };
}

function answerToUpload(store: Store, uploads: Uploads, { method, key, url, body }: Asked, id: string): Whole {
  const upload = uploads.get(id);
  if (upload === undefined) return refused(404, 'NoSuchUpload');
  if (method === 'PUT') {
    upload.parts[Number(url.searchParams.get('partNumber')) - 1] = body;
    return { status: 200, headers: { etag: `"${etagOf(store, body)}"` }, body: Buffer.alloc(0) };
  }
  uploads.delete(id);
  if (method === 'DELETE') return { status: 204, body: Buffer.alloc(0) };
  store.objects.set(key, { body: Buffer.concat(upload.parts), sha256: upload.sha256 });
  return { status: 200, body: Buffer.from('<CompleteMultipartUploadResult/>') };
}

export function etagOf({ encrypts }: Pick<Store, 'encrypts'>, body: Buffer): string {
  return encrypts ? `${createHash('sha1').update(body).digest('hex')}-1` : createHash('md5').update(body).digest('hex');
}

function conditionFault(store: Store, { key, headers }: Asked): Whole | undefined {
  const { 'if-none-match': absent, 'if-match': match } = headers;
  if (store.conditions === 'ignored' || (absent === undefined && match === undefined)) return undefined;
  if (store.conditions === 'refused') return refused(501, 'NotImplemented');
  const there = store.objects.get(key);
  const etag = there === undefined ? undefined : etagOf(store, there.body);
  if (absent !== undefined) return etag === undefined ? undefined : refused(412, 'PreconditionFailed');
  return match === (store.conditions === 'bare' ? etag : `"${etag}"`) ? undefined : refused(412, 'PreconditionFailed');
}

/** Few keys a page, so that lists have several pages. */
function listOf(store: Store, url: URL): Whole {
  const prefix = url.searchParams.get('prefix') ?? '';
  const after = url.searchParams.get('continuation-token') ?? '';
  const delimiter = url.searchParams.get('delimiter');
  const found = [...store.objects.keys()].filter((key) => key.startsWith(prefix));
  const end = (key: string) => (delimiter === null ? -1 : key.indexOf(delimiter, prefix.length));
  const names = new Set(found.map((key) => (end(key) < 0 ? key : key.slice(0, end(key) + 1))));
  const left = [...names].sort().filter((name) => name > after);
  const items = left.slice(0, store.pageSize).map((name) => {
    const object = store.objects.get(name);
    if (object === undefined) return `<CommonPrefixes><Prefix>${encodeURIComponent(name)}</Prefix></CommonPrefixes>`;
    const etag = etagOf(store, object.body);
    return `<Contents><Key>${encodeURIComponent(name)}</Key><ETag>&quot;${etag}&quot;</ETag><Size>${object.body.length}</Size></Contents>`;
  });
  const isMore = left.length > store.pageSize;
  const last = left[store.pageSize - 1];
  const next = isMore ? `<NextContinuationToken>${last}</NextContinuationToken>` : '';
  const facts = `<KeyCount>${items.length}</KeyCount><IsTruncated>${isMore}</IsTruncated>${next}`;
  return {
    status: 200,
    body: Buffer.from(`<ListBucketResult>${facts}${items.join('')}</ListBucketResult>`),
  };
}

/** The world that talking to the store needs. Waits take no time. */
export function worldOf(
  home: string,
  env: Readonly<Record<string, string>> = {},
): Context & { readonly secrets: string[] } {
  const secrets: string[] = [];
  let slept = 0;
  const port = { isTTY: false, columns: () => 0, rows: () => 0, write: async () => {} };
  return {
    env: { AWS_ACCESS_KEY_ID: ACCESS_KEY, AWS_SECRET_ACCESS_KEY: SECRET_KEY, ...env },
    cwd: home,
    home,
    tmp: home,
    platform: process.platform,
    pid: process.pid,
    uid: process.getuid?.(),
    nodeVersion: process.version,
    isRunning: () => true,
    stdin: {
      isTTY: false,
      readAll: async () => Buffer.alloc(0),
      chunks: async function* () {},
      readHidden: async () => '',
      readShown: async () => '',
    },
    stdout: port,
    stderr: port,
    clock: {
      now: () => Date.now(),
      monotonic: () => performance.now() + slept,
      sleep: async (ms) => {
        slept += ms;
      },
    },
    random: () => 0,
    signal: new AbortController().signal,
    keepSecret: (secret) => secrets.push(secret),
    secrets,
  };
}
