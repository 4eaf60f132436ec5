import { expect, test } from 'vitest';
import { DESTINATIONS, findDestination, schemeOf } from '../../src/destinations/index.js';

test('a destination is found by its scheme, in upper and lower case', () => {
  expect(findDestination('clickhouse://host/a.b')).toBe(findDestination('ClickHouse+HTTP://host/a.b'));
  expect([schemeOf('-'), schemeOf('some/folder'), schemeOf('C:\\folder')]).toEqual(['-', '', '']);
});

test('every scheme has one destination', () => {
  const schemes = DESTINATIONS.flatMap((one) => one.schemes);
  expect(new Set(schemes).size).toBe(schemes.length);
});

test('an unknown destination is named, with the known ones', () => {
  expect(() => findDestination('mongodb://host/x')).toThrow('there is no destination mongodb://');
  try {
    findDestination('mongodb://host/x');
  } catch (error) {
    expect(error).toMatchObject({ exitCode: 2, hint: expect.stringContaining('clickhouse://host/database.table') });
  }
});

test.each([
  'clickhouse://joe:hunter22@host/a.b',
  'clickhouse://:hunter22@host/a.b',
  'splunk+https://host:8088/main?token=hunter22',
  'clickhouse://host/a.b?password=hunter22',
  'elastic+https://host/i?x=1&api%5Fkey=hunter22',
])('%s is refused, and its secret is not repeated', (url) => {
  try {
    findDestination(url);
    expect.fail('it was taken');
  } catch (error) {
    expect(error).toMatchObject({
      exitCode: 2,
      hint: 'Save it apart: auditlog destination login URL. Or set AUDITLOG_DEST_SECRET, or AUDITLOG_DEST_SECRET_FILE to the path of a private file.',
    });
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter22');
  }
});

test('the keys of a bucket are rejected in an address, with the places where they belong', () => {
  expect(() => findDestination('s3://AKIA:hunter22@bucket/prefix')).toThrow(
    expect.objectContaining({ exitCode: 2, hint: expect.stringContaining('AWS_SECRET_ACCESS_KEY') }),
  );
});

test.each([
  ['clickhose://host/a.b', 'there is no destination clickhose://', 'Did you mean clickhouse://? There are: '],
  ['clickhouse:/host/a.b', 'after clickhouse: two slashes are missing', 'Such as clickhouse://host/database.table. '],
  ['s3:bucket', 'after s3: two slashes are missing', 'Such as s3://bucket/prefix. '],
])('%s is a slip', (url, message, hint) => {
  expect(() => findDestination(url)).toThrow(
    expect.objectContaining({ exitCode: 2, message, hint: expect.stringContaining(hint) }),
  );
  expect(findDestination('./clickhouse:/host').form).toBe('DIR');
});
