import { expect, test } from 'vitest';
import { scanEach } from '../../../../src/engine/page/scan/each.js';
import { firstText, ScanError, wantPaths } from '../../../../src/engine/page/scan/scan.js';

const scan = (text: string, items: string, each: string) =>
  scanEach(Buffer.from(text), items, each, wantPaths(['id'])).entries;

test.each<[what: string, text: string, items: string, each: string, raws: readonly string[]]>([
  [
    'edges',
    '{"d":{"edges":[ {"cursor":"x","node": {"id": 1.0, "x" : [ 1 ]}} ,{"node":{"id":2}}]}}',
    'd.edges',
    'node',
    ['{"id":1.0,"x":[1]}', '{"id":2}'],
  ],
  [
    'lists in a list',
    '[{"items":[{"id":1},{"id":2}]},{"items":[]},{"items":[{"id":3}]}]',
    '',
    'items',
    ['{"id":1}', '{"id":2}', '{"id":3}'],
  ],
  ['a null list beside others', '{"data":[{"data":[{"id":1}]},{"data":null}]}', 'data', 'data', ['{"id":1}']],
  ['a null node', '{"e":[{"node":{"id":1}},{"node":null}]}', 'e', 'node', ['{"id":1}', 'null']],
  [
    'a member without an entry',
    '{"e":[{"node":{"id":1}},{"cursor":"x"},7]}',
    'e',
    'node',
    ['{"id":1}', '{"cursor":"x"}', '7'],
  ],
  ['entries of other kinds in a list', '[{"items":[null,"x",{"id":1}]}]', '', 'items', ['null', '"x"', '{"id":1}']],
  ['a list one deeper', '[{"items":[[{"id":1}]]}]', '', 'items', ['[{"id":1}]']],
  ['a path of several steps', '{"e":[{"a":{"b":{"id":1}}}]}', 'e', 'a.b', ['{"id":1}']],
  ['a key with dots', '{"e":[{"a.b":{"id":1}}]}', 'e', 'a.b', ['{"id":1}']],
  ['a key that is repeated', '{"e":[{"node":{"id":1},"node":{"id":2}}]}', 'e', 'node', ['{"id":2}']],
  ['nothing', '{"e":[]}', 'e', 'node', []],
])('%s', (_, text, items, each, raws) => {
  expect(scan(text, items, each).map(({ raw }) => raw.toString())).toEqual(raws);
});

test('fields are those of the entry, not of what is around it', () => {
  const [entry] = scan('{"e":[{"id":"outer","node":{"id":"inner"}}]}', 'e', 'node');
  expect(entry && firstText(entry, 0, 1)).toBe('inner');
});

test('a path that no member has is another one', () => {
  expect(() => scan('{"e":[{"a":1},{"a":2},{"a":3}]}', 'e', 'node')).toThrow(ScanError);
});
