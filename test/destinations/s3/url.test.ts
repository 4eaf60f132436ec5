import { expect, test } from 'vitest';
import { parseS3Url } from '../../../src/destinations/s3/url.js';

function place(text: string, env: Record<string, string> = {}) {
  const { base, ...rest } = parseS3Url(text, env);
  return { ...rest, base: base.href };
}

test('a bucket of AWS has a host of its own', () => {
  expect(place('s3://my-lake/audit/2026?region=eu-central-1')).toEqual({
    bucket: 'my-lake',
    prefix: 'audit/2026/',
    base: 'https://my-lake.s3.eu-central-1.amazonaws.com/',
    region: 'eu-central-1',
    account: undefined,
    shown: 's3://my-lake/audit/2026?region=eu-central-1',
  });
});

test('a bucket of AWS with dots in its name is in the path, so that the certificate fits', () => {
  expect(place('s3://my.lake?region=cn-north-1').base).toBe('https://s3.cn-north-1.amazonaws.com.cn/my.lake');
});

test('any other endpoint has the bucket in its path', () => {
  expect(place('s3://lake/a/?endpoint=http://127.0.0.1:17480')).toEqual({
    bucket: 'lake',
    prefix: 'a/',
    base: 'http://127.0.0.1:17480/lake',
    region: 'us-east-1',
    account: undefined,
    shown: 's3://lake/a?endpoint=http://127.0.0.1:17480&region=us-east-1',
  });
  expect(place('s3://lake?endpoint=https://store.example.com/s3/&region=x').base).toBe(
    'https://store.example.com/s3/lake',
  );
});

test('the environment supplies what the address leaves out, and the definition keeps it', () => {
  const env = {
    AWS_ENDPOINT_URL: 'https://other.example.com',
    AWS_ENDPOINT_URL_S3: 'https://s3.example.com',
    AWS_REGION: 'r1',
  };
  expect(place('s3://lake', env).shown).toBe('s3://lake?endpoint=https://s3.example.com&region=r1');
  expect(place('s3://lake?region=r2&endpoint=https://third.example.com', env).shown).toBe(
    's3://lake?endpoint=https://third.example.com&region=r2',
  );
});

const refused = (text: string, env: Record<string, string> = {}) => {
  try {
    parseS3Url(text, env);
    return 'taken';
  } catch (error) {
    return (error as Error).message;
  }
};

test('a key in an address is rejected and not repeated', () => {
  expect(refused('s3://AKEXAMPLE:SECRETTEXT@lake/a?region=r')).toBe(
    'an address must not contain a key: addresses are saved and shown',
  );
  expect(refused('s3://lake?secret_key=SECRETTEXT&region=r')).toBe(
    'unknown parameter of an s3:// address: "secret_key"',
  );
  expect(refused('s3://lake?endpoint=https://u:SECRETTEXT@example.com')).toBe('an endpoint must not contain a key');
});

test('an invalid address of a bucket is rejected', () => {
  expect(refused('s3://')).toBe('invalid name of a bucket: ""');
  expect(refused('s3://a/b?region=r')).toBe('invalid name of a bucket: "a"');
  expect(refused('s3://lake:80/b?region=r')).toBe('invalid address: expected that of a bucket');
  expect(refused('s3://lake/a//b?region=r')).toBe('"" cannot be part of a prefix here');
  expect(refused('s3://lake/a%2F..%2Fb?region=r')).toBe('"a%2F..%2Fb" cannot be part of a prefix here');
  expect(refused('s3://lake/a*?region=r')).toBe('"a*" cannot be part of a prefix here');
  expect(refused('s3://lake/a')).toBe('missing region of the bucket');
  expect(refused('s3://lake/a?endpoint=http://store.example.com')).toBe(
    'http would send the events unprotected to store.example.com',
  );
  expect(refused('s3://lake/a?region=a b')).toBe('invalid name of a region');
  expect(refused('s3://lake/a?region=r&account=12')).toBe('invalid number of an AWS account');
  expect(refused('s3://lake/a?endpoint=ftp://x')).toBe('invalid endpoint: expected a web address');
});
