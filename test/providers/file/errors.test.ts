import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toProviderFile } from '../../../src/providers/file/parse.js';
import { makeHome, run } from '../../helpers/world.js';

const small = {
  name: 'acme',
  base: 'https://api.acme.example',
  path: '/v1/{org}/audit',
  auth: { header: 'authorization' },
  paging: { style: 'page', page: 'p' },
  fields: { time: 'at', action: 'what', actor: { id: 'who' } },
};

function faultOf(file: unknown): string {
  try {
    toProviderFile(file, 'acme.json');
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

describe('a fault of a file has its path, what is expected, and what was meant', () => {
  test.each<[what: string, file: unknown, message: string]>([
    [
      'a text for the sign-in',
      { ...small, auth: 'Bearer' },
      '$.auth: expected an object with the keys header, type, scheme, value, parts, headers (found a text)',
    ],
    [
      'a text for the pages',
      { ...small, paging: 'page' },
      '$.paging: expected an object with "style": one of page, offset, cursor, link, none (found a text)',
    ],
    [
      'a text for a person',
      { ...small, fields: { ...small.fields, actor: 'user' } },
      '$.fields.actor: expected an object or a list with the keys id, name, email, actions (found a text)',
    ],
    [
      'a text for a variable',
      { ...small, variables: { host: 'acme' } },
      '$.variables.host: expected an object with the keys about, example, default (found a text)',
    ],
    ['a list for the file', [small], '$: expected an object (found a list)'],
    [
      'the organization in the base',
      { ...small, base: 'https://{org}.acme.example' },
      '$.base: {org} cannot be in an address: declare a variable of another name in $.variables, or put {org} into $.path',
    ],
    ['a second variable', { ...small, path: '/v1/{org}/{space}' }, '$.path: {space} is not declared in $.variables'],
    [
      'a variable of another language',
      { ...small, path: `/v1/$${'{org}'}/audit` },
      `$.path: $${'{org}'} would be sent as it is: write {org}, or {name} of a variable`,
    ],
    [
      'a variable of a router',
      { ...small, path: '/v1/:org/audit' },
      '$.path: :org would be sent as it is: write {org}, or {name} of a variable',
    ],
    [
      'a variable of documentation',
      { ...small, path: '/v1/<org>/audit' },
      '$.path: <org> would be sent as it is: write {org}, or {name} of a variable',
    ],
    [
      'a POST without a body',
      { ...small, method: 'POST' },
      '$.body: a POST needs one: {} where the parameters of pages and dates are all that it has',
    ],
    [
      'a body without a POST',
      { ...small, body: {} },
      '$.body: a GET has no body: say "method": "POST" as well, or leave it out',
    ],
    ['no path', { ...small, path: undefined }, '$.path: missing: a path such as /v1/orgs/{org}/audit-logs'],
    [
      'a log without a path',
      { ...small, path: undefined, logs: { a: { title: 'A', path: '/a' }, b: { title: 'B' } } },
      '$.logs.b.path: missing: a path such as /v1/orgs/{org}/audit-logs',
    ],
    [
      'a log with a fault of its own',
      { ...small, logs: { a: { title: 'A' }, b: { title: 'B', dates: { required: true, format: 'day' } } } },
      '$.logs.b.dates.required: a range can only be sent with $.dates.from or $.dates.search',
    ],
    [
      'a log with a filter that entries do not show',
      { ...small, logs: { a: { title: 'A', filters: { account: 'acc' } } } },
      '$.logs.a.filters.account: entries must show what was filtered: missing $.fields.account',
    ],
    [
      'a map of changes without its sides',
      { ...small, fields: { ...small.fields, changes: [{ map: 'diff', old: 'from' }] } },
      '$.fields.changes[0].new: a map needs one path here, such as 0 or from',
    ],
    [
      'a list of changes without a name',
      { ...small, fields: { ...small.fields, changes: [{ list: 'diff', old: 'from' }] } },
      '$.fields.changes[0].name: a list needs the place of the name',
    ],
    [
      'changes of nothing',
      { ...small, fields: { ...small.fields, changes: [{ name: 'field' }] } },
      '$.fields.changes[0]: list, map, old or new must be there',
    ],
    [
      'words for a joined action',
      { ...small, fields: { ...small.fields, action: { join: ['a', 'b'], words: { '1': 'x' } } } },
      '$.fields.action: words and otherwise need a path: a joined action has its own words',
    ],
    ['no log', { ...small, logs: {} }, '$.logs: it names no log: leave it out'],
    [
      'a key that is nearly right',
      { ...small, paging: { style: 'page', page: 'p', firts: 0 } },
      '$.paging.firts: unknown key: did you mean first?',
    ],
    [
      'a time format that is nearly right',
      { ...small, timeFormat: 'epoch_ms' },
      '$.timeFormat: "epoch_ms" is not one of rfc3339, rfc1123, epoch-s, epoch-ms, epoch-us, epoch-ns, epoch-parts: did you mean epoch-ms?',
    ],
    [
      'a zone by its name',
      { ...small, timeZone: 'Europe/Berlin' },
      '$.timeZone: "Europe/Berlin" is not UTC or an offset such as -06:00',
    ],
  ])('%s', (_, file, message) => {
    const plain: unknown = JSON.parse(JSON.stringify(file));
    expect(faultOf(plain)).toBe(`acme.json: ${message}`);
  });
});

describe('a file that is not JSON says why, with line and column', () => {
  const text = JSON.stringify(small, null, 2);
  test.each<[what: string, file: string | Buffer, message: string]>([
    ['YAML', 'name: acme\npath: /v1\n', 'line 1, column 1: this is YAML: write it as JSON'],
    ['YAML with a beginning', '---\nname: acme\n', 'line 1, column 1: this is YAML: write it as JSON'],
    ['YAML with a comment', '# Acme\nname: acme\n', 'line 1, column 1: this is YAML: write it as JSON'],
    [
      'a comment',
      text.replace('  "path"', '  // the log\n  "path"'),
      'line 4, column 3: JSON has no comments: leave it out',
    ],
    [
      'a long comment',
      text.replace('"path"', '/* x */ "path"'),
      'line 4, column 3: JSON has no comments: leave it out',
    ],
    ['a comma behind the last member', text.replace(/\n\}$/, ',\n}'), 'line 19, column 1: extra comma before }'],
    ['single quotes', text.replace('"acme"', "'acme'"), 'line 2, column 11: JSON has texts in double quotes: "text"'],
    ['curly quotes', text.replace('"acme"', '“acme”'), 'line 2, column 11: JSON has texts in double quotes: "text"'],
    ['a key without quotes', text.replace('"name"', 'name'), 'line 2, column 3: JSON has keys in double quotes: "key"'],
    ['no comma', text.replace('"acme",', '"acme"'), 'line 3, column 3: missing comma before this'],
    ['half a file', text.slice(0, 44), 'line 3, column 11: unterminated string'],
    ['no last bracket', text.slice(0, -2), 'line 18, column 4: unexpected end: a bracket is not closed'],
    ['nothing', ' \n', 'line 2, column 1: the file is empty'],
    ['a web page', '<!doctype html>', 'line 1, column 1: this is a web page or XML, not JSON'],
    ['UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le'), 'line 1, column 1: this is not UTF-8 text: save it as UTF-8'],
  ])('%s', async (_, file, message) => {
    const home = await makeHome();
    const path = join(home, 'acme.json');
    await writeFile(path, file);
    const { code, stderr } = await run('provider check acme.json', { home });
    expect([code, stderr.split('\n')[0]]).toEqual([2, `error: ${path}, ${message}`]);
  });

  test('a byte order mark is no fault', async () => {
    const home = await makeHome();
    await writeFile(join(home, 'acme.json'), `\ufeff${text}`);
    expect((await run('provider check acme.json', { home })).code).toBe(0);
  });
});
