import type { Context } from '../../context.js';
import { usageError } from '../../errors.js';
import { refuseUnprotected } from '../shared/url.js';

/** A bucket and a prefix in a store with the protocol of S3. */
export interface S3Target {
  readonly bucket: string;
  /** The beginning of all keys: '' or `some/folder/`. */
  readonly prefix: string;
  /** The URL of the bucket. Keys follow after a slash. */
  readonly base: URL;
  readonly region: string;
  /** The account in a data lake; undefined: not a data lake. */
  readonly account: string | undefined;
  /** The whole address, including the parts from the environment, as in a collector's definition. Never contains a secret. */
  readonly shown: string;
}

export const S3_FORM = 's3://BUCKET/PREFIX?region=REGION&endpoint=URL';
const PARAMETERS = ['account', 'endpoint', 'region'];
const SECRETS_GO =
  'Keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from ~/.aws/credentials and AWS_PROFILE';

/** Reads an address; `AWS_ENDPOINT_URL_S3`, `AWS_REGION` and their like supply the rest. Throws a usage error, which never repeats a possible secret. */
export function parseS3Url(text: string, env: Context['env']): S3Target {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 's3:') throw usageError('invalid address: expected that of a bucket', `Example: ${S3_FORM}`);
  if (url.username !== '' || url.password !== '')
    throw usageError('an address must not contain a key: addresses are saved and shown', SECRETS_GO);
  if (url.port !== '' || url.hash !== '')
    throw usageError('invalid address: expected that of a bucket', `Example: ${S3_FORM}`);
  for (const name of url.searchParams.keys())
    if (!PARAMETERS.includes(name))
      throw usageError(
        `unknown parameter of an s3:// address: ${JSON.stringify(name)}`,
        `Example: ${S3_FORM}\n${SECRETS_GO}`,
      );
  const bucket = url.hostname;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$/.test(bucket))
    throw usageError(`invalid name of a bucket: ${JSON.stringify(bucket)}`, `Example: ${S3_FORM}`);
  const prefix = parsePrefix(url.pathname);
  const endpoint = parseEndpoint(url.searchParams.get('endpoint') ?? fromEnv(env, ENDPOINTS));
  const region = url.searchParams.get('region') ?? fromEnv(env, REGIONS) ?? (endpoint && 'us-east-1');
  if (region === undefined)
    throw usageError(
      'missing region of the bucket',
      `Name it: s3://${bucket}/${prefix.slice(0, -1)}?region=eu-central-1, or AWS_REGION`,
    );
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/i.test(region)) throw usageError('invalid name of a region', 'Example: eu-central-1');
  const account = url.searchParams.get('account') ?? undefined;
  if (account !== undefined && !/^\d{12}$/.test(account))
    throw usageError('invalid number of an AWS account', 'It has twelve digits, such as account=123456789012');
  const query = [
    ...(endpoint === undefined ? [] : [`endpoint=${endpoint.href.replace(/\/$/, '')}`]),
    `region=${region}`,
    ...(account === undefined ? [] : [`account=${account}`]),
  ];
  return {
    bucket,
    prefix,
    base: endpoint === undefined ? awsBase(bucket, region) : inPath(endpoint, bucket),
    region,
    account,
    shown: `s3://${bucket}${prefix === '' ? '' : `/${prefix.slice(0, -1)}`}?${query.join('&')}`,
  };
}

const ENDPOINTS = ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'];
const REGIONS = ['AWS_REGION', 'AWS_DEFAULT_REGION'];

function fromEnv(env: Context['env'], names: readonly string[]): string | undefined {
  return names.map((name) => env[name]?.trim()).find((value) => value !== undefined && value !== '');
}

/** Allows only characters that mean the same in a key, a URL and a pattern of a query engine. */
function parsePrefix(pathname: string): string {
  const parts = pathname.split('/').filter((part, at, all) => part !== '' || (at !== 0 && at !== all.length - 1));
  const odd = parts.find((part) => !/^[A-Za-z0-9._=@-]+$/.test(part) || part === '.' || part === '..');
  if (odd !== undefined)
    throw usageError(
      `${JSON.stringify(odd)} cannot be part of a prefix here`,
      'A prefix has letters, digits and . _ - = @ between single slashes',
    );
  return parts.length === 0 ? '' : `${parts.join('/')}/`;
}

function parseEndpoint(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '')
    throw usageError('invalid endpoint: expected a web address', 'Example: endpoint=https://s3.example.com');
  if (url.username !== '' || url.password !== '') throw usageError('an endpoint must not contain a key', SECRETS_GO);
  refuseUnprotected(url, 'http', 'Use https; http is only for this machine');
  return url;
}

/** AWS has the bucket in the host name, but its certificate covers no names with dots. */
function awsBase(bucket: string, region: string): URL {
  const host = `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  return bucket.includes('.') ? new URL(`https://${host}/${bucket}`) : new URL(`https://${bucket}.${host}`);
}

function inPath(endpoint: URL, bucket: string): URL {
  return new URL(`${endpoint.href.replace(/\/$/, '')}/${bucket}`);
}
