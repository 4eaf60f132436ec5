import { createHash } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openS3Client, type S3Client } from '../../../src/destinations/s3/client.js';
import { putFile } from '../../../src/destinations/s3/parts.js';
import { parseS3Url } from '../../../src/destinations/s3/url.js';
import type { AuditlogError } from '../../../src/errors.js';
import { makeHome } from '../../helpers/world.js';
import { ACCESS_KEY, BUCKET, etagOf, openStore, SECRET_KEY, type Store, worldOf } from './store.js';

let store: Store;
let client: S3Client;
let home: string;

async function open(
  env: Record<string, string> = {},
  url = `s3://${BUCKET}/a?endpoint=${store.endpoint}`,
): Promise<S3Client> {
  const ctx = worldOf(home, env);
  return openS3Client(ctx, parseS3Url(url, ctx.env));
}

beforeEach(async () => {
  home = await makeHome();
  store = await openStore();
  client = await open();
});

const one = Buffer.from('one');
const two = Buffer.from('two');
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

async function told(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (each: AuditlogError) => each,
  );
  if (error === undefined) return 'done';
  return `${error.exitCode}: ${error.message}\n${error.hint}`;
}

test('an object is put, read, listed and deleted, whatever characters its key has', async () => {
  const key = 'a/org=x_1/date=2026-01-02/it (1)+é.gz';
  expect(await client.put(key, one)).toEqual({ done: true, etag: etagOf(store, one) });
  expect(await client.head(key)).toEqual({ etag: etagOf(store, one), size: 3, sha256: sha256(one) });
  expect((await client.get(key))?.toString()).toBe('one');
  expect((await client.get(key, { from: 1, to: 3 }))?.toString()).toBe('ne');
  await client.remove(key);
  await client.remove(key);
  expect(await client.head(key)).toBeUndefined();
  expect(await client.get(key)).toBeUndefined();
});

test('a list has the objects of all pages', async () => {
  for (const name of ['e', 'b', 'd', 'a', 'c']) await client.put(`a/${name}`, one);
  await client.put('b/not-this', one);
  const keys: string[] = [];
  for await (const { key, size } of client.list('a/')) keys.push(`${key} ${size}`);
  expect(keys).toEqual(['a/a 3', 'a/b 3', 'a/c 3', 'a/d 3', 'a/e 3']);
});

test('an existing object is not overwritten, but given', async () => {
  await client.put('k', one, { absent: true });
  const there = { etag: etagOf(store, one), size: 3, sha256: sha256(one) };
  expect(await client.put('k', two, { absent: true })).toEqual({ done: false, found: there });
  expect(await client.put('k', two, { etag: 'f'.repeat(32) })).toEqual({ done: false, found: there });
  expect(await client.put('k', two, { etag: there.etag })).toEqual({ done: true, etag: etagOf(store, two) });
  expect(store.objects.get('k')?.body.toString()).toBe('two');
});

test('a replaced object that no longer exists is reported as missing', async () => {
  expect(await client.put('k', one, { etag: 'f'.repeat(32) })).toEqual({ done: false, found: undefined });
  store.fault = (method) => (method === 'PUT' ? { status: 404, code: 'NoSuchKey' } : undefined);
  expect(await client.put('k', one, { etag: 'f'.repeat(32) })).toEqual({ done: false, found: undefined });
});

test('a put whose answer was lost is recognised', async () => {
  const lost = new Set(['PUT k']);
  store.fault = (method, key) => (lost.delete(`${method} ${key}`) ? 'lost' : undefined);
  expect(await client.put('k', one, { absent: true })).toEqual({ done: true, etag: etagOf(store, one) });
  expect(store.asked).toEqual(['PUT k', 'PUT k', 'HEAD k']);
});

test('a store that compares ETags without quotes gets them without quotes', async () => {
  store.conditions = 'bare';
  await client.put('k', one, { absent: true });
  expect(await client.put('k', two, { etag: etagOf(store, one) })).toMatchObject({ done: true });
  expect(await client.put('k', one, { etag: etagOf(store, one) })).toMatchObject({ done: false });
  store.asked.length = 0;
  expect(await client.put('k', one, { etag: etagOf(store, two) })).toMatchObject({ done: true });
  expect(store.asked).toEqual(['PUT k']);
});

test('a store that refuses conditions gets none', async () => {
  store.conditions = 'refused';
  expect(await client.put('k', one, { absent: true })).toMatchObject({ done: true });
  expect(store.objects.get('k')?.body.toString()).toBe('one');
});

test('where the ETag is no hash, the object is checked by its metadata', async () => {
  store.encrypts = true;
  expect(await client.put('k', one, { absent: true })).toEqual({ done: true, etag: etagOf(store, one) });
  expect(store.asked).toEqual(['PUT k', 'HEAD k']);
});

test('a store that has other bytes than it was given is an error', async () => {
  store.encrypts = true;
  store.fault = (method) => (method === 'HEAD' ? { status: 200, headers: { etag: '"x"' } } : undefined);
  expect(await told(client.put('k', one))).toMatch(/^5: object k differs from what was just stored/);
});

test('a busy or failing store gets the request again', async () => {
  const faults = [
    { status: 503, code: 'SlowDown' },
    { status: 500, code: 'InternalError' },
    'cut',
    { status: 409, code: 'ConditionalRequestConflict' },
  ] as const;
  let at = 0;
  store.fault = () => faults[at++];
  expect(await client.put('k', one)).toMatchObject({ done: true });
  expect(store.asked.length).toBe(5);
});

