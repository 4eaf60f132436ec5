import { isObject } from '../json/is.js';
import { fillBraces } from './braces.js';

/** A part of the key, by its name in `{name}`: `auditlog auth login` prompts for it. */
export interface KeyPart {
  readonly about: string;
  /** Whether it is no secret, such as an email address, and may be shown while typed. */
  readonly shown?: boolean;
}

/** How a token is fetched. `url` and texts may have `{variable}`; those of `login.body` have `{part}`. */
export type TokenGrant =
  | {
      /** OAuth 2: client credentials, a refresh token, or Zoom's account credentials. */
      readonly grant: 'client_credentials' | 'refresh_token' | 'account_credentials';
      /** How the client's id and secret are sent: Basic, fields of a form, or members of a JSON body. */
      readonly client: 'header' | 'body' | 'json';
      readonly scope?: string;
      readonly audience?: string;
      /** More fields of the body. */
      readonly extra?: Readonly<Record<string, string>>;
    }
  | {
      /** A JWT signed with RS256 by a service account, whose JSON file is the key. */
      readonly grant: 'jwt';
      readonly scope?: string;
      readonly audience?: string;
      /** The user to act for, such as `{admin}`. */
      readonly subject?: string;
    }
  | {
      /** A JSON request that returns a token. */
      readonly grant: 'login';
      readonly body: Readonly<Record<string, string>>;
    };

export type TokenWay = TokenGrant & {
  /** Where the token is made: https. */
  readonly url: string;
  /** Its path in the answer (default: `access_token`). */
  readonly at?: string;
  /** The path of its lifetime in seconds (default: `expires_in`). */
  readonly expiresAt?: string;
  /** Its lifetime in seconds if the answer has none; absent: until it is rejected. */
  readonly lasts?: number;
};

/** How requests are signed. Texts may have `{part}` for parts of the key; `{key}` is the whole of a key without parts. */
export type ProviderAuth = {
  /** The parts of the key in order; absent: one text, or what `token.grant` needs. */
  readonly parts?: Readonly<Record<string, KeyPart>>;
  /** More headers that carry parts of the key, lower case. */
  readonly headers?: Readonly<Record<string, string>>;
} & (
  | {
      readonly type: 'header';
      /** The header that carries the key, and the word and space before it, or the whole value, such as `Token token={key}`. */
      readonly header: string;
      readonly scheme?: string;
      readonly value?: string;
    }
  | { readonly type: 'basic'; readonly user: string; readonly password: string }
  | { readonly type: 'token'; readonly header: string; readonly scheme?: string; readonly token: TokenWay }
);

/** The value of `{name}` in the base, the path, a fixed parameter, the body or a token's address. Saved in the profile. */
export interface ProviderVariable {
  readonly about: string;
  readonly example?: string;
  readonly default?: string;
}

/** The headers that sign a request, lower case: with the key, or with a token that was made with it. */
export function signedHeaders(auth: ProviderAuth, key: string, token = key): Readonly<Record<string, string>> {
  const fill = filler(keyParts(auth, key));
  const more = Object.entries(auth.headers ?? {}).map(([name, text]) => [name, fill(text)]);
  return {
    [signingHeader(auth)]: mainValue(auth, auth.type === 'token' ? token : key, fill),
    ...Object.fromEntries(more),
  };
}

/** The headers of a request for people, with names in place of the key, its parts and the token. */
export function shownHeaders(auth: ProviderAuth): Readonly<Record<string, string>> {
  const shown = filler(new Map([['key', 'KEY']]));
  const more = Object.entries(auth.headers ?? {}).map(([name, text]) => [name, shown(text)]);
  const value =
    auth.type === 'basic'
      ? `Basic of ${shown(auth.user)}:${shown(auth.password)} in base64`
      : mainValue(auth, auth.type === 'token' ? 'TOKEN' : 'KEY', shown);
  return { [signingHeader(auth)]: value, ...Object.fromEntries(more) };
}

