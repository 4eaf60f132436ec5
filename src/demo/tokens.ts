import { createPublicKey, verify } from 'node:crypto';
import {
  basicText,
  filler,
  formEncoded,
  jsonObject,
  keyParts,
  type ProviderAuth,
  signedHeaders,
  type TokenWay,
} from '../providers/auth.js';
import type { Provider } from '../providers/provider.js';
import { hash } from './random.js';
import { type EntryDraft, putAt } from './tell/places.js';
import type { WireAnswer, WireRequest } from './wire.js';

/** Makes tokens, and recognizes them. */
export interface TokenDesk {
  /** The answer to a request for a token; undefined for any other request. */
  answer(request: WireRequest, now: number): WireAnswer | undefined;
  /** Whether a request carries a valid token. */
  isSigned(headers: WireRequest['headers'], now: number): boolean;
}

/** The lifetime of a token, in seconds. */
const LIFE = 3600;

/** The token desk of a vendor whose keys are exchanged for tokens; undefined if the key itself is sent. `life`: of a token, in seconds. */
export function openTokens(provider: Provider, key: string, life?: number): TokenDesk | undefined {
  const { auth } = provider;
  if (auth.type !== 'token') return undefined;
  const { token } = auth;
  const lasts = life ?? token.lasts ?? LIFE;
  const ends = new Map<string, number>();
  const paths = tokenPaths(provider, token);
  return {
    answer: (request, now) => {
      if (!paths.includes(pathOf(request.target))) return undefined;
      const wrong = request.method === 'POST' ? faultOf(auth, token, key, request) : 'only POST is answered here';
      if (wrong !== undefined) return json(wrong.startsWith('invalid_client') ? 401 : 400, { error: wrong });
      const made = `demo_token_${ends.size}_${hash(ends.size, Math.floor(now)).toString(36)}`;
      ends.set(made, now + lasts * 1000);
      const body: EntryDraft = { token_type: 'Bearer' };
      putAt(body, token.at ?? 'access_token', made);
      putAt(body, token.expiresAt ?? 'expires_in', lasts);
      return json(200, body);
    },
    isSigned: (headers, now) =>
      [...ends].some(
        ([made, end]) =>
          end > now && Object.entries(signedHeaders(auth, key, made)).every(([name, value]) => headers[name] === value),
      ),
  };
}

/** The path where tokens are made: of the file's address, or below the base if that has the same origin. */
function tokenPaths({ base }: Provider, { url }: TokenWay): readonly string[] {
  const whole = url.replace(/^https?:\/\/[^/]*/, '') || '/';
  const above = base?.replace(/^https?:\/\/[^/]*/, '').replace(/\/$/, '') ?? '';
  return above !== '' && whole.startsWith(`${above}/`) ? [whole, whole.slice(above.length)] : [whole];
}

/** Why a request gets no token; undefined if it gets one. */
function faultOf(auth: ProviderAuth, token: TokenWay, key: string, request: WireRequest): string | undefined {
  const sent = fieldsOf(request);
  if (token.grant === 'login') {
    const fill = filler(keyParts(auth, key));
    const wrong = Object.entries(token.body).find(([name, text]) => sent.get(name) !== fill(text));
    return wrong === undefined ? undefined : `invalid_client: ${wrong[0]}`;
  }
  if (token.grant === 'jwt') return faultOfJwt(token, key, sent);
  const parts = keyParts(auth, key);
  const named: Record<string, string | undefined> = {
    grant_type: token.grant,
    scope: token.scope,
    audience: token.audience,
    ...token.extra,
    refresh_token: token.grant === 'refresh_token' ? parts.get('refresh-token') : undefined,
    account_id: token.grant === 'account_credentials' ? parts.get('account-id') : undefined,
  };
  const wrong = Object.entries(named).find(([name, value]) => value !== undefined && sent.get(name) !== value);
  if (wrong !== undefined) return `invalid_request: ${wrong[0]}`;
  const [id = '', secret = ''] = [parts.get('client-id'), parts.get('client-secret')];
  if (token.client === 'header') {
    const given = request.headers.authorization;
    const spelt = [basicText(id, secret), basicText(formEncoded(id), formEncoded(secret))];
    return spelt.some((text) => given === `Basic ${text}`) ? undefined : 'invalid_client';
  }
  const isForm = !/^application\/json\b/.test(request.headers['content-type'] ?? '');
  if (isForm !== (token.client === 'body')) return 'invalid_request: content-type';
  return sent.get('client_id') === id && sent.get('client_secret') === secret ? undefined : 'invalid_client';
}

/** The fields of a form, a JSON body and the query. */
function fieldsOf({ target, headers, body = '' }: WireRequest): ReadonlyMap<string, string> {
  const query = [...new URL(target, 'http://localhost').searchParams];
  if (!/^application\/json\b/.test(headers['content-type'] ?? ''))
    return new Map([...query, ...new URLSearchParams(body)]);
  return new Map([
    ...query,
    ...Object.entries(jsonObject(body) ?? {}).map(([k, v]): [string, string] => [k, String(v)]),
  ]);
}

const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

function faultOfJwt(
  { audience, url, scope, subject }: Extract<TokenWay, { grant: 'jwt' }>,
  key: string,
  sent: ReadonlyMap<string, string>,
): string | undefined {
  if (sent.get('grant_type') !== JWT_GRANT) return 'invalid_request: grant_type';
  const [head = '', claims = '', signature = ''] = sent.get('assertion')?.split('.') ?? [];
  const account = jsonObject(key) ?? {};
  const publicKey = createPublicKey(String(account.private_key));
  const isOurs = verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, 'base64url'));
  if (!isOurs) return 'invalid_client: signature';
  const read = jsonObject(Buffer.from(claims, 'base64url').toString('utf8')) ?? {};
  const wanted = { iss: account.client_email, aud: audience ?? url, scope, sub: subject };
  const wrong = Object.entries(wanted).find(([name, value]) => value !== undefined && read[name] !== value);
  return wrong === undefined ? undefined : `invalid_client: ${wrong[0]}`;
}

function pathOf(target: string): string {
  return target.replace(/\?.*$/s, '');
}

function json(status: number, body: unknown): WireAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
