import type { CsvDelimiter } from './dialect.js';

/** Characters that begin a formula in a spreadsheet of any locale. */
const FORMULA = String.raw`=+\-@＝＋－＠`;
/** First characters that need the guard. The apostrophe is one, so that the guard can be removed again. */
const GUARDED = new RegExp(String.raw`^[${FORMULA}\t\r\n\0']`);

/** Adds a leading apostrophe if the text needs one. To undo it, remove one leading apostrophe. */
export function guarded(text: string): string {
  return GUARDED.test(text) ? `'${text}` : text;
}

/** The bytes of UTF-8 of the character at `at` that begins a formula; 0 if it does not. */
export function formulaLength(text: Uint8Array, at: number): number {
  const byte = text[at];
  if (byte === 0x3d || byte === 0x2b || byte === 0x2d || byte === 0x40) return 1;
  if (byte !== 0xef || text[at + 1] !== 0xbc) return 0;
  const third = text[at + 2];
  return third === 0x9d || third === 0x8b || third === 0x8d || third === 0xa0 ? 3 : 0;
}

/** A separator of another locale before a formula. A spreadsheet splits there, even inside quotes. */
const SPLIT = new RegExp(String.raw`([;\t\r\n])(?="*[${FORMULA}])`, 'g');
const COMMA_SPLIT = new RegExp(String.raw`([,;\t\r\n])(?="*[${FORMULA}])`, 'g');

const JSON_SPLIT = new RegExp(`;([${FORMULA}])`, 'g');
/** In JSON, only a minus can follow a comma between tokens and begin a formula: that of a number. */
const JSON_COMMA_SPLIT = new RegExp(`([,;])([${FORMULA}])`, 'g');
const JSON_STRING = /"(?:[^"\\]|\\.)*"/g;

/** The same JSON with the first character of such formulas as an escape, so that no spreadsheet splits one off. */
export function unsplitJson(text: string, delimiter: CsvDelimiter = ','): string {
  if (delimiter === ',') return text.replace(JSON_SPLIT, (_, first: string) => `;${escaped(first)}`);
  return text.replace(JSON_STRING, (string) =>
    string.replace(JSON_COMMA_SPLIT, (_, separator: string, first: string) => separator + escaped(first)),
  );
}

function escaped(first: string): string {
  return `\\u${first.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A cell's text before the guard, and how it was altered. */
export interface Printable {
  readonly text: string;
  /** Whether control characters became pictures. */
  readonly pictures: boolean;
  /** Whether apostrophes keep spreadsheets of other locales from splitting off a formula. */
  readonly unsplit: boolean;
  /** How many halves of surrogate pairs became U+FFFD. */
  readonly surrogates: number;
}

const ALTERED = /[\0-\x1f;\x7f-\x9f\p{Cs}]/u;
const COMMA_ALTERED = /[\0-\x1f,;\x7f-\x9f\p{Cs}]/u;
const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g;
const SURROGATES = /\p{Cs}/gu;

/**
 * Keeps CR, LF and TAB; other C0 controls and DEL become their pictures (U+2400…), C1 controls `␦`. Unless `isRaw`, adds an apostrophe
 * between a separator of another locale (`;`, TAB, line end; the comma where that does not separate cells) and a formula: `x;'=cmd`.
 */
export function printable(text: string, isRaw = false, delimiter: CsvDelimiter = ','): Printable {
  const hasCommas = delimiter === ',';
  if (!(hasCommas ? ALTERED : COMMA_ALTERED).test(text))
    return { text, pictures: false, unsplit: false, surrogates: 0 };
  let surrogates = 0;
  const whole = text.replace(SURROGATES, () => {
    surrogates += 1;
    return '\ufffd';
  });
  const pictured = whole.replace(CONTROLS, picture);
  const unsplit = isRaw ? pictured : pictured.replace(hasCommas ? SPLIT : COMMA_SPLIT, "$1'");
  return { text: unsplit, pictures: pictured !== whole, unsplit: unsplit !== pictured, surrogates };
}

function picture(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\u2426';
}
