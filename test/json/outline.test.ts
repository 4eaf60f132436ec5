import { describe, expect, test } from 'vitest';
import { Outline } from '../../src/json/outline.js';

const PATHS = ['id', 'actor.id', 'actor.name', 'tags.1', 'tags.10', 'a.b.c'];

/** What stands at each path that the text has; undefined when the outline gives it up. */
function found(text: string): Record<string, string> | undefined {
  const outline = new Outline(PATHS);
  if (!outline.read(Buffer.from(text))) return undefined;
  const at = (path: string) => outline.nodeAt(path);
  const there = [...PATHS, 'actor', 'tags', 'a', 'a.b'].filter((path) => outline.start[at(path)]! >= 0);
  return Object.fromEntries(
    there.map((path) => [path, Buffer.from(text).toString('utf8', outline.start[at(path)], outline.end[at(path)])]),
  );
}

describe('an outline', () => {
  test('finds the values at its paths and above them, and passes over all else', () => {
    expect(found('{"x":{"id":"no"},"actor":{"é":"\\"}","id":7,"name":"A"},"y":[{}],"id":"日\\u0031"}')).toEqual({
      actor: '{"é":"\\"}","id":7,"name":"A"}',
      'actor.id': '7',
      'actor.name': '"A"',
      id: '"日\\u0031"',
    });
  });

  test('counts the elements of arrays', () => {
    const tags = '["a",{"id":["]"]},2,3,4,5,6,7,8,9,null]';
    expect(found(`{"tags":${tags}}`)).toEqual({ tags, 'tags.1': '{"id":["]"]}', 'tags.10': 'null' });
    expect(found('{"tags":[]}')).toEqual({ tags: '[]' });
  });

  test.each([
    '{"id":1,"id":2}',
    '{"actor":1,"id":2,"actor":3}',
    '{"actor":{"id":1,"id":2}}',
    '{"\\u0069d":1}',
    '{"actor":{"\\u0078":1}}',
    '{"actor.id":1}',
    '{"a.b":1}',
    '{"a":{"b.c":1}}',
    '[]',
    '"id"',
    '',
  ])('gives %s up', (text) => {
    expect(found(text)).toBeUndefined();
  });

  test.each(['{"x":1,"x":2}', '{"x":{"\\u0069d":1,"actor.id":2}}', '{"actor":{"b.c":1}}'])(
    'does not mind %s',
    (text) => {
      expect(found(text)).toBeDefined();
    },
  );

  test.each(['{', '{"id', '{"id"', '{"id":', '{"id":"', '{"tags":[', '{"tags":[}', '{"tags":[1', '{"id":"\\'])(
    'comes to an end in %s, which is no JSON',
    (text) => {
      expect(() => found(text)).not.toThrow();
    },
  );

  test('tells what it found in the order of the text, each before what is below it', () => {
    const outline = new Outline(PATHS);
    const text = Buffer.from('{"a":{"b":{"c":1}},"tags":[0,1],"actor":{"name":"x","id":"\\n"}}');
    outline.read(text);
    const paths = new Map(
      ['tags', 'tags.1', 'a', 'a.b', 'a.b.c', 'actor', 'actor.id', 'actor.name'].map((path) => [
        outline.nodeAt(path),
        path,
      ]),
    );
    const order = [...outline.order.subarray(0, outline.found)];
    expect(order.map((node) => paths.get(node))).toEqual([
      undefined,
      'a',
      'a.b',
      'a.b.c',
      'tags',
      'tags.1',
      'actor',
      'actor.name',
      'actor.id',
    ]);
    expect(order.map((node) => outline.after[node])).toEqual([9, 4, 4, 4, 6, 6, 9, 8, 9]);
    expect(outline.isPlain[outline.nodeAt('actor.name')]).toBe(1);
    expect(outline.isPlain[outline.nodeAt('actor.id')]).toBe(0);
  });
});
