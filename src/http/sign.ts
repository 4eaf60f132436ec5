import { createHash } from 'node:crypto';

/** Keys of AWS, or of a store that speaks its protocol. Secret, except `accessKeyId`, which is a name. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of keys that were given for a time. */
  readonly sessionToken: string | undefined;
}

export interface Unsigned {
  readonly method: string;
  /** Path and query are sent as they are signed: see `Signed.path`. */
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
}

export interface Signed {
  /** Path and query in the one spelling that the signature is about. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Signs a request to S3 (AWS Signature Version 4). The hash of the body is signed too, so a store that takes the request has got these very
 * bytes. `now` is in epoch ms: a store takes no signature that is 15 minutes away from its own clock.
 */
export async function signS3(request: Unsigned, keys: AwsKeys, region: string, now: number): Promise<Signed> {
  const { AwsV4Signer } = await import('aws4fetch');
  const { accessKeyId, secretAccessKey, sessionToken } = keys;
  const signer = new AwsV4Signer({
    method: request.method,
    url: request.url.href,
    headers: { ...request.headers, 'x-amz-content-sha256': sha256Hex(request.body ?? '') },
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    service: 's3',
    region,
    datetime: new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, ''),
  });
  const { headers } = await signer.sign();
  const query = signer.encodedSearch;
  return { path: `${signer.encodedPath}${query === '' ? '' : `?${query}`}`, headers: Object.fromEntries(headers) };
}

function sha256Hex(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
