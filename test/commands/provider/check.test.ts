import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeHome, run } from '../../helpers/world.js';

const cursor = { style: 'cursor', cursor: 'after', size: 'limit', max: 3, next: 'meta.next' };
const link = { style: 'link', size: 'limit', max: 3, next: '@odata.nextLink' };
const page = { style: 'page', page: 'page', size: 'limit', max: 3 };
const acme = {
  name: 'acme',
  base: 'https://api.acme.example',
  path: '/v1/audit',
  auth: { header: 'x-api-key' },
  paging: cursor,
  items: 'data',
  fields: { id: 'id', time: 'at', action: 'what', actor: { name: 'who' } },
};
const entry = (n: number, more: object = {}) => ({
  id: `e${n}`,
  at: `2026-11-0${9 - n}T09:30:00Z`,
  what: 'robot.painted',
  who: 'Ann',
  ...more,
});
const three = [entry(1), entry(2), entry(3)];

/** What `provider check` says of a file and a sample: its lines with a weight in front, and how it ends. */
async function check(file: object, sample: unknown): Promise<{ code: number; said: readonly string[] }> {
  const home = await makeHome();
  await writeFile(join(home, 'acme.json'), JSON.stringify(file));
  await writeFile(join(home, 'answer.json'), JSON.stringify(sample));
  const { code, stdout } = await run('provider check acme.json --sample answer.json', { home });
  return { code, said: stdout.split('\n').filter((line) => /^(?:Wrong|Warning|Nothing)/.test(line)) };
}

const FINE = 'Nothing is wrong.';
const FEW = (entries: number) =>
  `$.paging.max: the answer has ${entries === 1 ? '1 entry' : `${entries} entries`} and a next page, where pages have 3: right if it was asked for so few, else write the vendor's largest page`;

