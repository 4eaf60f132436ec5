import { type Agent, request as httpRequest } from 'node:http';

export interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Asks with node:http, which changes nothing of what it is given. */
export function get(
  url: URL | string,
  headers: Record<string, string> = {},
  method = 'GET',
  agent?: Agent,
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method, headers, ...(agent && { agent }) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

export interface Entry {
  readonly id: string;
  readonly action: string;
  readonly created_at: string;
  readonly source: string;
  readonly agent: string | null;
  readonly ip: string | null;
  readonly actor: { readonly id: string; readonly name: string; readonly email: string } | null;
  readonly user: unknown;
  readonly assistant: { readonly id: string; readonly name: string } | null;
  readonly workflow: { readonly id: string } | null;
  readonly connection: { readonly id: string; readonly type: string } | null;
  readonly broadcast: { readonly id: string } | null;
  readonly member: { readonly id: string; readonly role: string; readonly user: { readonly email: string } } | null;
  readonly org: { readonly id: string };
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

export function entriesOf(got: Got): readonly Entry[] {
  return JSON.parse(got.body.toString('utf8')) as Entry[];
}
