import { AuditlogError, EXIT, keyError, localError, serverError, usageError } from '../../errors.js';
import { badStatus, Fault } from '../../http/fault.js';
import { quotable, textOf } from '../../http/messages/server.js';
import { type ApiResponse, headerOf } from '../../http/send.js';
import { type FoundAwsKeys, keyHint } from './keys.js';
import type { S3Target } from './url.js';
import { elementOf } from './xml.js';

/** A request to a store, described for messages, and the name of the permission at AWS. */
export interface S3Question {
  readonly what: string;
  readonly permission: string;
}

/** What the message of an error needs. */
export interface S3About extends S3Question {
  readonly target: S3Target;
  readonly keys: Pick<FoundAwsKeys, 'accessKeyId' | 'from'>;
}

/** The code and the message of an error, as the store wrote them; '' without them, as in answers to HEAD. Untrusted text. */
export function wordsOf(response: Pick<ApiResponse, 'body' | 'scrub'>): {
  readonly code: string;
  readonly message: string;
} {
  const text = textOf(response);
  const part = (name: string, most: number) => quotable(response, elementOf(text, name) ?? '', most);
  return { code: part('Code', 100), message: part('Message', 300) };
}

/** Codes that are worth a retry, whatever their status. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const AGAIN: ReadonlySet<string> = new Set([
  'ConditionalRequestConflict',
  'InternalError',
  'OperationAborted',
  'RequestTimeout',
  'ServiceUnavailable',
  'SlowDown',
]);

/** The error for an answer that the caller does not accept: a `Fault` where a retry may help, otherwise an `AuditlogError` with a fix. */
export function refusalOf(response: ApiResponse, about: S3About): Fault | AuditlogError {
  const words = wordsOf(response);
  if (AGAIN.has(words.code)) return new Fault('reset', `the store answered ${words.code}`);
  if (response.status >= 500 || response.status === 429 || response.status === 408) return badStatus(response);
  const known = Object.hasOwn(BY_CODE, words.code) ? BY_CODE[words.code] : undefined;
  if (known !== undefined) return known(about, response);
  if (isElsewhere(response)) return elsewhere(about, response);
  if (response.status === 403 || response.status === 401) return denied(about, response);
  const said = [words.code, words.message].filter((part) => part !== '').join(': ');
  return serverError(
    `the store refused to ${about.what} (${response.status})${said === '' ? '' : `: ${said}`}`,
    'Does this address speak the protocol of S3? auditlog destination check asks step by step',
  );
}

const OVER: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'InvalidToken',
  'TokenRefreshRequired',
  'InvalidAccessKeyId',
]);

/** Whether an answer of 400 refuses the keys, as for a session that is over. An answer to HEAD does not say why. */
export function refusesKeys(response: ApiResponse): boolean {
  return response.status === 400 && (response.body.length === 0 || OVER.has(wordsOf(response).code));
}

const BY_CODE: Readonly<Record<string, (about: S3About, response: ApiResponse) => AuditlogError>> = {
  AccessDenied: denied,
  AllAccessDisabled: denied,
  AuthorizationHeaderMalformed: elsewhere,
  PermanentRedirect: elsewhere,
  TemporaryRedirect: elsewhere,
  IllegalLocationConstraintException: elsewhere,
  ExpiredToken: expired,
  TokenRefreshRequired: expired,
  InvalidToken: ({ keys }) =>
    keyError(
      `the store does not know the session token beside the keys from ${keys.from}`,
      'AWS_SESSION_TOKEN belongs to one pair of keys',
    ),
  InvalidAccessKeyId: ({ keys, target }) =>
    keyError(
      `the store does not know the access key ${keyHint(keys)} from ${keys.from}`,
      `Is it a key of ${target.base.host}? Keys that were given for a time need AWS_SESSION_TOKEN too`,
    ),
  SignatureDoesNotMatch: ({ keys }) =>
    keyError(
      `the secret key beside ${keyHint(keys)} from ${keys.from} is not the right one (SignatureDoesNotMatch)`,
      'Was it copied whole? A proxy that rewrites headers would have the same effect',
    ),
  RequestTimeTooSkewed: skewed,
  RequestExpired: skewed,
  NoSuchBucket: ({ target }) =>
    usageError(
      `bucket ${target.bucket} does not exist at ${target.base.host} (NoSuchBucket)`,
      'It is not made for you. Check its name, its region and the endpoint',
    ),
  QuotaExceeded: ({ target }) => serverError(`the quota of the bucket ${target.bucket} is used up (QuotaExceeded)`),
  InvalidObjectState: ({ what }) =>
    serverError(
      `the store refused to ${what}: the object is archived (InvalidObjectState)`,
      'Restore it in the store first',
    ),
};

function expired({ keys }: S3About, response: ApiResponse): AuditlogError {
  const message = `the session of the keys from ${keys.from} is over (${wordsOf(response).code})`;
  return keyError(message, 'Get new ones, then run the same command again');
}

function denied({ target, keys, what, permission }: S3About, response: ApiResponse): AuditlogError {
  const { code } = wordsOf(response);
  return keyError(
    `the access key ${keyHint(keys)} from ${keys.from} may not ${what} (${response.status}${code === '' ? '' : ` ${code}`})`,
    `It needs ${permission} on arn:aws:s3:::${target.bucket}${permission === 's3:ListBucket' ? '' : `/${target.prefix}*`}`,
  );
}

function isElsewhere(response: ApiResponse): boolean {
  return (
    (response.status >= 300 && response.status < 400) || (response.status === 400 && regionOf(response) !== undefined)
  );
}

/** Redirects are not followed: the signature contains the region, and the right address belongs in the definition. */
function elsewhere({ target }: S3About, response: ApiResponse): AuditlogError {
  const region = regionOf(response);
  if (region !== undefined && region !== target.region)
    return usageError(
      `the bucket ${target.bucket} is in the region ${region}, not in ${target.region} (${response.status})`,
      `Name it: ?region=${region}, or AWS_REGION=${region}`,
    );
  const endpoint = elementOf(textOf(response), 'Endpoint');
  return usageError(
    `the bucket ${target.bucket} is at another address (${response.status})${endpoint === undefined ? '' : `: ${endpoint}`}`,
    'Name its region with ?region= and its endpoint with ?endpoint=. Redirects are never followed',
  );
}

function regionOf(response: ApiResponse): string | undefined {
  const named = headerOf(response, 'x-amz-bucket-region') ?? elementOf(textOf(response), 'Region');
  return named !== undefined && /^[a-z0-9-]{1,63}$/i.test(named) ? named : undefined;
}

function skewed(_: S3About, response: ApiResponse): AuditlogError {
  const said = Date.parse(elementOf(response.body.toString('utf8'), 'ServerTime') ?? headerOf(response, 'date') ?? '');
  const off = Math.round((response.receivedAt - said) / 60_000);
  const how = Number.isNaN(off) ? 'is wrong' : `is ${Math.abs(off)} min ${off > 0 ? 'ahead of' : 'behind'} the store's`;
  return localError(
    `the clock of this machine ${how}: the store takes no request that is more than 15 min off (RequestTimeTooSkewed)`,
    'Set the clock, such as with timedatectl set-ntp true',
  );
}

/** The error for a store that returns something else than it was given. */
export function notTheSame(key: string): AuditlogError {
  return new AuditlogError(
    `object ${key} differs from what was just stored`,
    EXIT.server,
    'Run the same command again; if it fails again, do not trust this store',
  );
}
