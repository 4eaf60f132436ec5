import { expect, test } from 'vitest';
import { openClient } from '../../src/http/client.js';
import { connect } from '../../src/profile.js';
import { later, text, worldOf } from './asking.js';

test('the client reads the demo over a socket, with a key', async () => {
  // A proxy that is not there: the demo does not need it.
  const ctx = worldOf({ env: { HTTP_PROXY: 'http://127.0.0.1:9', AUDITLOG_BASE_URL: 'https://elsewhere.example' } });
  const connection = await connect(ctx, { demo: true });
  later(() => connection.close());
  const client = openClient(ctx, connection);
  later(() => client.close());
  expect(connection).toMatchObject({ rate: undefined, orgs: ['c'], zone: 'UTC', profile: undefined });
  const url = new URL('/orgs/c/audit-logs?take=2', connection.base);
  const entries = JSON.parse(await client.get(url, text));
  expect(entries).toHaveLength(2);
  expect(client.stats()).toMatchObject({ requests: 1, retries: 0 });
});
