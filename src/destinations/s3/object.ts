import { type ApiResponse, headerOf } from '../../http/send.js';

/** Only where there is no object, or only over this version of one. */
export type Condition = { readonly absent: true } | { readonly etag: string };

/** The result of a put: done, or the object that is there instead. */
export type Put =
  | { readonly done: true; readonly etag: string }
  | { readonly done: false; readonly found: S3Object | undefined };

export interface S3Object {
  /** Names one version of the bytes. Without quotes. */
  readonly etag: string;
  readonly size: number;
  /** Hex, from the metadata that we put with it; undefined for objects of others. */
  readonly sha256: string | undefined;
}

export interface S3Listed extends Pick<S3Object, 'etag' | 'size'> {
  readonly key: string;
}

const HASH_HEADER = 'x-amz-meta-sha256';

/** The type and the hash that are stored with an object. */
export function putHeaders(key: string, sha256: string): Readonly<Record<string, string>> {
  const type = TYPES.find(([ending]) => key.endsWith(ending))?.[1] ?? 'application/octet-stream';
  return { 'content-type': type, [HASH_HEADER]: sha256 };
}

/** The condition of a put. `bare`: with the ETag unquoted. */
export function conditionHeaders(condition: Condition | undefined, bare: boolean): Readonly<Record<string, string>> {
  if (condition === undefined) return {};
  if ('absent' in condition) return { 'if-none-match': '*' };
  return { 'if-match': bare ? condition.etag : `"${condition.etag}"` };
}

const TYPES: readonly (readonly [ending: string, type: string])[] = [
  ['.json', 'application/json'],
  ['.gz', 'application/gzip'],
  ['.parquet', 'application/vnd.apache.parquet'],
];

export function objectOf(response: ApiResponse): S3Object {
  const size = Number(headerOf(response, 'content-length') ?? Number.NaN);
  return { etag: etagOf(response), size, sha256: headerOf(response, HASH_HEADER) };
}

export function etagOf(response: ApiResponse): string {
  return (headerOf(response, 'etag') ?? '').replace(/^W\/|"/g, '');
}
