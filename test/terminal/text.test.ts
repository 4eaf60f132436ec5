import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cut, isolate, safe, safeLines, width, wrapped } from '../../src/terminal/text.js';

const RUNS = Number(process.env.AUDITLOG_TEST_RUNS ?? 300);

/** Strings rich in what terminals trip over. */
const nasty = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constantFrom(
        '\x1b[2J',
        '\x1b]0;title\x07',
        '\x9b31m',
        '\r',
        '\n',
        '\t',
        '\u202e',
        '\u2067',
        '\u200b',
        '\u200c',
        '\u200d',
        '\ufeff',
        '\u00ad',
        '\ud800',
        '\udfff',
        '\u{e0041}',
        '\ufe0f',
        '\u0301',
        '\u0301\u0302\u0303\u0304\u0305',
        '\u034f',
        '😀',
        '👩',
        '❤',
        '🏽',
        '🇩',
        'क्षि',
        'می‌خواهم',
        'שלום',
        '日本',
        '한국',
        '1',
        '#',
        ' ',
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('making text safe', () => {
  test.each([
    ['colours and titles', '\x1b[31mred\x1b]0;owned\x07', '\\x1b[31mred\\x1b]0;owned\\x07'],
    ['a carriage return that would overwrite the line', 'bad\rgood', 'bad\\x0dgood'],
    ['line feed, tab, vertical tab and form feed', 'a\n\t\v\fb', 'a\\x0a\\x09\\x0b\\x0cb'],
    ['C1 controls and DEL', '\x9b0m\x7f\x85', '\\x9b0m\\x7f\\x85'],
    ['bidi controls', 'user\u202Egpj.exe\u2066', 'user\\u{202e}gpj.exe\\u{2066}'],
    ['zero-width, soft hyphen and byte order mark', 'ad\u200bmi\u00adn\ufeff', 'ad\\u{200b}mi\\u{ad}n\\u{feff}'],
    ['line and paragraph separators', 'a\u2028b\u2029', 'a\\u{2028}b\\u{2029}'],
    ['tag characters', 'a\u{e0041}', 'a\\u{e0041}'],
    ['a joiner between letters', 'a\u200db', 'a\\u{200d}b'],
    ['half a surrogate pair', 'a\ud83d', 'a\\u{d83d}'],
    ['invisible letters', 'a\u3164\u115f', 'a\\u{3164}\\u{115f}'],
    ['private characters', '\ue000', '\\u{e000}'],
    ['a mark with no letter to stand on', '\u0301a', '\\u{301}a'],
    ['a tower of marks', `a${'\u0301'.repeat(30)}b`, `a${'\u0301'.repeat(4)}…b`],
  ])('%s become visible', (_name, text, shown) => {
    expect(safe(text)).toBe(shown);
  });

  test.each([
    'Zoë Brontë',
    'Jose\u0301',
    '山田太郎',
    '김철수',
    'Владимир',
    'محمد',
    'שרה לוי',
    'می‌خواهم',
    'क्षितिज',
    'ภาษาไทย',
    '👨‍👩‍👧‍👦 👩🏽‍🚀 ❤️ 1️⃣ 🇩🇪 ☝🏻',
    '葛\u{e0100}飾',
  ])('%s stays as it is', (name) => {
    expect(safe(name)).toBe(name);
  });

  test('joiners that make no known emoji are escaped', () => {
    expect(safe('👩‍👩‍👩‍👩‍👩')).toBe('👩‍👩‍👩‍👩\\u{200d}👩');
  });

  test('a safe text has no control, format or hidden character, and is unchanged by safe', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const shown = safe(text);
        expect(safe(shown)).toBe(shown);
        expect(shown.replace(/[\u200c\u200d]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u);
        expect(shown).not.toMatch(/\p{M}{6}/u);
      }),
      { numRuns: RUNS },
    );
  });

  test('safeLines keeps line ends and escapes everything else', () => {
    expect(safeLines('first\nsecond\r\x1b')).toBe('first\nsecond\\x0d\\x1b');
  });
});