/** The header that carries the key or token, lower case. */
export function signingHeader(auth: ProviderAuth): string {
  return auth.type === 'basic' ? 'authorization' : auth.header.toLowerCase();
}

function mainValue(auth: ProviderAuth, key: string, fill: (text: string) => string): string {
  if (auth.type === 'basic') return `Basic ${basicText(fill(auth.user), fill(auth.password))}`;
  if (auth.type === 'header' && auth.value !== undefined) return fill(auth.value);
  if (auth.type === 'header') return auth.scheme === undefined ? fill('{key}') : `${auth.scheme} ${fill('{key}')}`;
  return auth.scheme === undefined ? key : `${auth.scheme} ${key}`;
}

export function basicText(user: string, password: string): string {
  return Buffer.from(`${user}:${password}`).toString('base64');
}

/** Replaces `{part}` in texts. */
export function filler(parts: ReadonlyMap<string, string>): (text: string) => string {
  return (text) => fillBraces(text, (name) => parts.get(name));
}

const CLIENT: Readonly<Record<string, KeyPart>> = {
  'client-id': { about: "the client's id", shown: true },
  'client-secret': { about: "the client's secret" },
};

const GRANT_PARTS: Readonly<Record<TokenGrant['grant'], Readonly<Record<string, KeyPart>>>> = {
  client_credentials: CLIENT,
  refresh_token: { ...CLIENT, 'refresh-token': { about: 'the refresh token' } },
  account_credentials: { 'account-id': { about: "the account's id", shown: true }, ...CLIENT },
  jwt: {},
  login: {},
};

/** The parts of the key in order: those of the file, or those that its grant needs; none if the key is one text. */
export function partsOf(auth: ProviderAuth): Readonly<Record<string, KeyPart>> {
  return auth.parts ?? (auth.type === 'token' ? GRANT_PARTS[auth.token.grant] : {});
}

/** The parts that a grant needs, whatever their names in the file. */
export function partsNeeded(grant: TokenGrant['grant']): readonly string[] {
  return Object.keys(GRANT_PARTS[grant]);
}

/** Whether the key is more than one line of text: several parts, or a file of JSON. */
export function isCompound(auth: ProviderAuth): boolean {
  return Object.keys(partsOf(auth)).length > 0 || isServiceAccount(auth);
}

/** Whether the key is the JSON file of a service account. */
export function isServiceAccount(auth: ProviderAuth): boolean {
  return auth.type === 'token' && auth.token.grant === 'jwt';
}

/**
 * The parts of a key by name, and the whole as `key`. Keys are written as `first:second`, where the last part takes the rest, or as a JSON object of
 * the parts, in whose names `_` may replace `-`. Omits missing parts. A single part is the whole.
 */
export function keyParts(auth: ProviderAuth, key: string): ReadonlyMap<string, string> {
  const names = Object.keys(partsOf(auth));
  const object = names.length > 0 || isServiceAccount(auth) ? jsonObject(key) : undefined;
  const pieces = key.split(':');
  const partAt = (name: string, at: number): string => {
    if (object !== undefined) return scalar(object[name] ?? object[name.replaceAll('-', '_')]);
    return at === names.length - 1 ? pieces.slice(at).join(':') : (pieces[at] ?? '');
  };
  const named = names.map((name, at): [string, string] => [name, partAt(name, at)]);
  const [only] = named.length === 1 ? named : [];
  return new Map([['key', only?.[1] ?? key], ...named.filter(([, value]) => value !== '')]);
}

function scalar(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** The object of a JSON text; undefined for any other text. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Joins the parts into one key: with colons if that can be parsed again, else as JSON. */
export function joinParts(auth: ProviderAuth, parts: ReadonlyMap<string, string>): string {
  const names = Object.keys(partsOf(auth));
  const joined = names.map((name) => parts.get(name) ?? '').join(':');
  const back = keyParts(auth, joined);
  const isSame = names.every((name) => back.get(name) === parts.get(name));
  if (isSame && /^[\x21-\x7e]+$/.test(joined) && !/^["'`{]|["'`]$/.test(joined)) return joined;
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, parts.get(name) ?? ''])));
}