describe('auditlog provider check', () => {
  test.each<[what: string, file: object, sample: unknown]>([
    ['an answer as the file says', acme, { data: three, meta: { next: null } }],
    ['pages that are not the last', acme, { data: three, meta: { next: 'x', has_next_words: true } }],
    [
      'a boolean that the file names',
      { ...acme, paging: { ...cursor, hasMore: 'has_more' } },
      { data: three, meta: { next: 'x' }, has_more: true },
    ],
    [
      'a key that holds dots',
      { ...acme, paging: link },
      { data: three, '@odata.nextLink': 'https://api.acme.example/2' },
    ],
    [
      'entries that are declared as oldest first',
      { ...acme, order: 'oldest-first' },
      { data: three.toReversed(), meta: { next: 'x' } },
    ],
    [
      'a count of all entries',
      { ...acme, total: { path: 'meta.total' } },
      { data: three, meta: { next: 'x', total: 12 } },
    ],
    [
      'a count of entries that are all on a short page',
      { ...acme, total: { path: 'meta.total' } },
      { data: three.slice(1), meta: { next: null, total: 2 } },
    ],
    ['a list of entries in no order', acme, three.toReversed()],
    ['numbers of pages from 0', { ...acme, paging: { ...page, first: 0 } }, { data: three, page: 0 }],
    ['numbers of pages from 1', { ...acme, paging: page }, { data: three, page: 1 }],
  ])('has nothing to say of %s', async (_, file, sample) => {
    expect(await check(file, sample)).toEqual({ code: 0, said: [FINE] });
  });

  test.each<[what: string, file: object, sample: unknown, ...said: string[]]>([
    [
      'a boolean beside the cursor',
      acme,
      { data: three, meta: { next: 'x', has_more: true } },
      '$.paging.hasMore: the file does not name it, and the answer says true or false at meta.has_more',
    ],
    ...['hasMore', 'next_page', 'moreAvailable', 'hasNextPage', 'more', 'has_next'].map(
      (key): [string, object, unknown, string] => [
        `a boolean at ${key}`,
        acme,
        { data: three, meta: { next: 'x' }, [key]: false },
        `$.paging.hasMore: the file does not name it, and the answer says true or false at ${key}`,
      ],
    ),
    [
      'a short page without a link',
      { ...acme, paging: link },
      { data: three.slice(1) },
      '$.paging.next: there is nothing at @odata.nextLink in the answer, which is right for the last page only',
    ],
    [
      'entries that are oldest first',
      acme,
      { data: three.toReversed(), meta: { next: 'x' } },
      '$.order: the entries are oldest first, from 2026-11-06T09:30:00Z to 2026-11-08T09:30:00Z: if all pages are, say "order": "oldest-first"',
    ],
    [
      'an entry that is given twice',
      acme,
      { data: [entry(1), entry(1)], meta: { next: null } },
      '$.fields.id: "e1" is the id of two entries, which are equal',
    ],
    [
      'the page number 0',
      { ...acme, paging: page },
      { data: three, page: 0 },
      '$.paging.first: the answer has the page number 0 at page: if pages begin with 0, say "first": 0',
    ],
    [
      'the page number 0 under another name',
      { ...acme, paging: page },
      { data: three, meta: { pageNumber: 0 } },
      '$.paging.first: the answer has the page number 0 at meta.pageNumber: if pages begin with 0, say "first": 0',
    ],
    [
      'a count that is just that of a full page',
      { ...acme, total: { path: 'meta.total' } },
      { data: three, meta: { next: 'x', total: 3 } },
      '$.total.path: meta.total is just the number of entries in the answer: does it count one page only?',
    ],
    [
      'a count that is just that of a page with a next one',
      { ...acme, total: { path: 'meta.total' } },
      { data: three.slice(1), meta: { next: 'x', total: 2 } },
      '$.total.path: meta.total is just the number of entries in the answer: does it count one page only?',
      FEW(2),
    ],
    ['fewer entries than a page has, and a next page', acme, { data: three.slice(2), meta: { next: 'x' } }, FEW(1)],
    [
      'the row 0 beside numbers of pages',
      { ...acme, paging: page },
      { data: three, start: 0, limit: 3 },
      '$.paging.first: the answer has the page number 0 at start: if pages begin with 0, say "first": 0',
    ],
    [
      'a cursor that is the id of the last entry',
      acme,
      { data: three, meta: { next: 'e3' } },
      '$.paging.next: meta.next is the id of the last entry, and so on every page: only a flag or an empty page can say which page is the last',
    ],
    [
      'a cursor that is the id of the last entry, beside a boolean',
      acme,
      { data: three, meta: { next: 'e3' }, has_more: true },
      '$.paging.hasMore: the file does not name it, and the answer says true or false at has_more',
      '$.paging.next: meta.next is the id of the last entry, and so on every page: only $.paging.hasMore (has_more) can say which page is the last',
    ],
    [
      'more, and no name of a next page',
      { ...acme, paging: { ...page, hasMore: 'has_more' } },
      { data: three, has_more: true },
      '$.paging: the answer says that there is more and names no next page: if it is asked for by the id of the last entry, say "next": {"last": "id"}',
    ],
    [
      'a second header that looks like a key',
      { ...acme, headers: { 'x-app-key': 'abc' } },
      { data: three, meta: { next: 'x' } },
      '$.headers["x-app-key"]: it looks like a key: keys do not belong into a file. See $.auth.parts and $.auth.headers',
    ],
    [
      'one time that cannot be',
      acme,
      { data: [entry(1), entry(2, { at: '1970-01-01T00:00:00Z' })], meta: { next: null } },
      '$.timeFormat: 1 of 2 times, such as 1970-01-01T00:00:00Z, are not between 2000 and now: exports count such entries as entries without a time',
    ],
  ])('warns of %s, which may be right', async (_, file, sample, ...said) => {
    expect(await check(file, sample)).toEqual({ code: 0, said: [...said.map((one) => `Warning: ${one}`), FINE] });
  });

  test.each<[what: string, file: object, sample: unknown, said: string, warned?: string]>([
    [
      'seconds that are read as milliseconds',
      { ...acme, timeFormat: 'epoch-ms' },
      { data: [entry(1, { at: 1_794_000_000 })], meta: { next: null } },
      '$.timeFormat: times such as 1970-01-21T18:20:00Z: is timeFormat right? (epoch-s, epoch-ms, epoch-us or epoch-ns): did you mean "timeFormat": "epoch-s"?',
    ],
    [
      'times that are far ahead',
      acme,
      [entry(1, { at: '2027-01-01T00:00:00Z' })],
      '$.timeFormat: times such as 2027-01-01T00:00:00Z: is timeFormat right? (epoch-s, epoch-ms, epoch-us or epoch-ns)',
    ],
    [
      'milliseconds that are read as seconds',
      { ...acme, timeFormat: 'epoch-s' },
      [entry(1, { at: 1_794_000_000_000 })],
      '$.timeFormat: "1794000000000" is not a time in the format epoch-s, in 1 of 1 entries: did you mean "timeFormat": "epoch-ms"?',
    ],
    [
      'microseconds that are read as text',
      acme,
      [entry(1, { at: 1_794_000_000_000_000 })],
      '$.timeFormat: "1794000000000000" is not a time in the format rfc3339, in 1 of 1 entries: did you mean "timeFormat": "epoch-us"?',
    ],
    [
      'nanoseconds that are read as text',
      acme,
      [entry(1, { at: '1794000000000000000' })],
      '$.timeFormat: "1794000000000000000" is not a time in the format rfc3339, in 1 of 1 entries: did you mean "timeFormat": "epoch-ns"?',
    ],
    [
      'a time without a zone',
      acme,
      [entry(1, { at: '2026-11-08 09:30:00' })],
      '$.timeFormat: "2026-11-08 09:30:00" is not a time in the format rfc3339, in 1 of 1 entries: did you mean "timeZone": "UTC"?',
    ],
    [
      'an object of seconds',
      acme,
      [entry(1, { at: { epochSecond: 1 } })],
      '$.timeFormat: "{\\"epochSecond\\":1}" is not a time in the format rfc3339, in 1 of 1 entries: did you mean "timeFormat": "epoch-parts"?',
    ],
    [
      'a full page without a link',
      { ...acme, paging: link },
      { data: three },
      '$.paging.next: there is nothing at @odata.nextLink in the answer',
    ],
    [
      'a link that stands elsewhere',
      { ...acme, paging: link },
      { data: three.slice(1), links: { next: 'https://api.acme.example/2' } },
      '$.paging.next: there is nothing at @odata.nextLink in the answer',
      '$.paging.next: did you mean links.next?',
    ],
    [
      'a cursor that stands elsewhere',
      acme,
      { data: three, next_cursor: 'x' },
      '$.paging.next: there is nothing at meta.next in the answer',
      '$.paging.next: did you mean next_cursor?',
    ],
    [
      'an order that the entries do not have',
      { ...acme, order: 'newest-first' },
      { data: three.toReversed(), meta: { next: 'x' } },
      '$.order: it says newest-first, and the entries are oldest-first: from 2026-11-06T09:30:00Z to 2026-11-08T09:30:00Z',
    ],
    [
      'an id that two entries have',
      { ...acme, fields: { ...acme.fields, id: 'who' } },
      { data: three, meta: { next: 'x' } },
      '$.fields.id: "Ann" is the id of two entries',
    ],
    [
      'a count that is too small',
      { ...acme, total: { path: 'meta.total' } },
      { data: three, meta: { next: 'x', total: 1 } },
      '$.total.path: 1 at meta.total is less than the 3 entries of the answer',
    ],
  ])('finds %s', async (_, file, sample, said, warned) => {
    const warnings = warned === undefined ? [] : [`Warning: ${warned}`];
    expect(await check(file, sample)).toEqual({ code: 2, said: [...warnings, `Wrong: ${said}`] });
  });

  test('shows an entry that is nested too deep', async () => {
    const deep = JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`) as unknown;
    expect(await check(acme, { data: [entry(1, { deep })], meta: { next: null } })).toEqual({ code: 0, said: [FINE] });
  });
});
