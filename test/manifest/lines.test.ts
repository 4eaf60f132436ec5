import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareLines, type LineDifference, LineDigest } from '../../src/manifest/lines.js';

function digest(text: string, per?: number, pieces = [text.length]): ReturnType<LineDigest['result']> {
  const lines = new LineDigest('csv', per);
  const bytes = Buffer.from(text);
  let at = 0;
  for (const size of pieces) {
    lines.push(bytes.subarray(at, at + size));
    at += size;
  }
  lines.push(bytes.subarray(at));
  return lines.result();
}

/** How a text differs from the one of which a manifest was made. */
function differs(before: string, after: string): LineDifference | undefined {
  const recorded = digest(before);
  return compareLines(recorded, digest(after, recorded.per));
}

const rows = (number: number): string[] => Array.from({ length: number }, (_, at) => `row ${at}\r\n`);

test('lines that differ are counted, and the first of them is named', () => {
  const before = rows(500);
  expect(differs(before.join(''), before.join(''))).toBeUndefined();
  expect(differs(before.join(''), before.with(13, 'other\r\n').with(200, '\r\n').join(''))).toEqual({
    first: [14, 14],
    changed: 2,
    now: 500,
    recorded: 500,
  });
  expect(differs(before.join(''), before.toSpliced(13, 1).join(''))).toEqual({
    first: [14, 14],
    changed: undefined,
    now: 499,
    recorded: 500,
  });
  expect(differs(before.join(''), `${before.join('')}added`)).toMatchObject({ first: [501, 501], now: 501 });
  expect(differs(before.join(''), '')).toMatchObject({ first: [1, 1], now: 0 });
});

test('of a large text, the lines around the first difference are named', () => {
  const before = rows(10_000);
  expect(digest(before.join(''))).toMatchObject({ count: 10_000, per: 16 });
  expect(Buffer.from(digest(before.join('')).crc32, 'base64').length).toBe(4 * 625);
  expect(differs(before.join(''), before.join(''))).toBeUndefined();
  expect(differs(before.join(''), before.with(5000, 'other\r\n').join(''))).toMatchObject({
    first: [4993, 5008],
    changed: undefined,
  });
  expect(differs(before.join(''), before.with(9999, 'other\r\n').join(''))).toMatchObject({ first: [9985, 10_000] });
});

test('a record of CSV with line ends in a cell is one line', () => {
  const before = 'a,b\r\n1,"x\ny ""z""\n"\r\n2,3\r\n';
  expect(digest(before).count).toBe(3);
  expect(differs(before, before.replace('2,3', '2,4'))).toMatchObject({ first: [3, 3], changed: 1 });
});

test('a text gives the same checksums in any pieces, and in runs of a length that is given', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a\r\n', 'bb\n', '"q\n"\n', '"" x\n', 'no end'), { maxLength: 3000 }),
      fc.array(fc.integer({ min: 1, max: 2000 }), { maxLength: 20 }),
      (lines, pieces) => {
        const text = lines.join('');
        const whole = digest(text);
        expect(digest(text, undefined, pieces)).toEqual(whole);
        expect(digest(text, whole.per, pieces)).toEqual(whole);
      },
    ),
    { numRuns: 60 },
  );
});
