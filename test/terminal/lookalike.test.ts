import { describe, expect, test } from 'vitest';
import { SeenNames } from '../../src/formats/table/names.js';
import { lookOf, visible } from '../../src/terminal/lookalike.js';

describe('names that look alike', () => {
  test.each([
    ['in two compositions', 'Jos\u00e9', 'Jose\u0301'],
    ['in two cases', 'Ana Lopez', 'ana lopez'],
    ['with spaces around', 'Ana Lopez', ' Ana  Lopez\u00a0'],
    ['with an invisible character', 'Ana', 'A\u200bna'],
    ['with a Cyrillic letter', 'Ana Lopez', '\u0410na L\u043epez'],
    ['with a Greek letter', 'Ana Lopez', 'An\u03b1 L\u03bfpez'],
    ['with full-width letters', 'Ana', '\uff21\uff4e\uff41'],
    ['with a digit', 'Alan Olson', 'A1an 0Ison'],
    ['of blanks of Braille', 'Ana Lopez', 'Ana\u2800Lopez'],
  ])('are one: %s', (_, one, other) => {
    expect(one).not.toBe(other);
    expect(lookOf(other)).toBe(lookOf(one));
    const names = new SeenNames();
    names.see(one, '<a@x.example>');
    names.see(other, '<b@x.example>');
    expect([names.isShared(one), names.isShared(other), names.shared]).toEqual([true, true, 1]);
  });

  test.each([
    ['José', 'Jose'],
    ['Анна', 'Инна'],
    ['王小明', '王小红'],
    ['Ana', 'Anna'],
  ])('are not %s and %s', (one, other) => {
    expect(lookOf(one)).not.toBe(lookOf(other));
  });
});

test.each([
  ['', undefined],
  ['  \t', undefined],
  ['\u2800\u3164\u200b', undefined],
  [' Ana', ' Ana'],
])('of %j a reader sees %j', (text, seen) => {
  expect(visible(text)).toBe(seen);
});
