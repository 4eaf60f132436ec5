import { usageError } from '../errors.js';
import type { Provider } from '../providers/provider.js';
import { fillVariables, namesIn } from '../providers/variables.js';
import { isLoopback } from './loopback.js';
import { parseBase } from './parse.js';
import { type Choice, pickSetting, type Sources } from './pick.js';
import { missingError, missingVariables, variablesFrom } from './variables.js';

/** A vendor with its variables replaced and the final address of its tokens, and the address of its API. */
export interface SettledPlace {
  readonly provider: Provider;
  readonly base: URL;
  /** The values of its variables, each `name=value`. */
  readonly vars: readonly string[];
  /** The address for tokens, if the user names one. */
  readonly tokenUrl: string | undefined;
  /** The origin where tokens are made, if it differs from that of the base. */
  readonly tokens: string | undefined;
}

/**
 * Resolves the address of the API. `offline`: no request will be sent, so variables may be missing. Throws a usage error for missing variables, and
 * for unusable ones and addresses.
 */
export function placeOf(sources: Sources, file: Provider, offline: boolean): SettledPlace {
  const named = pickSetting(sources, 'baseUrl');
  const values = variablesFrom(sources, file);
  const missing = missingVariables(file, values, named !== undefined);
  if (missing.length > 0 && !offline) throw missingError(file, missing);
  const filled = fillVariables(file, values);
  // A base with a missing variable is not needed if another base is named.
  const provider = namesIn(filled.base).length === 0 ? filled : { ...filled, base: undefined };
  const base = parseBase(named, provider);
  const url = pickSetting(sources, 'tokenUrl');
  const placed = withTokenUrl(provider, base, url);
  return {
    provider: placed,
    base,
    vars: [...values].map(([name, value]) => `${name}=${value}`),
    tokenUrl: url && tokenUrlOf(placed),
    tokens: originOf(placed) === base.origin ? undefined : originOf(placed),
  };
}

function tokenUrlOf({ auth }: Provider): string | undefined {
  return auth.type === 'token' ? auth.token.url : undefined;
}

function originOf(provider: Provider): string | undefined {
  const url = tokenUrlOf(provider);
  return url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined;
}

/**
 * Sets the address of tokens: the given one, else the file's. If --base-url overrides the API's base, the file's token address moves along if both
 * have one origin, and always for a base on this machine, which is a test server. Throws a usage error for an unusable address.
 */
export function withTokenUrl(provider: Provider, base: URL, named?: Choice): Provider {
  const { auth } = provider;
  if (auth.type !== 'token') {
    if (named?.from === '--token-url')
      throw usageError(`${provider.title} uses the key itself, not tokens`, 'Leave --token-url out');
    return provider;
  }
  const { token } = auth;
  if (named !== undefined) {
    parseBase(named, provider);
    // Unlike a base, it may end with a slash.
    const { href, pathname } = new URL(named.text);
    const url = pathname === '/' ? href.replace(/\/$/, '') : href;
    return { ...provider, auth: { ...auth, token: { ...token, url } } };
  }
  const url = moved(token.url, provider.base, base);
  // The audience of a JWT is the vendor, even through a gateway.
  const audience = token.grant === 'jwt' ? { audience: token.audience ?? token.url } : {};
  return { ...provider, auth: { ...auth, token: { ...token, ...audience, url } } };
}

function moved(text: string, usual: string | undefined, base: URL): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  const before = usual !== undefined && URL.canParse(usual) ? new URL(usual) : undefined;
  const isMoved = before !== undefined && before.origin !== base.origin && before.origin === url.origin;
  if (!isMoved && (!isLoopback(base) || before?.origin === base.origin)) return text;
  const below = `${before?.pathname.replace(/\/$/, '') ?? ''}/`;
  const isBelow = isMoved && url.pathname.startsWith(below);
  return isBelow
    ? `${base.href.replace(/\/$/, '')}/${url.pathname.slice(below.length)}`
    : `${base.origin}${url.pathname}`;
}
