import { basicText, filler, formEncoded, jsonObject, type TokenWay } from '../../providers/auth.js';
import { signedJwt } from './jwt.js';

/** The part of a request for a token that depends on the grant. */
export interface TokenRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Texts made for it that no output may contain. */
  readonly secrets: readonly string[];
}

/** The inputs of a token request. */
export interface TokenKey {
  readonly parts: ReadonlyMap<string, string>;
  /** For messages. */
  readonly from: string;
  /** The vendor's clock, epoch ms. */
  readonly now: number;
}

/** The request for a token. Throws a `keyError` for a key that cannot sign. */
export function tokenRequest(token: TokenWay, key: TokenKey): TokenRequest {
  if (token.grant === 'login') return loginRequest(token.body, key);
  if (token.grant === 'jwt') return jwtRequest(token, key);
  const { parts } = key;
  const part = (name: string): string => parts.get(name) ?? '';
  const client = { client_id: part('client-id'), client_secret: part('client-secret') };
  const fields = {
    ...token.extra,
    ...(token.scope === undefined ? {} : { scope: token.scope }),
    ...(token.audience === undefined ? {} : { audience: token.audience }),
    ...(token.grant === 'account_credentials' ? { account_id: part('account-id') } : {}),
    ...(token.grant === 'refresh_token' ? { refresh_token: part('refresh-token') } : {}),
    grant_type: token.grant,
  };
  if (token.client === 'json') return inJson({ ...fields, ...client });
  if (token.client === 'body') return inForm({ ...fields, ...client });
  // RFC 6749, 2.3.1: both are form-encoded before they are joined.
  const basic = basicText(formEncoded(client.client_id), formEncoded(client.client_secret));
  const { headers, body } = inForm(fields);
  return { headers: { ...headers, authorization: `Basic ${basic}` }, body, secrets: [basic] };
}

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

function jwtRequest(token: Extract<TokenWay, { grant: 'jwt' }>, { parts, from, now }: TokenKey): TokenRequest {
  const account = jsonObject(parts.get('key') ?? '') ?? {};
  const text = (name: string): string => (typeof account[name] === 'string' ? account[name] : '');
  const assertion = signedJwt(
    {
      email: text('client_email'),
      privateKey: text('private_key'),
      keyId: text('private_key_id') || undefined,
      from,
    },
    { audience: token.audience ?? token.url, scope: token.scope, subject: token.subject, now },
  );
  return { ...inForm({ grant_type: JWT_BEARER, assertion }), secrets: [assertion] };
}

function loginRequest(body: Readonly<Record<string, string>>, { parts }: TokenKey): TokenRequest {
  const fill = filler(parts);
  return inJson(Object.fromEntries(Object.entries(body).map(([name, value]) => [name, fill(value)])));
}

function inForm(fields: Readonly<Record<string, string>>): TokenRequest {
  const body = Buffer.from(new URLSearchParams(fields).toString());
  return { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body, secrets: [] };
}

function inJson(fields: Readonly<Record<string, string>>): TokenRequest {
  return { headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(fields)), secrets: [] };
}
