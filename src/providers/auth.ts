/** A part of the key, by its name in `{name}`: what `auditlog auth login` asks for. */
export interface KeyPart {
  readonly about: string;
  /** Whether it is no secret, such as an email address, and shown while it is typed. */
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
      /** In whose name, such as `{admin}`. */
      readonly subject?: string;
    }
  | {
      /** A call with JSON that answers with a token. */
      readonly grant: 'login';
      readonly body: Readonly<Record<string, string>>;
    };

export type TokenWay = TokenGrant & {
  /** Where the token is made: https. */
  readonly url: string;
  /** Where it is in the answer (default: `access_token`). */
  readonly at?: string;
  /** Where the answer tells its seconds of life (default: `expires_in`). */
  readonly expiresAt?: string;
  /** Its seconds of life where the answer does not tell; absent: until it is refused. */
  readonly lasts?: number;
};

/** How requests are signed. Texts may have `{part}` for parts of the key; `{key}` is the whole of a key without parts. */
export type ProviderAuth = {
  /** The parts of the key in their order; absent: it is one text, or what `token.grant` needs. */
  readonly parts?: Readonly<Record<string, KeyPart>>;
  /** More headers that carry parts of the key, lower case. */
  readonly headers?: Readonly<Record<string, string>>;
} & (
  | {
      readonly type: 'header';
      /** The header that carries the key, and the word and blank before it, or its value to the letter, such as `Token token={key}`. */
      readonly header: string;
      readonly scheme?: string;
      readonly value?: string;
    }
  | { readonly type: 'basic'; readonly user: string; readonly password: string }
  | { readonly type: 'token'; readonly header: string; readonly scheme?: string; readonly token: TokenWay }
);

/** What `{name}` in the base, the path, a fixed parameter, the body or a token's address stands for. Kept in the profile. */
export interface ProviderVariable {
  readonly about: string;
  readonly example?: string;
  readonly default?: string;
}

/** The headers that sign a request with the key, lower case; of a token's way, with the token. */
export function signedHeaders(auth: ProviderAuth, key: string): Readonly<Record<string, string>> {
  const parts = keyParts(auth, key);
  const fill = (text: string): string => text.replace(/\{([a-z][a-z0-9_-]*)\}/g, (all, name) => parts.get(name) ?? all);
  const more = Object.entries(auth.headers ?? {}).map(([name, text]) => [name, fill(text)]);
  return { [signingHeader(auth)]: mainValue(auth, key, fill), ...Object.fromEntries(more) };
}

/** The header that carries the key or token, lower case. */
export function signingHeader(auth: ProviderAuth): string {
  return auth.type === 'basic' ? 'authorization' : auth.header.toLowerCase();
}

function mainValue(auth: ProviderAuth, key: string, fill: (text: string) => string): string {
  if (auth.type === 'basic')
    return `Basic ${Buffer.from(`${fill(auth.user)}:${fill(auth.password)}`).toString('base64')}`;
  if (auth.type === 'header' && auth.value !== undefined) return fill(auth.value);
  return auth.scheme === undefined ? key : `${auth.scheme} ${key}`;
}

/** The parts of a key that is written as one text, `first:second`; `key` is the whole. */
export function keyParts({ parts }: ProviderAuth, key: string): ReadonlyMap<string, string> {
  const names = Object.keys(parts ?? {});
  const pieces = key.split(':');
  const rest = pieces.slice(names.length - 1).join(':');
  const named = names.map((name, at): [string, string] => [name, at === names.length - 1 ? rest : (pieces[at] ?? '')]);
  return new Map([['key', key], ...named]);
}
