import type { Context } from '../../context.js';
import { findKey } from '../../keys/find.js';
import { keyMaker } from '../../profile/key.js';
import { type Connection, DEFAULT_PROFILE } from '../../profile.js';
import { toProviderFile } from '../../providers/file/parse.js';
import { openNotingClient } from '../job/client.js';
import type { Notes } from '../say/notes.js';

interface OneRequest {
  readonly url: URL;
  readonly auth: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly notes: Notes;
  readonly profile: string | undefined;
}

/** Requests one address, with the key from the usual places. */
export async function askOnce(
  ctx: Context,
  { url, auth, headers, notes, profile = DEFAULT_PROFILE }: OneRequest,
): Promise<{ readonly body: Buffer; readonly link: string | undefined }> {
  const described = {
    name: 'new',
    title: url.host,
    base: url.origin,
    path: '/',
    auth,
    headers,
    paging: { style: 'none' },
    fields: { time: 'time', action: 'action', actor: { id: 'id' } },
  };
  const { provider } = toProviderFile(described, '--url');
  const connection: Connection = {
    provider,
    base: new URL(url.origin),
    orgs: [''],
    key: () => findKey(ctx, { profile, origin: url.origin, tokens: undefined }, keyMaker(provider.auth)),
    rate: 60,
    maxWait: 60_000,
    zone: 'UTC',
    profile: undefined,
    close: async () => {},
  };
  const client = openNotingClient(ctx, connection, notes, {});
  try {
    return await client.get(url, ({ body, headers: told }) => ({ body, link: told.get('link')?.join(', ') }));
  } finally {
    await client.close();
  }
}