test('a large file is put in parts, after a look at the existing object', async () => {
  const path = join(home, 'large');
  const bytes = Buffer.from('0123456789'.repeat(5));
  await writeFile(path, bytes);
  const written = { sha256: sha256(bytes), size: 50, stamp: '', sealed: false };
  const sizes = { whole: 20, part: 16 };
  const put = await putFile(client, { key: 'big', path, written }, { absent: true }, sizes);
  expect(put).toEqual({ done: true, etag: etagOf(store, bytes) });
  expect(store.objects.get('big')?.body.equals(bytes)).toBe(true);
  expect(store.asked.map((each) => each.replace(/uploadId=[^&]*/, 'uploadId'))).toEqual([
    'HEAD big',
    'POST big?uploads=',
    'PUT big?partNumber=1&uploadId',
    'PUT big?partNumber=2&uploadId',
    'PUT big?partNumber=3&uploadId',
    'PUT big?partNumber=4&uploadId',
    'POST big?uploadId',
    'HEAD big',
  ]);
  await writeFile(path, Buffer.from('x'.repeat(50)));
  expect(await told(putFile(client, { key: 'big2', path, written }, { absent: true }, sizes))).toMatch(
    /^1: .*large changed while it was read/,
  );
  expect([...store.objects.keys()]).toEqual(['big']);
});

const answer = (status: number, code: string, more = '', headers: Record<string, string> = {}) => {
  store.fault = () => ({ status, code, more, headers });
  return told(client.put('a/k', one));
};

test('a refusal of the store is an error with a fix', async () => {
  expect(await answer(403, 'AccessDenied')).toBe(
    `4: the access key …${ACCESS_KEY.slice(-4)} from AWS_ACCESS_KEY_ID may not put objects (403 AccessDenied)\nIt needs s3:PutObject on arn:aws:s3:::lake/a/*`,
  );
  expect(await answer(403, 'SignatureDoesNotMatch')).toMatch(/^4: the secret key beside …MPLE .* is not the right one/);
  expect(await answer(403, 'InvalidAccessKeyId')).toMatch(/^4: the store does not know the access key …MPLE/);
  expect(await answer(400, 'ExpiredToken')).toMatch(/^4: the session of the keys from AWS_ACCESS_KEY_ID is over/);
  expect(await answer(404, 'NoSuchBucket')).toMatch(
    /^2: bucket lake does not exist at 127\.0\.0\.1:\d+ \(NoSuchBucket\)/,
  );
  expect(await answer(301, 'PermanentRedirect', '', { 'x-amz-bucket-region': 'eu-west-3' })).toBe(
    '2: the bucket lake is in the region eu-west-3, not in us-east-1 (301)\nName it: ?region=eu-west-3, or AWS_REGION=eu-west-3',
  );
  expect(await answer(400, 'AuthorizationHeaderMalformed', '<Region>ap-south-1</Region>')).toMatch(
    /^2: the bucket lake is in the region ap-south-1/,
  );
  expect(await answer(307, 'TemporaryRedirect', '<Endpoint>lake.example.com</Endpoint>')).toMatch(
    /^2: the bucket lake is at another address \(307\): lake\.example\.com/,
  );
  expect(await answer(400, 'InvalidArgument')).toMatch(
    /^5: the store refused to put objects \(400\): InvalidArgument: said by the store/,
  );
});

test('a wrong clock is reported as the cause', async () => {
  store.ahead = 3_600_000;
  expect(await told(client.put('k', one))).toMatch(
    /^1: the clock of this machine is 60 min behind the store's: .* \(RequestTimeTooSkewed\)\nSet the clock/,
  );
});

test('a signature with another secret is refused', async () => {
  client = await open({ AWS_SECRET_ACCESS_KEY: 'something-else' });
  const text = await told(client.put('k', one));
  expect(text).toMatch(/^4: the secret key beside …MPLE/);
  expect(text).not.toContain('something-else');
});

test('keys are found in the shared file of the profile, when it is private', async () => {
  const path = join(home, 'credentials');
  await writeFile(
    path,
    `[default]\naws_access_key_id = other\n\n[ lake ]\n# a comment\naws_access_key_id=${ACCESS_KEY}\naws_secret_access_key = ${SECRET_KEY}\n`,
  );
  const env = {
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_SHARED_CREDENTIALS_FILE: path,
    AWS_PROFILE: 'lake',
  };
  await chmod(path, 0o644);
  expect(await told(open(env))).toMatch(/^4: .*credentials is readable by others/);
  await chmod(path, 0o600);
  expect(await (await open(env)).put('k', one)).toMatchObject({ done: true });
  expect(await told(open({ ...env, AWS_PROFILE: '' }))).toMatch(/^4: .* has no keys for the profile "default"/);
  expect(await told(open({ AWS_ACCESS_KEY_ID: '' }))).toBe(
    '4: AWS_ACCESS_KEY_ID is not set, and the other one is\nSet both',
  );
  expect(await told(open({ ...env, AWS_SHARED_CREDENTIALS_FILE: join(home, 'none') }))).toMatch(
    /^4: missing keys for the store/,
  );
});
