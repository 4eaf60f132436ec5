import { expect, test } from 'vitest';
import { toProviderFile } from '../../../src/providers/file/parse.js';

const PLAIN = {
  name: 'acme',
  path: '/v1/audit',
  auth: { header: 'authorization', scheme: 'Bearer' },
  items: 'rows',
  paging: { style: 'cursor', cursor: 'after', next: 'next', size: 'limit' },
  fields: { time: 'at', action: 'action', actor: { id: 'by' } },
};
const { paging } = PLAIN;
const SEARCH = { parameter: 'q', from: 'a:{from}', to: 'b:{to}', both: '{from}..{to}' };

const POST = { method: 'POST', body: {} };

function problem(file: object): string {
  try {
    toProviderFile({ ...PLAIN, ...file }, 'acme.json');
    return 'none';
  } catch (error) {
    return (error as Error).message.replace('acme.json: ', '');
  }
}

test.each<[what: string, file: object, told: string]>([
  ['a body without POST', { body: {} }, '$.body: a GET has no body: say "method": "POST" as well, or leave it out'],
  [
    'a POST without a body',
    { method: 'POST' },
    '$.body: a POST needs one: {} where the parameters of pages and dates are all that it has',
  ],
  ['a POST with a body', POST, 'none'],
  [
    'pages in the body of a GET',
    { paging: { ...paging, in: 'body' } },
    '$.paging.in: a GET has no body that they could go into: say "method": "POST" as well',
  ],
  [
    'dates in the body of a GET',
    { dates: { from: 'a', format: 'day', in: 'body' } },
    '$.dates.in: a GET has no body that they could go into: say "method": "POST" as well',
  ],
  [
    'filters in the body of a GET',
    { filtersIn: 'body' },
    '$.filtersIn: a GET has no body that they could go into: say "method": "POST" as well',
  ],
  [
    'a pattern of another format',
    { dates: { from: 'a', format: 'day', pattern: 'YYYYMMDD' } },
    '$.dates.pattern: it belongs to "format": "pattern", and the format is "day"',
  ],
  [
    'a format without its pattern',
    { dates: { from: 'a', format: 'pattern' } },
    '$.dates.pattern: missing: the format "pattern" needs one, such as YYYY-MM-DD HH:mm:ss',
  ],
  ['one parameter for both ends', { dates: { from: 'a', to: 'a', format: 'day' } }, 'none'],
  [
    'one parameter for both ends in a body',
    { ...POST, dates: { from: 'a', to: 'a', format: 'day' } },
    '$.dates.to: the parameter a is $.dates.from already, and a body cannot have it twice',
  ],
  [
    'a cursor with the name of the size',
    { paging: { ...paging, cursor: 'limit' } },
    '$.paging.cursor: the parameter limit is $.paging.size already',
  ],
  ['one name in the address and in the body', { ...POST, fixed: { limit: '1' } }, 'none'],
  [
    'a page by time without a range',
    { paging: { ...paging, next: { lastTime: true } } },
    '$.paging.next.lastTime: a page that begins at a time needs $.dates.from or $.dates.to',
  ],
  [
    'a page by time among days',
    { paging: { ...paging, cursor: 'a', next: { lastTime: true } }, dates: { from: 'a', format: 'day' } },
    '$.paging.next.lastTime: a page that begins at a time needs a $.dates.format finer than days',
  ],
  [
    'a page by time',
    { paging: { ...paging, cursor: 'a', next: { lastTime: true } }, dates: { from: 'a', format: 'epoch-s' } },
    'none',
  ],
  [
    'a page that is not by time',
    { paging: { ...paging, next: { lastTime: false } } },
    '$.paging.next.lastTime: it can only be true',
  ],
  [
    'two places of the next page',
    { paging: { ...paging, next: { header: 'X-Next', last: 'id' } } },
    '$.paging.next: exactly one of header, last, lastTime must be there',
  ],
  ['a next page in a header of a bare list', { items: '', paging: { ...paging, next: { header: 'X-Next' } } }, 'none'],
  [
    'rows without a size',
    { paging: { style: 'offset', offset: 'skip' } },
    '$.paging.size: pages that begin at any row need the parameter of their size',
  ],
  ['pages without a size', { paging: { style: 'page', page: 'page' } }, 'none'],
  [
    'the reach of a cursor',
    { paging: { ...paging, reach: 10 } },
    '$.paging.reach: pages of the style cursor lead to one another as far as there are any',
  ],
  [
    'a cursor in the place of the beginning',
    { paging: { ...paging, cursor: 'a' }, dates: { from: 'a', format: 'day' } },
    'none',
  ],
  [
    'a cursor with the name of a search',
    { paging: { ...paging, cursor: 'q' }, dates: { search: SEARCH, format: 'day' } },
    '$.dates.search.parameter: the parameter q is $.paging.cursor already',
  ],
  ['a path of its own for cursors', { paging: { ...paging, path: '/v1/audit/{org}/continue' } }, 'none'],
  [
    'a path for cursors that leads elsewhere',
    { paging: { ...paging, path: '/v1/../continue' } },
    '$.paging.path: it has . or .. in it',
  ],
  [
    'a path for cursors with a variable that is not declared',
    { paging: { ...paging, path: '/v1/{site}/continue' } },
    '$.paging.path: {site} is not declared in $.variables',
  ],
  [
    'a next page that is known beside a size',
    { paging: { ...paging, nextKnown: true } },
    '$.paging.nextKnown: with $.paging.size a smaller page shows it: leave it out',
  ],
  ['a word for the last page', { paging: { ...paging, isLast: 'done' } }, 'none'],
  [
    'two words for the last page',
    { paging: { ...paging, isLast: 'done', hasMore: 'more' } },
    '$.paging.isLast: it says the same as $.paging.hasMore: leave out one of them',
  ],
  [
    'a word beside a bare list',
    { items: '', paging: { ...paging, next: { header: 'X-Next' }, isLast: 'done' } },
    '$.paging.isLast: nothing can stand beside the entries where the answer is the list: see $.items',
  ],
  ['an organization in the body', { ...POST, body: { org: '{org}' }, defaultOrg: 'c' }, 'none'],
])('%s', (_, file, told) => {
  expect(problem(file)).toBe(told);
});
