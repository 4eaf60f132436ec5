import { expect, test } from 'vitest';
import {
  eitherOf,
  exactly,
  isAnything,
  isCount,
  isFlag,
  isNumber,
  isText,
  isWhole,
  listOf,
  mapOf,
  nullable,
  objectOf,
  oneOf,
  orAbsent,
} from '../../src/json/is.js';

const isPerson = objectOf({ name: isText, age: orAbsent(isCount) }, { mail: isText });
const isOnlyPerson = exactly({ name: isText, age: orAbsent(isCount) }, { mail: isText });

test.each([
  ['a text', isText, '', true],
  ['a number as a text', isText, 1, false],
  ['a fraction', isNumber, 1.5, true],
  ['a fraction as a whole number', isWhole, 1.5, false],
  ['a number beyond the safe integers', isWhole, 2 ** 53, false],
  ['a negative whole number', isWhole, -1, true],
  ['a negative count', isCount, -1, false],
  ['a flag', isFlag, false, true],
  ['null as a flag', isFlag, null, false],
  ['null where it may be', nullable(isFlag), null, true],
  ['an absent value where null may be', nullable(isFlag), undefined, false],
  ['an absent value where it may be', orAbsent(isText), undefined, true],
  ['null where a value may be absent', orAbsent(isText), null, false],
  ['one of the words', oneOf('a', 'b'), 'b', true],
  ['another word', oneOf('a', 'b'), 'c', false],
  ['the second of two', eitherOf(isText, isFlag), true, true],
  ['neither of two', eitherOf(isText, isFlag), 1, false],
  ['an empty list', listOf(isText), [], true],
  ['a list with one wrong item', listOf(isText), ['a', 1], false],
  ['an object as a list', listOf(isText), { length: 0 }, false],
  ['a map', mapOf(isCount), { a: 1, b: 2 }, true],
  ['a list as a map', mapOf(isCount), [1], false],
  ['anything', isAnything, { a: [null] }, true],
  ['an object without what may be absent', isPerson, { name: 'a' }, true],
  ['an object with everything', isPerson, { name: 'a', age: 1, mail: 'm' }, true],
  ['an object with more than that', isPerson, { name: 'a', more: 1 }, true],
  ['an object without what must be there', isPerson, { age: 1 }, false],
  ['an object whose optional member is wrong', isPerson, { name: 'a', mail: 1 }, false],
  ['a member that only the prototype has', objectOf({ toString: isAnything, name: isText }), { toString: 1 }, false],
  ['a list as an object', isPerson, ['a'], false],
  ['null as an object', isPerson, null, false],
  ['exactly the members', isOnlyPerson, { name: 'a', age: 1 }, true],
  ['one member more', isOnlyPerson, { name: 'a', more: 1 }, false],
  [
    'a key that JSON may have and objects treat otherwise',
    isOnlyPerson,
    JSON.parse('{"name":"a","__proto__":1}'),
    false,
  ],
])('%s', (_, is, value, expected) => {
  expect(is(value)).toBe(expected);
});
