import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { haystackOf, matching, sorted } from '../../src/report/page/filter.js';
import { pretty } from '../../src/report/page/pretty.js';
import type { PageRow } from '../../src/report/page/row.js';
import { makeHome, run } from '../helpers/world.js';
import { hostileEntries } from './entries.js';

const home = await makeHome();
writeFileSync(join(home, 'hostile.ndjson'), hostileEntries(300));
const { stdout: html } = await run(
  ['report', '--input', 'hostile.ndjson', '--title', '</title><script>1</script>', '--prepared-by', '"><b>'],
  { home },
);

test('the policy allows the script and the style that are there, and nothing else', () => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const script = /<script>([\s\S]*?)<\/script>/.exec(html)![1]!;
  const style = /<style>([\s\S]*?)<\/style>/.exec(html)![1]!;
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]);
});

test('hostile entries add no element that can do anything', () => {
  // Not what is inside elements of data, nor our own script.
  const outside = html.replace(/<script[^>]*>[\s\S]*?<\/script>/g, '').replace(/<style>[\s\S]*?<\/style>/, '');
  const names = new Set([...outside.matchAll(/<([a-z][\w-]*)/gi)].map(([, name]) => name!.toLowerCase()));
  for (const name of ['script', 'img', 'iframe', 'object', 'embed', 'link', 'base', 'svg/onload', 'b'])
    expect([name, names.has(name)]).toEqual([name, false]);
  const tags = (outside.match(/<[a-z][^>]*>/gi) ?? []).map((tag) => tag.replace(/"[^"]*"/g, '""'));
  expect(tags.filter((tag) => / (?:on\w+|src|style|srcdoc|action)=/.test(tag))).toEqual([]);
  expect([...outside.matchAll(/href="([^"]*)"/g)].map(([, to]) => to).filter((to) => !to!.startsWith('#'))).toEqual([]);
  expect(html.match(/<script/g)?.length).toBe(4);
  expect(html).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
});

test('the page has landmarks, one first heading, and a name for each picture', () => {
  for (const part of [
    '<main id="main">',
    '<nav aria-label="Sections">',
    'lang="en"',
    'class="skip" href="#main"',
    '<noscript>',
    'role="status"',
  ])
    expect(html).toContain(part);
  expect(html.match(/<h1/g)?.length).toBe(1);
  for (const [svg] of html.matchAll(/<svg[^>]*>/g)) expect(svg).toMatch(/aria-(?:label|hidden)="/);
  const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  expect(ids.length).toBe(new Set(ids).size);
  for (const [, id] of html.matchAll(/aria-(?:labelledby|describedby)="([^"]*)"/g))
    expect([id, ids.includes(id!)]).toEqual([id, id !== 'detail-title']);
});

test('an entry is shown token for token', () => {
  const entry = '{"a":1e400,"b":[9007199254740993,{}],"c":"x\\"{,:}","d":{"e":[]}}';
  expect(pretty(entry)).toBe(
    '{\n  "a": 1e400,\n  "b": [\n    9007199254740993,\n    {}\n  ],\n  "c": "x\\"{,:}",\n  "d": {\n    "e": []\n  }\n}',
  );
  expect(pretty(entry).replace(/\n */g, '').replace(/": /g, '":')).toBe(entry);
});

test('rows are filtered by all words, and sorted with ties newest first', () => {
  const row = (time: number, who: string, label: string, sections = 0): PageRow => [
    time,
    `2026-${time}`,
    0,
    label,
    'a.b',
    'Cat',
    who,
    `${who}@x`,
    'on',
    'app',
    'DE',
    '',
    `id${time}`,
    sections,
    [['role', 'viewer', 'Admin']],
  ];
  const rows = [row(3, 'Zoe', 'Deleted', 2), row(2, 'Ann', 'Created'), row(1, 'Zoe', 'Created', 1)];
  const find = (words: readonly string[], more = {}) => [
    ...matching(rows, (at) => haystackOf(rows[at]!), sorted(rows, 0, true), {
      words,
      kind: undefined,
      category: '',
      person: '',
      sections: 0,
      ...more,
    }),
  ];
  expect(find([])).toEqual([0, 1, 2]);
  expect(find(['zoe', 'created'])).toEqual([2]);
  expect(find(['admin'])).toEqual([0, 1, 2]);
  expect(find([], { sections: 3 })).toEqual([0, 2]);
  expect(find([], { person: 'Ann@x' })).toEqual([1]);
  expect([...sorted(rows, 1, false)]).toEqual([1, 0, 2]);
  expect([...sorted(rows, 1, true)]).toEqual([0, 2, 1]);
  expect([...sorted(rows, 0, false)]).toEqual([2, 1, 0]);
});
