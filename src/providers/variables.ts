import type { ProviderAuth, TokenWay } from './auth.js';
import { bracesIn, fillBraces } from './braces.js';
import type { Provider, ProviderLog } from './provider.js';

/** Values of variables by their names. */
export type VariableValues = ReadonlyMap<string, string>;

/** A place of a vendor's data with names in braces. */
export interface NamedPlace {
  readonly path: string;
  readonly names: readonly string[];
}

/** The names in braces of a text, without `{org}`. */
export function namesIn(text: string | undefined): readonly string[] {
  return bracesIn(text ?? '').filter((name) => name !== 'org');
}

/** Every place where a variable may appear, and the names there; the base only if `also` says so. */
export function variablePlaces(provider: Provider, also: readonly 'base'[] = ['base']): readonly NamedPlace[] {
  const { base, auth, logs = {} } = provider;
  return [
    ...(also.includes('base') ? [{ path: '$.base', names: namesIn(base) }] : []),
    ...placesOf('$', provider),
    { path: '$.paging.path', names: namesIn(furtherPath(provider)) },
    ...Object.entries(logs).flatMap(([name, log]) => placesOf(`$.logs.${name}`, log)),
    ...signInTexts(auth).map(([at, text]) => ({ path: at, names: namesIn(text) })),
  ];
}

/** Where requests with a cursor go. */
function furtherPath({ paging }: Provider): string | undefined {
  return 'path' in paging ? paging.path : undefined;
}

function placesOf(at: string, { path, fixed, body }: Partial<ProviderLog>): readonly NamedPlace[] {
  return [
    { path: `${at}.path`, names: namesIn(path) },
    ...Object.entries(fixed ?? {}).map(([name, text]) => ({ path: `${at}.fixed.${name}`, names: wholeName(text) })),
    ...textsIn(body, `${at}.body`).map(([where, text]) => ({ path: where, names: wholeName(text) })),
  ];
}

/** The name of a text that is only a name in braces: only such texts of parameters and bodies are replaced. */
function wholeName(text: string): readonly string[] {
  return /^\{[a-z][a-z0-9_-]*\}$/.test(text) ? namesIn(text) : [];
}

function textsIn(value: unknown, at: string): readonly (readonly [path: string, text: string])[] {
  if (typeof value === 'string') return [[at, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => textsIn(one, `${at}.${key}`));
}

/** The texts of a sign-in that may contain variables and parts of the key. */
function signInTexts(auth: ProviderAuth): readonly (readonly [path: string, text: string | undefined])[] {
  if (auth.type === 'basic') return [['$.auth.user', auth.user]];
  if (auth.type !== 'token') return [];
  const { token } = auth;
  const texts = TOKEN_TEXTS.map((name) => [`$.auth.token.${name}`, textOf(token, name)] as const);
  const extra = 'extra' in token ? Object.entries(token.extra ?? {}) : [];
  return [...texts, ...extra.map(([name, text]) => [`$.auth.token.extra.${name}`, text] as const)];
}

const TOKEN_TEXTS = ['url', 'scope', 'audience', 'subject'] as const;

function textOf(token: TokenWay, name: (typeof TOKEN_TEXTS)[number]): string | undefined {
  return (token as Readonly<Partial<Record<(typeof TOKEN_TEXTS)[number], string>>>)[name];
}

/**
 * The vendor's data with every variable replaced by its value; `{org}` and names without a value stay. Values go into a host as they are (see
 * `checkValue`), into paths percent-encoded, and into parameters and bodies as the whole text.
 */
export function fillVariables(provider: Provider, values: VariableValues): Provider {
  if (values.size === 0) return provider;
  const { base, path, paging, auth, logs } = provider;
  const further = furtherPath(provider);
  const fill = filler(values);
  const log = (one: ProviderLog): ProviderLog => ({ ...one, ...fillRequest(one, fill) });
  return {
    ...provider,
    base: base === undefined ? undefined : fill.address(base),
    ...fillRequest(provider, fill),
    path: fill.path(path),
    ...(further === undefined ? {} : { paging: { ...paging, path: fill.path(further) } as Provider['paging'] }),
    auth: fillSignIn(auth, fill),
    ...(logs === undefined
      ? {}
      : { logs: Object.fromEntries(Object.entries(logs).map(([name, one]) => [name, log(one)])) }),
  };
}

interface Filler {
  readonly text: (text: string) => string;
  readonly path: (text: string) => string;
  readonly address: (text: string) => string;
}

function filler(values: VariableValues): Filler {
  const replace = (text: string, spell: (value: string) => string): string =>
    fillBraces(text, (name) => {
      const value = name === 'org' ? undefined : values.get(name);
      return value === undefined ? undefined : spell(value);
    });
  const path = (text: string) => replace(text, encodeURIComponent);
  return {
    text: (text) => replace(text, (value) => value),
    path,
    address: (text) => {
      const [, origin = '', rest = ''] = ORIGIN.exec(text) ?? [];
      return replace(origin, (value) => value) + path(rest);
    },
  };
}

/** The scheme and the host of an address, and what follows. */
const ORIGIN = /^([a-z]+:\/\/[^/]*)(.*)$/s;

/** The scheme and the host of an address, which may contain names in braces. */
export function originText(address: string): string {
  return ORIGIN.exec(address)?.[1] ?? '';
}

function fillRequest(
  { path, fixed, body }: Partial<Pick<Provider, 'path' | 'body' | 'fixed'>>,
  fill: Filler,
): Partial<Pick<Provider, 'path' | 'body' | 'fixed'>> {
  const whole = (text: string): string => (wholeName(text).length === 0 ? text : fill.text(text));
  const inside = (value: unknown): unknown => {
    if (typeof value === 'string') return whole(value);
    if (Array.isArray(value)) return value.map(inside);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inside(one)]));
  };
  return {
    ...(path === undefined ? {} : { path: fill.path(path) }),
    ...(fixed === undefined
      ? {}
      : { fixed: Object.fromEntries(Object.entries(fixed).map(([name, text]) => [name, whole(text)])) }),
    ...(body === undefined ? {} : { body: inside(body) as Readonly<Record<string, unknown>> }),
  };
}

