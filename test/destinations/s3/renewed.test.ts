import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openS3Client } from '../../../src/destinations/s3/client.js';
import { parseS3Url } from '../../../src/destinations/s3/url.js';
import { AuditlogError } from '../../../src/errors.js';
import { makeHome } from '../../helpers/world.js';
import { ACCESS_KEY, BUCKET, openStore, SECRET_KEY, type Store, worldOf } from './store.js';

const OLD = 'OLD-secret-of-the-store';
let store: Store;
let home: string;

beforeEach(async () => {
  store = await openStore();
  store.objects.set('logs/a', { body: Buffer.from('one'), sha256: undefined });
  home = await makeHome();
  mkdirSync(join(home, '.aws'));
  writeKeys(ACCESS_KEY, OLD);
});

/** Replaces the file as a whole: it may be read at the same moment. */
function writeKeys(id: string, secret: string): void {
  const path = join(home, '.aws/credentials');
  const text = `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

const NO_KEYS = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };

async function client(env: Readonly<Record<string, string>> = NO_KEYS) {
  const ctx = worldOf(home, env);
  return {
    ctx,
    client: await openS3Client(ctx, parseS3Url(`s3://${BUCKET}/logs?endpoint=${store.endpoint}`, ctx.env)),
  };
}

/** Refuses one request, and replaces the keys in the file at that moment. */
function refuseOnce(status: number, code: string, replace: () => void): void {
  let isOver = false;
  store.fault = () => {
    if (isOver) return undefined;
    isOver = true;
    replace();
    return { status, code };
  };
}

const REFUSALS = [
  [400, 'ExpiredToken'],
  [403, 'ExpiredToken'],
  [400, 'InvalidToken'],
  [400, 'TokenRefreshRequired'],
  [403, 'InvalidAccessKeyId'],
  [403, 'SignatureDoesNotMatch'],
  [403, 'AccessDenied'],
  [403, ''],
  [401, ''],
] as const;

type Asked = Awaited<ReturnType<typeof client>>['client'];
const REQUESTS: readonly (readonly [string, (asked: Asked) => Promise<unknown>, unknown])[] = [
  ['looking', async (asked) => (await asked.head('logs/a'))?.size, 3],
  ['reading', async (asked) => (await asked.get('logs/a'))?.toString(), 'one'],
  ['putting', async (asked) => (await asked.put('logs/b', Buffer.from('two'))).done, true],
  ['listing', async (asked) => (await asked.list('logs/').next()).value?.key, 'logs/a'],
];

describe.each(REQUESTS)('%s with keys from a file', (_, request, answer) => {
  test.each(REFUSALS)('reads them again once after %d %s', async (status, code) => {
    const { client: asked, ctx } = await client();
    refuseOnce(status, code, () => writeKeys(ACCESS_KEY, SECRET_KEY));
    expect(await request(asked)).toEqual(answer);
    expect(await request(asked)).toEqual(answer);
    expect(ctx.secrets).toContain(SECRET_KEY);
    await asked.close();
  });
});

test.each([
  ['the same keys', () => {}, /the secret key beside …MPLE from .*credentials is not the right one/],
  ['other wrong keys', () => writeKeys('AKOTHERKEY', OLD), /the store does not know the access key …RKEY/],
  ['no file any more', () => rmSync(join(home, '.aws/credentials')), /missing keys for the store/],
  ['a file of something else', () => writeFileSync(join(home, '.aws/credentials'), 'x'), /has no keys for the profile/],
])('a refusal is told where there are %s, and nothing is asked for ever', async (_, replace, said) => {
  const { client: asked } = await client();
  refuseOnce(403, 'SignatureDoesNotMatch', replace);
  const error = await asked.get('logs/a').catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(AuditlogError);
  expect(error).toMatchObject({ exitCode: 4, message: expect.stringMatching(said) });
  for (const secret of [OLD, SECRET_KEY]) expect(JSON.stringify([error, String(error)])).not.toContain(secret);
  expect(store.requests.length).toBeLessThanOrEqual(2);
  await asked.close();
});

test('keys from the environment stay what they are', async () => {
  const { client: asked } = await client({ AWS_ACCESS_KEY_ID: ACCESS_KEY, AWS_SECRET_ACCESS_KEY: 'wrong-one' });
  writeKeys(ACCESS_KEY, SECRET_KEY);
  await expect(asked.get('logs/a')).rejects.toMatchObject({ exitCode: 4 });
  expect(store.requests).toHaveLength(1);
  await asked.close();
});

test('many requests at once read the file once, and all succeed', async () => {
  const { client: asked } = await client();
  let refused = 0;
  store.fault = () => {
    if (refused >= 6) return undefined;
    refused += 1;
    writeKeys(ACCESS_KEY, SECRET_KEY);
    return { status: 403, code: 'ExpiredToken' };
  };
  const found = await Promise.all(Array.from({ length: 6 }, () => asked.get('logs/a')));
  expect(found.map(String)).toEqual(Array.from({ length: 6 }, () => 'one'));
  await asked.close();
});
