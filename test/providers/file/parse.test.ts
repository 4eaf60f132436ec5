import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AuditlogError } from '../../../src/errors.js';
import { toProviderFile } from '../../../src/providers/file/parse.js';
import { fileSchema, PROVIDER_FILE } from '../../../src/providers/file/shape.js';
import { loadShipped, SHIPPED, shippedFile } from '../../../src/providers/file/shipped.js';
import { PROVIDERS } from '../../../src/providers/index.js';
import { ROOT } from '../../helpers/world.js';

/** As little as a file can say. */
const small = {
  name: 'acme',
  path: '/v1/audit',
  auth: { header: 'X-Api-Key' },
  paging: { style: 'page', page: 'page', size: 'per_page', max: 50 },
  fields: { time: 'at', action: 'what', actor: { email: 'who' } },
};

/** Every problem of a file, a line each; '' when there is none. */
function problems(value: unknown): string {
  try {
    toProviderFile(value, 'acme.json');
    return '';
  } catch (error) {
    const { exitCode, message, hint = '' } = error as AuditlogError;
    expect(exitCode).toBe(2);
    expect(message).toMatch(/^acme\.json: /);
    return [message.slice('acme.json: '.length), ...hint.split('\n').slice(0, -1)].join('\n');
  }
}

test.each(PROVIDERS)('$name can be written to a file and read back unchanged', (provider) => {
  const file = JSON.parse(JSON.stringify(provider));
  expect(toProviderFile(file, 'file').provider).toEqual(provider);
});

test('missing keys of a file get their defaults', () => {
  expect(problems(small)).toBe('');
  expect(toProviderFile(small, 'acme.json').provider).toMatchObject({
    title: 'acme',
    base: undefined,
    items: '',
    total: undefined,
    filters: {},
    dates: { format: 'day' },
    actions: {},
    actionsComplete: false,
    rate: { default: 60 },
    auth: { header: 'x-api-key' },
  });
});

