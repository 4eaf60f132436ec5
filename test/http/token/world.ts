import { generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Client } from '../../../src/http/client.js';
import { makeKeyOfParts } from '../../../src/keys.js';
import type { ProviderAuth, TokenWay } from '../../../src/providers/auth.js';
import type { Provider } from '../../../src/providers/provider.js';
import { type AskOptions, acme, ask, type Serving, serve } from '../asking.js';

/** A request for a token, as the server got it. */
export interface AskedToken {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An answer of the token address: its status, its body as JSON or as it is, and its headers. */
export interface TokenAnswer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TokenWorld extends Serving {
  /** The requests for tokens. */
  readonly asked: AskedToken[];
  /** The values of `authorization` at the API, in order. */
  readonly used: (string | undefined)[];
}

/** A server whose API takes the tokens of `valid`, and whose token address gives the n-th of `answers`, then the last. */
export async function tokenWorld(
  answers: readonly (TokenAnswer | ((response: ServerResponse) => void))[],
  valid: (authorization: string | undefined) => boolean | number = () => true,
): Promise<TokenWorld> {
  const asked: AskedToken[] = [];
  const used: (string | undefined)[] = [];
  const serving = await serve(async (request, response) => {
    if (!request.url?.startsWith('/oauth')) {
      used.push(request.headers.authorization);
      const verdict = valid(request.headers.authorization);
      const status = typeof verdict === 'number' ? verdict : verdict ? 200 : 401;
      return response.writeHead(status, { 'content-type': 'application/json' }).end('[]');
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    asked.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    const answer = answers[asked.length - 1] ?? answers.at(-1)!;
    if (typeof answer === 'function') return answer(response);
    const { status = 200, body, headers } = answer;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    return response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  return { ...serving, asked, used };
}

export const ID = 'client 7+1';
export const CLIENT_SECRET = 's3cr3t/9+x=%:Wm2kQ7';

/** A vendor of these tests, whose tokens are made as `token` says. */
export function vendorWith(
  base: URL,
  token: Partial<TokenWay> & Record<string, unknown>,
  more: Partial<ProviderAuth> = {},
): Provider {
  const way = { url: `${base.origin}/oauth/token`, grant: 'client_credentials', client: 'header', ...token };
  return {
    ...acme,
    auth: { type: 'token', header: 'authorization', scheme: 'Bearer', token: way, ...more } as ProviderAuth,
  };
}

export function client(base: URL, provider: Provider, key: string, options: AskOptions = {}): Client {
  const secret = makeKeyOfParts(key, '$AUDITLOG_API_KEY');
  return ask(base, { ...options, connection: { provider, key: async () => secret, ...options.connection } });
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

export { publicKey };

/** The file of a service account. */
export const ACCOUNT = {
  type: 'service_account',
  private_key_id: 'kid-1',
  private_key: privateKey,
  client_email: 'reader@acme.iam.example',
  token_uri: 'https://evil.example/token',
};