describe('measuring and cutting', () => {
  test.each([
    ['hello', 5],
    ['Zoë', 3],
    ['Zoe\u0308', 3],
    ['日本語', 6],
    ['한국', 4],
    ['ｶﾀｶﾅ', 4],
    ['Ａ', 2],
    ['😀', 2],
    ['👨‍👩‍👧‍👦', 2],
    ['🇩🇪', 2],
    ['❤️', 2],
    ['1️⃣', 2],
    ['שלום', 4],
    ['', 0],
    ['\u2068שלום\u2069', 4],
  ])('%s takes %i cells', (text, cells) => {
    expect(width(text)).toBe(cells);
  });

  test('a cut never exceeds its cells and never splits what is seen as one character', () => {
    expect(cut('hello world', 8)).toBe('hello w…');
    expect(cut('hello', 5)).toBe('hello');
    expect(cut('日本語', 5)).toBe('日本…');
    expect(cut('日本語', 4)).toBe('日…');
    expect(cut('a👨‍👩‍👧‍👦b', 3)).toBe('a…');
    expect(cut('Zoe\u0308!', 3)).toBe('Zo…');
    expect(cut('Zoe\u0308', 3)).toBe('Zoe\u0308');
    expect(cut('hello', 1)).toBe('…');
    expect(cut('hello', 0)).toBe('');
    fc.assert(
      fc.property(nasty, fc.nat(20), (text, cells) => {
        const shown = safe(text);
        const part = cut(shown, cells);
        expect(width(part)).toBeLessThanOrEqual(cells);
        if (part !== shown && cells > 0) expect(shown.startsWith(part.slice(0, -1))).toBe(true);
        if (width(shown) <= cells) expect(part).toBe(shown);
      }),
      { numRuns: RUNS },
    );
  });

  test.each([['a\u0301'], ['\x1b'], ['😀'], ['\u0301'], ['한ᆨ'], ['é'], ['x']])(
    'a megabyte of %j is cut too',
    (unit) => {
      const shown = safe(unit.repeat(1_000_000));
      expect(width(cut(shown, 30))).toBeLessThanOrEqual(30);
      expect(cut(shown, 30).endsWith('…')).toBe(true);
    },
  );

  test('the widths of plain scripts are the same with and without the segmenter', () => {
    const plain = fc.string({ unit: fc.constantFrom(...'aé日ア한שмΩ…、Ａ '), maxLength: 10 });
    fc.assert(
      fc.property(plain, (text) => {
        expect(width(`${text}🇩🇪`)).toBe(width(text) + 2);
      }),
    );
  });
});

test('only texts with right-to-left letters are isolated', () => {
  expect(isolate('שלום')).toBe('\u2068שלום\u2069');
  expect(isolate('hello')).toBe('hello');
});

describe('wrapping', () => {
  test.each<[string, number, readonly string[]]>([
    ['role: member → admin', 40, ['role: member → admin']],
    ['role: member → admin', 12, ['role: member', '→ admin']],
    ['Ann <ann@harbor.example>, usr_1', 22, ['Ann', '<ann@harbor.example>,', 'usr_1']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['山田太郎さん', 5, ['山田', '太郎', 'さん']],
    ['👩‍💻👩‍💻👩‍💻', 4, ['👩‍💻👩‍💻', '👩‍💻']],
    ['', 4, ['']],
  ])('%j in %i cells', (text, cells, lines) => {
    expect(wrapped(text, cells, Number.POSITIVE_INFINITY)).toEqual(lines);
  });

  test('stops after the most lines, and says so', () => {
    expect(wrapped('one two three four', 5, 2)).toEqual(['one', 'two …']);
  });

  test('ends for every text, loses nothing but spaces, and never takes more cells', () => {
    fc.assert(
      fc.property(nasty.map(safe), fc.integer({ min: 12, max: 30 }), (text, cells) => {
        const lines = wrapped(text, cells, Number.POSITIVE_INFINITY);
        for (const line of lines) expect(width(line)).toBeLessThanOrEqual(cells);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
      { numRuns: RUNS },
    );
  });
});
