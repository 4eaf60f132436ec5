import { isCompound, isServiceAccount, partsOf, shownHeaders, type TokenGrant } from '../../providers/auth.js';
import type { Provider } from '../../providers/provider.js';
import { fillVariables } from '../../providers/variables.js';

/** The vendor with its variables replaced by defaults, examples or names. */
export function exampleOf(provider: Provider): Provider {
  const values = Object.entries(provider.variables ?? {}).map(
    ([name, { default: usual, example }]) => [name, usual ?? example ?? name] as const,
  );
  return fillVariables(provider, new Map(values));
}

const GRANTS: Readonly<Record<TokenGrant['grant'], string>> = {
  client_credentials: 'OAuth 2 client credentials',
  refresh_token: 'an OAuth 2 refresh token',
  account_credentials: 'account credentials',
  jwt: 'a JWT that a service account signs',
  login: 'a login',
};
const CLIENTS = { header: 'in a header', body: 'in a form', json: 'in JSON' } as const;

/** How requests are signed, where tokens are made, and which parts to provide: never the key. */
export function signInLines({ auth, base, variables = {} }: Provider): readonly string[] {
  const lines = Object.entries(shownHeaders(auth)).map(([name, value]) => `with   ${name}: ${value}`);
  if (auth.type === 'token') {
    const { token } = auth;
    const client = 'client' in token ? `, the client ${CLIENTS[token.client]}` : '';
    lines.push(`Token  POST ${token.url} (${GRANTS[token.grant]}${client})`);
  }
  if (isCompound(auth)) {
    const parts = Object.keys(partsOf(auth)).join(':');
    lines.push(
      `Key    ${isServiceAccount(auth) ? 'the JSON file of a service account' : `${parts}, or these as JSON`}`,
    );
  }
  if (Object.keys(variables).length > 0) lines.push(`Base   ${base ?? 'as --base-url says'}`);
  for (const [name, { about, default: usual }] of Object.entries(variables))
    lines.push(`Var    ${name}: ${about}${usual === undefined ? '' : ` (default: ${usual})`}`);
  return lines;
}