function fillSignIn(auth: ProviderAuth, fill: Filler): ProviderAuth {
  if (auth.type === 'basic') return { ...auth, user: fill.text(auth.user) };
  if (auth.type !== 'token') return auth;
  const { token } = auth;
  const texts = TOKEN_TEXTS.filter((name) => name !== 'url').flatMap((name) => {
    const text = textOf(token, name);
    return text === undefined ? [] : [[name, fill.text(text)]];
  });
  const extra = 'extra' in token && token.extra !== undefined ? Object.entries(token.extra) : undefined;
  return {
    ...auth,
    token: {
      ...token,
      url: fill.address(token.url),
      ...Object.fromEntries(texts),
      ...(extra === undefined
        ? {}
        : { extra: Object.fromEntries(extra.map(([name, text]) => [name, fill.text(text)])) }),
    } as TokenWay,
  };
}

/** A label of a host's name. */
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/**
 * What is wrong with a value of a variable, in the words after `is`; undefined: nothing. A value may never change the host's domain, the depth of a
 * path, or what follows it.
 */
export function checkValue(provider: Provider, name: string, value: string): string | undefined {
  if (value.trim() !== value || value === '') return 'not a text without blanks around it';
  if (value.length > 256 || /[\p{Cc}\p{Cs}{}]/u.test(value))
    return 'not at most 256 printable characters without braces';
  const addresses = [provider.base, provider.auth.type === 'token' ? provider.auth.token.url : undefined];
  const isInHost = addresses.some((one) => one !== undefined && namesIn(originText(one)).includes(name));
  if (isInHost && !LABEL.test(value)) return 'not a part of a host name: only letters, digits and - are';
  if (/^\.+$/.test(value)) return 'not a name: it consists of dots';
  return isInHost || !/[/\\?#%]/.test(value) || !standsInPath(provider, name)
    ? undefined
    : 'not a name: / \\ ? # and % cannot be in a path';
}

function standsInPath({ path, base, logs = {}, auth }: Provider, name: string): boolean {
  const paths = [path, base, ...Object.values(logs).map((log) => log.path)];
  const token = auth.type === 'token' ? auth.token.url : undefined;
  return [...paths, token].some((text) => namesIn(text).includes(name));
}
