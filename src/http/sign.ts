import { createHash } from 'node:crypto';

/** Keys of AWS, or of another S3 store. Secret, except `accessKeyId`. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary keys. */
  readonly sessionToken: string | undefined;
}

export interface Unsigned {
  /** Default: GET. */
  readonly method?: string | undefined;
  /** Its path is spelled by `keyPath`. */
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | undefined;
}

/**
 * The headers of a request to S3, with those that sign it (AWS Signature Version 4). They sign the hash of the body, too: a store that accepts
 * the request has received these bytes. `now` is in epoch ms: stores reject signatures more than 15 minutes away from their clock.
 */
export async function signS3(
  request: Unsigned,
  keys: AwsKeys,
  region: string,
  now: number,
): Promise<Readonly<Record<string, string>>> {
  const { AwsV4Signer } = await import('aws4fetch');
  const { accessKeyId, secretAccessKey, sessionToken } = keys;
  const signer = new AwsV4Signer({
    method: request.method ?? 'GET',
    url: request.url.href,
    headers: {
      ...request.headers,
      'x-amz-content-sha256': createHash('sha256')
        .update(request.body ?? '')
        .digest('hex'),
    },
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    service: 's3',
    region,
    datetime: new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, ''),
  });
  return Object.fromEntries((await signer.sign()).headers);
}

/** A key, or a part of a query, as signatures spell it. Slashes stay. */
export function keyPath(key: string): string {
  const hex = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(key)
    .replace(/[!'()*]/g, hex)
    .replaceAll('%2F', '/');
}
