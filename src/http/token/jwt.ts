import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { type AuditlogError, keyError } from '../../errors.js';

/** What a service account signs. Times in epoch ms. */
export interface Claims {
  readonly audience: string;
  readonly scope: string | undefined;
  readonly subject: string | undefined;
  readonly now: number;
}

/** The parts of the JSON file of a service account that are used. */
export interface ServiceAccount {
  readonly email: string;
  readonly privateKey: string;
  readonly keyId: string | undefined;
  /** For messages. */
  readonly from: string;
}

/** How long a signature may be used, in seconds: the longest that Google takes. */
const LIFE = 3600;
/** Signed a little earlier, in seconds, as the vendor's clock may be behind ours. */
const EARLIER = 30;

/** A JWT that is signed by a service account with RS256. Throws a `keyError` for a private key that cannot sign. */
export function signedJwt({ email, privateKey, keyId, from }: ServiceAccount, claims: Claims): string {
  const { audience, scope, subject, now } = claims;
  const issued = Math.floor(now / 1000) - EARLIER;
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) };
  const body = {
    iss: email,
    ...(subject === undefined ? {} : { sub: subject }),
    ...(scope === undefined ? {} : { scope }),
    aud: audience,
    iat: issued,
    exp: issued + LIFE,
  };
  const text = [header, body].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${sign('sha256', Buffer.from(text), readKey(privateKey, from)).toString('base64url')}`;
}

function readKey(pem: string, from: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // Why is not repeated: the reason could quote the key.
    throw unusable(from, 'private_key in the JSON of the service account cannot be read');
  }
  if (key.asymmetricKeyType !== 'rsa')
    throw unusable(from, 'private_key in the JSON of the service account is not of RSA');
  return key;
}

function unusable(from: string, why: string): AuditlogError {
  return keyError(
    `the API key from ${from} cannot be used: ${why}`,
    'Make a new key of the account, and save its file: auditlog auth login --with-token < account.json',
  );
}
