import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { DESTINATIONS, findDestination, schemeOf } from '../../src/destinations/index.js';
import { makeHome, run } from '../helpers/world.js';

test('a destination is found by its scheme, in upper and lower case', () => {
  expect(findDestination('clickhouse://host/a.b')).toBe(findDestination('ClickHouse+HTTP://host/a.b'));
  expect([schemeOf('-'), schemeOf('some/folder'), schemeOf('C:\\folder')]).toEqual(['-', '', '']);
});

test('every scheme has one destination', () => {
  const schemes = DESTINATIONS.flatMap((one) => one.schemes);
  expect(new Set(schemes).size).toBe(schemes.length);
});

test('an unknown destination is named, with the known ones', () => {
  expect(() => findDestination('mongodb://host/x')).toThrow('destination mongodb:// does not exist');
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
      hint: 'To save it: auditlog destination login URL\nOr set AUDITLOG_DEST_SECRET, or AUDITLOG_DEST_SECRET_FILE to the path of a private file',
    });
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter22');
  }
});

const TOKEN = '6f1d3f0a-2b7c-4c7e-9a51-0c5a3d1be2f7';

test.each([
  `splunk+https://${TOKEN}@host:8088/main`,
  'splunk+https://hunter22@host:8088/main',
  'splunk+https:///hunter22@host/main',
  'splunk+https://hun%74er22@host/main',
  'splunk+https://a@hunter22@host/main',
  `elastic+https://${TOKEN}@host/index`,
  'elastic+https://VnVhQ2ZHY0JDZGJrUW0tZTVhT3g6dWkybHAyYXhUTm1zeWFrdzl0dk5udw%3D%3D@host/index',
  `clickhouse://${TOKEN}@host/a.b`,
  `splunk+https://host/main?${TOKEN}`,
  's3://AKIA1234@bucket/prefix',
  's3://bucket?endpoint=https://hunter22@store.example',
  's3://bucket?endpoint=https%3A%2F%2Fa%3Ahunter22%40store.example',
  'syslog+tls://hunter22@host:6514',
  'syslog+tcp://joe:hunter22@localhost',
])('%s is refused wherever it is given, before anything is saved, and not repeated', async (url) => {
  const home = await makeHome();
  for (const words of [
    ['destination', 'check', url],
    ['destination', 'login', url, '--with-token'],
    ['collect', 'it', '--create', '--demo', '--dest', url],
    ['config', 'list'],
    ['collect', 'list'],
  ]) {
    const { code, stdout, stderr } = await run(words, { home, stdin: 'x' });
    if (words.includes(url)) expect({ words, code }).toEqual({ words, code: 2 });
    for (const part of ['hunter22', 'hun%74er22', TOKEN, 'VnVhQ2ZHY0', 'AKIA1234'])
      expect(`${stdout}${stderr}`).not.toContain(part);
  }
  const saved = (await readdir(home, { recursive: true })).filter((name) => name.endsWith('.json'));
  expect(saved).toEqual([]);
});

test('the user whose password is the secret may be named', () => {
  for (const url of ['clickhouse://svc_audit-2@host/a.b', 'opensearch+https://joe%40example.com@host/index'])
    expect(findDestination(url)).toBeDefined();
});

test('the keys of a bucket are rejected in an address, with the places where they belong', () => {
  expect(() => findDestination('s3://AKIA:hunter22@bucket/prefix')).toThrow(
    expect.objectContaining({ exitCode: 2, hint: expect.stringContaining('AWS_SECRET_ACCESS_KEY') }),
  );
});

test.each([
  ['clickhose://host/a.b', 'destination clickhose:// does not exist', 'Did you mean clickhouse://? There are: '],
  [
    'clickhouse:/host/a.b',
    '"clickhouse:" needs two slashes after it',
    'Example: clickhouse://host/database.table\nFor a folder of this name',
  ],
  ['s3:bucket', '"s3:" needs two slashes after it', 'Example: s3://bucket/prefix\nFor a folder of this name'],
])('%s is a slip', (url, message, hint) => {
  expect(() => findDestination(url)).toThrow(
    expect.objectContaining({ exitCode: 2, message, hint: expect.stringContaining(hint) }),
  );
  expect(findDestination('./clickhouse:/host').form).toBe('DIR');
});
