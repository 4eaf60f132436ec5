import { createHash } from 'node:crypto';

/** Keys of AWS, or of a store that speaks its protocol. Secret, except `accessKeyId`, which is a name. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of keys that were given for a time. */
  readonly sessionToken: string | undefined;
}

export interface Unsigned {
  /** Default: GET. */
  readonly method?: string | undefined;
  /** Its path as `keyPath` spells it. */
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | undefined;
}

/**
 * The headers of a request to S3, those that sign it among them (AWS Signature Version 4). The hash of the body is signed too, so a store that
 * takes the request has got these very bytes. `now` is in epoch ms: a store takes no signature that is 15 minutes away from its own clock.
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
    headers: { ...request.headers, 'x-amz-content-sha256': sha256Hex(request.body ?? '') },
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    service: 's3',
    region,
    datetime: new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, ''),
  });
  return Object.fromEntries((await signer.sign()).headers);
}

/** A key, or a part of a query, as a signature spells it. Slashes stay. */
export function keyPath(key: string): string {
  const hex = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(key)
    .replace(/[!'()*]/g, hex)
    .replaceAll('%2F', '/');
}

function sha256Hex(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