/** The fault of a key for this sign-in, without any of its text; undefined if there is none. */
export function faultOfKey(auth: ProviderAuth, key: string): string | undefined {
  if (key.trimStart().startsWith('{') && isCompound(auth) && jsonObject(key) === undefined)
    return 'it is not valid JSON';
  if (isServiceAccount(auth)) return faultOfAccount(jsonObject(key));
  const parts = keyParts(auth, key);
  for (const [name, { about }] of Object.entries(partsOf(auth))) {
    const value = parts.get(name);
    if (value === undefined || value.trim() === '') return `${about} is missing`;
    if (/\p{Cc}/u.test(value)) return `${about} has more than one line, or characters that no key has`;
    if (standsInHeader(auth, name) && !/^[\x20-\x7e]+$/.test(value))
      return `${about} has characters that no header has`;
  }
  const [user = '', password] = auth.type === 'basic' ? [auth.user, auth.password].map(filler(parts)) : [];
  return password !== undefined && user.includes(':') ? 'the user has a colon, which Basic does not allow' : undefined;
}

/** Whether a part goes into a header unchanged. */
function standsInHeader(auth: ProviderAuth, name: string): boolean {
  const value = auth.type === 'header' ? [auth.value ?? ''] : [];
  return [...value, ...Object.values(auth.headers ?? {})].some((text) => text.includes(`{${name}}`));
}

function faultOfAccount(account: Readonly<Record<string, unknown>> | undefined): string | undefined {
  if (account === undefined) return 'it is not the JSON file of a service account';
  const lacking = ['client_email', 'private_key'].find((name) => scalar(account[name]) === '');
  if (lacking !== undefined) return `${lacking} is missing in the JSON of the service account`;
  return scalar(account.private_key).includes('PRIVATE KEY') ? undefined : 'private_key is not a private key in PEM';
}

/** The texts of a key that no output may contain: itself, its secret parts, and what is derived from them. */
export function secretTexts(auth: ProviderAuth, key: string): readonly string[] {
  const parts = keyParts(auth, key);
  const shown = new Set(Object.entries(partsOf(auth)).flatMap(([name, part]) => (part.shown === true ? [name] : [])));
  const secret = [...parts].filter(([name]) => !shown.has(name)).map(([, value]) => value);
  const made = auth.type === 'basic' ? [basicText(...fillBasic(auth, parts))] : [];
  const client = auth.type === 'token' ? clientTexts(parts) : [];
  // In a JSON file, the lines of the private key are the secret: anything derived from the whole contains them.
  const account = isServiceAccount(auth) ? scalar(jsonObject(key)?.private_key) : undefined;
  const texts =
    account === undefined ? secret : account.split(/\r?\n/).filter((line) => /^[A-Za-z0-9+/=]{8,}$/.test(line));
  return [...new Set([...texts, ...made, ...client])].filter((text) => text !== '');
}

function fillBasic(
  { user, password }: Extract<ProviderAuth, { type: 'basic' }>,
  parts: ReadonlyMap<string, string>,
): [string, string] {
  const fill = filler(parts);
  return [fill(user), fill(password)];
}

/** The Basic text of a client, as it is and form-encoded as OAuth 2 wants it. */
function clientTexts(parts: ReadonlyMap<string, string>): readonly string[] {
  const [id, secret] = [parts.get('client-id'), parts.get('client-secret')];
  if (id === undefined || secret === undefined) return [];
  return [basicText(id, secret), basicText(formEncoded(id), formEncoded(secret))];
}

/** As `application/x-www-form-urlencoded` spells a value. */
export function formEncoded(text: string): string {
  return new URLSearchParams({ k: text }).toString().slice(2);
}