describe('a mistake is named with its path in the file', () => {
  const page = small.paging;
  const fields = small.fields;
  const cases: readonly (readonly [what: string, file: unknown, told: string])[] = [
    ['no object', [], '$: expected an object (found a list)'],
    ['nothing at all', null, '$: expected an object (found null)'],
    [
      'a paging style that does not exist',
      { ...small, paging: { ...page, style: 'pages' } },
      '$.paging.style: "pages" is not one of page, offset, cursor, link, none: did you mean page?',
    ],
    ['no paging style', { ...small, paging: {} }, '$.paging.style: missing: one of page, offset, cursor, link, none'],
    ['a key that is misspelt', { ...small, pagng: 1 }, '$.pagng: unknown key: did you mean paging?'],
    [
      'a filter that we do not have',
      { ...small, filters: { usr: 'u' } },
      '$.filters.usr: unknown key: did you mean user?',
    ],
    [
      'a missing field',
      { ...small, fields: { action: 'what', actor: fields.actor } },
      '$.fields.time: missing: when it happened; see timeFormat',
    ],
    [
      'a missing part',
      { ...small, auth: undefined },
      '$.auth: expected an object with the keys header, type, scheme, value, parts, headers (found nothing)',
    ],
    [
      'http to another machine',
      { ...small, base: 'http://api.acme.example' },
      '$.base: http would send the key unprotected to api.acme.example: use https',
    ],
    [
      'a password in the address',
      { ...small, base: 'https://a:b@acme.example' },
      '$.base: an address must not contain a name or password',
    ],
    [
      'no address',
      { ...small, base: 'acme.example' },
      '$.base: "acme.example" is not an address such as https://api.example.com or https://{tenant}.example.com',
    ],
    [
      'a path without a slash',
      { ...small, path: 'v1/audit' },
      '$.path: "v1/audit" is not a path such as /v1/orgs/{org}/audit-logs',
    ],
    [
      'a query in the path',
      { ...small, path: '/v1?x=1' },
      '$.path: "/v1?x=1" is not a path such as /v1/orgs/{org}/audit-logs',
    ],
    [
      'another host as path',
      { ...small, path: '//evil.example/x' },
      '$.path: "//evil.example/x" is not a path such as /v1/orgs/{org}/audit-logs',
    ],
    ['a path that climbs', { ...small, path: '/v1/../admin' }, '$.path: it has . or .. in it'],
    [
      'an org that the path does not have',
      { ...small, defaultOrg: 'c' },
      '$.defaultOrg: neither the path nor $.fixed nor $.body has an {org} that it could replace',
    ],
    [
      'a path in another notation',
      { ...small, fields: { ...fields, ip: '$.context.ip' } },
      '$.fields.ip: "$.context.ip" is not a path such as actor.email or tags.0',
    ],
    [
      'an index in brackets',
      { ...small, fields: { ...fields, ip: ['ips[0]'] } },
      '$.fields.ip[0]: "ips[0]" is not a path such as actor.email or tags.0',
    ],
    [
      'a path with an empty step',
      { ...small, fields: { ...fields, ip: 'context..ip' } },
      '$.fields.ip: "context..ip" is not a path such as actor.email or tags.0',
    ],
    [
      'a person nobody can be told by',
      { ...small, fields: { ...fields, actor: {} } },
      '$.fields.actor: one of id, name, email must be there',
    ],
    [
      'a number that is none',
      { ...small, paging: { ...page, max: '50' } },
      '$.paging.max: expected a number (found a text)',
    ],
    [
      'a page of nothing',
      { ...small, paging: { ...page, max: 0 } },
      '$.paging.max: 0 is not a whole number from 1 to 10000',
    ],
    [
      'a parameter twice',
      { ...small, fixed: { page: '1' } },
      '$.fixed.page: the parameter page is $.paging.page already',
    ],
    [
      'a header that is ours',
      { ...small, headers: { host: 'x' } },
      '$.headers.host: this header is not for a file to set',
    ],
    [
      'a second key',
      { ...small, headers: { 'x-api-key': 'abc' } },
      '$.headers["x-api-key"]: this header carries the key',
    ],
    [
      'a line break in a header',
      { ...small, headers: { 'x-a': 'b\r\nc' } },
      '$.headers["x-a"]: "b\\r\\nc" is not plain text for a header',
    ],
    [
      'a key in a header of the transport',
      { ...small, auth: { header: 'Host' } },
      '$.auth.header: host cannot carry a key',
    ],
    [
      'a total beside a list',
      { ...small, total: { path: 'total' } },
      '$.total.path: nothing can stand beside the entries where the answer is the list: see $.items',
    ],
    [
      'two totals',
      { ...small, total: { path: 'a', header: 'b' } },
      '$.total: exactly one of header, path must be there',
    ],
    [
      'a filter that entries cannot show',
      { ...small, filters: { target: 't' } },
      '$.filters.target: entries must show what was filtered: missing $.fields.target',
    ],
    [
      'a kind that does not exist',
      { ...small, actions: { 'a.b': { category: 'A', label: 'B', kind: 'remove' } } },
      '$.actions["a.b"].kind: "remove" is not one of create, update, delete, other',
    ],
    [
      'a time format that does not exist',
      { ...small, timeFormat: 'epoch' },
      '$.timeFormat: "epoch" is not one of rfc3339, rfc1123, epoch-s, epoch-ms, epoch-us, epoch-ns, epoch-parts: did you mean epoch-s?',
    ],
    [
      'a column that shows nothing',
      { ...small, columns: [{ heading: 'Who', shows: 'actr' }] },
      '$.columns[0].shows: "actr" is not one of time, actor, event, category, resource, target, source, location, details, nor a path with a dot in front: did you mean actor?',
    ],
    [
      'more than the limit',
      { ...small, rate: { limit: 10, default: 20 } },
      '$.rate.default: it is more than the limit, 10',
    ],
    [
      'a name that cannot be typed',
      { ...small, name: 'Acme Inc' },
      '$.name: "Acme Inc" is not a name of lower-case letters, digits, _ and -',
    ],
    [
      'all actions of none',
      { ...small, actionsComplete: true },
      '$.actionsComplete: there are no $.actions that could be all',
    ],
  ];
  test.each(cases)('%s', (_, file, told) => {
    expect(problems(file)).toBe(told);
  });

  test('all problems are listed at once, up to twenty', () => {
    expect(problems({ ...small, path: 'x', title: 7, fixed: { a: 1 } })).toBe(
      [
        '$.path: "x" is not a path such as /v1/orgs/{org}/audit-logs',
        '$.title: expected a text (found a number)',
        '$.fixed.a: expected a text (found a number)',
      ].join('\n'),
    );
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`zz${index}`, 1]));
    expect(problems({ ...small, ...many }).split('\n')).toHaveLength(21);
  });
});

describe('the files that come with the program', () => {
  test.each(SHIPPED)('%s is read as its file says', async (name) => {
    const { provider, examples } = (await loadShipped(name))!;
    expect(provider.name).toBe(name);
    expect(provider.base).toMatch(/^https:/);
    expect(examples.length).toBeGreaterThan(1);
    expect(await shippedFile(name)).toMatchObject({ name, title: provider.title });
  });

  test('an unknown name is no file of the program', async () => {
    expect(await loadShipped('constructor')).toBeUndefined();
    expect(await loadShipped('acme')).toBeUndefined();
  });
});

test('provider.schema.json equals the schema that `auditlog provider schema` prints', () => {
  const shipped = readFileSync(join(ROOT, 'src/providers/provider.schema.json'), 'utf8');
  expect(JSON.parse(shipped)).toEqual(JSON.parse(JSON.stringify(fileSchema())));
});

test('the example of docs/reference/provider-files.md works, and every key that it names exists', () => {
  const page = readFileSync(join(ROOT, 'docs/reference/provider-files.md'), 'utf8');
  const example = /^```json\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? '';
  expect(toProviderFile(JSON.parse(example), 'acme.json').provider.title).toBe('Acme');
  const [, tables = ''] = /^## Required keys\n([\s\S]*?)^## Entries\n/m.exec(page) ?? [];
  const named = [...tables.matchAll(/^\| `([^|]*)` \|/gm)].flatMap(([, cell = '']) => cell.split('`, `'));
  const known = Object.keys(PROVIDER_FILE.keys);
  expect(named.filter((name) => !known.includes(name.split('.')[0]!))).toEqual([]);
  expect(named.length).toBeGreaterThan(20);
});
