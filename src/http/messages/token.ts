import { EXIT } from '../../errors.js';
import type { Secret } from '../../keys.js';
import { needsText } from '../../providers/needs.js';
import { readPath } from '../../providers/value.js';
import type { Fault } from '../fault.js';
import type { ApiAnswerer, Circumstances, FaultText, TokenAnswerer } from './about.js';
import { nameOf } from './about.js';
import { quotable, quote } from './server.js';

const LOGIN = 'To save another: auditlog auth login';

/** Explains an answer that refuses to make a token. */
export function explainNoToken(fault: Fault, about: Circumstances, by: TokenAnswerer): FaultText {
  const status = fault.status!;
  const name = nameOf(about);
  const { code, said } = oauthError(fault, by);
  if (status === 429)
    return {
      message: `${name} keeps rejecting requests as too many (429)`,
      hint: 'Others may be using the same client. Try again later',
    };
  if (status >= 500)
    return { message: `${name} answered ${status}${said}`, hint: 'Try again later, or ask the vendor' };
  if (code === undefined && NOT_THERE.has(status))
    return {
      message: `no tokens are made at ${about.url.pathname} of ${name} (${status})${said}`,
      hint: 'Check $.auth.token.url of the provider, or name another one: --token-url URL',
      exit: EXIT.usage,
    };
  const [what, why] = reasonOf(code, status, by.makes);
  return {
    message: `${name} made no token: ${what} (${status})${said}`,
    hint: `${why}\nThe key ${endingOf(by.makes.key)}is from ${by.makes.key.from}. ${LOGIN}`,
    exit: EXIT.key,
  };
}

const NOT_THERE: ReadonlySet<number> = new Set([404, 405, 410, 415]);

/** Which part of the key is refused, and what to check. */
function reasonOf(code: string | undefined, status: number, { provider }: ApiAnswerer): readonly [string, string] {
  const grant = provider.auth.type === 'token' ? provider.auth.token.grant : 'login';
  if (code === 'invalid_grant' && grant === 'refresh_token')
    return ['the refresh token was rejected', 'It has expired, was revoked, or was used before: make a new one'];
  if (code === 'invalid_grant' && grant === 'jwt')
    return [
      "the service account's signature was rejected",
      'Check that the account and its key still exist, whose name it acts in, and the clock of this machine',
    ];
  if (code === 'invalid_scope')
    return ['the scope was rejected', `Allow the scope for this client. ${needsText(provider)}`];
  if (code === 'unauthorized_client' || code === 'access_denied' || status === 403)
    return ['the client is not allowed to', `${needsText(provider)}`];
  if (code === 'unsupported_grant_type' || code === 'invalid_request')
    return ['the request was rejected', 'Check $.auth.token of the provider: auditlog provider check NAME'];
  return grant === 'login'
    ? ['the sign-in was rejected', 'Check the user and the password']
    : ["the client's id or secret was rejected", 'It may be wrong, expired or revoked'];
}

/** The code of OAuth 2, and the server's own words after a colon. Secrets are removed before they are cut. */
function oauthError(fault: Fault, by: TokenAnswerer): { readonly code: string | undefined; readonly said: string } {
  const { response } = fault;
  const usual = { code: undefined, said: quote(fault, by) };
  if (response === undefined) return usual;
  try {
    const body: unknown = JSON.parse(response.body.subarray(0, 65_536).toString('utf8'));
    const [code, description] = ['error', 'error_description'].map((path) => readPath(body, path));
    if (typeof code !== 'string' || !/^[a-z_]{1,40}$/.test(code)) return usual;
    const words =
      typeof description === 'string' && description.trim() !== '' ? `: ${quotable(response, description)}` : '';
    return { code, said: `: ${quotable(response, code)}${words.replace(/\.$/, '')}` };
  } catch {
    return usual;
  }
}

function endingOf(key: Secret): string {
  return key.hint === '…' ? '' : `ending in ${key.hint} `;
}
