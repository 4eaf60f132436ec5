import { expect, test } from 'vitest';
import { keyPath, signS3 } from '../../src/http/sign.js';

/** The examples of https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html. */
const KEYS = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: undefined,
};
const NOW = Date.parse('2013-05-24T00:00:00Z');

function sign(method: string, path: string, rest: { headers?: Record<string, string>; body?: Buffer } = {}) {
  const url = new URL(`https://examplebucket.s3.amazonaws.com${path}`);
  return signS3({ method, url, ...rest }, KEYS, 'us-east-1', NOW);
}

test('PUT of an object has the signature of the example by AWS', async () => {
  const headers = await sign('PUT', `/${keyPath('test$file.text')}`, {
    headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
    body: Buffer.from('Welcome to Amazon S3.'),
  });
  expect(headers.authorization).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class, Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  );
  expect(headers['x-amz-content-sha256']).toBe('44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072');
});

test('a list of objects has the signature of the example by AWS', async () => {
  const headers = await sign('GET', '/?max-keys=2&prefix=J');
  expect(headers.authorization).toMatch(/ Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7$/);
});

test('keyPath escapes all but unreserved characters and slashes', () => {
  expect(keyPath('lake/org=a+b/date=2026-01-02/it(1)*.gz')).toBe('lake/org%3Da%2Bb/date%3D2026-01-02/it%281%29%2A.gz');
});

test('temporary keys are sent with their session token', async () => {
  const url = new URL('https://examplebucket.s3.amazonaws.com/a');
  const keys = { ...KEYS, sessionToken: 'token-of-a-session' };
  const headers = await signS3({ method: 'GET', url }, keys, 'us-east-1', NOW);
  expect(headers['x-amz-security-token']).toBe('token-of-a-session');
  expect(headers.authorization).toMatch(/SignedHeaders=[^,]*;x-amz-security-token,/);
});
