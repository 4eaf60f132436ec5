/** What a spreadsheet, in any of its locales, may take for the beginning of a formula. */
const FORMULA = String.raw`=+\-@＝＋－＠`;
/** The first characters that are guarded; the apostrophe among them, so that guarding can be undone. */
const GUARDED = new RegExp(String.raw`^[${FORMULA}\t\r\n\0']`);

/** `text` with an apostrophe in front where it needs one. To undo it, take one leading apostrophe away. */
export function guarded(text: string): string {
  return GUARDED.test(text) ? `'${text}` : text;
}

/** How many bytes of UTF-8 the first character of a formula has that stands at `at`; 0 where there is none. */
export function formulaLength(text: Uint8Array, at: number): number {
  const byte = text[at];
  if (byte === 0x3d || byte === 0x2b || byte === 0x2d || byte === 0x40) return 1;
  if (byte !== 0xef || text[at + 1] !== 0xbc) return 0;
  const third = text[at + 2];
  return third === 0x9d || third === 0x8b || third === 0x8d || third === 0xa0 ? 3 : 0;
}

/** Where a spreadsheet of a locale without commas would split just before a formula; quotes inside a cell do not keep it from that. */
const SPLIT = new RegExp(String.raw`([;\t\r\n])(?="*[${FORMULA}])`, 'g');

const JSON_SPLIT = new RegExp(`;([${FORMULA}])`, 'g');

/** JSON from which no such spreadsheet can split off a formula, and which says the same: a formula's first character becomes its escape. */
export function unsplitJson(text: string): string {
  return text.replace(JSON_SPLIT, (_, first: string) => `;\\u${first.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A text as a cell holds it, before it is guarded, and what was done for that. */
export interface Printable {
  readonly text: string;
  /** Whether pictures stand for control characters. */
  readonly pictures: boolean;
  /** Whether apostrophes stand where a spreadsheet of another locale would split off a formula. */
  readonly unsplit: boolean;
  /** How many halves of surrogate pairs became U+FFFD. */
  readonly surrogates: number;
}

const ALTERED = /[\0-\x1f;\x7f-\x9f\p{Cs}]/u;
const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g;
const SURROGATES = /\p{Cs}/gu;

/**
 * CR, LF and TAB stay; other C0 controls and DEL become their pictures (U+2400…), C1 controls `␦`. Unless `isRaw`, an
 * apostrophe comes between a separator of another locale (`;`, TAB, line end) and what would be a formula: `x;'=cmd`.
 */
export function printable(text: string, isRaw = false): Printable {
  if (!ALTERED.test(text)) return { text, pictures: false, unsplit: false, surrogates: 0 };
  let surrogates = 0;
  const whole = text.replace(SURROGATES, () => {
    surrogates += 1;
    return '\ufffd';
  });
  const pictured = whole.replace(CONTROLS, picture);
  const unsplit = isRaw ? pictured : pictured.replace(SPLIT, "$1'");
  return { text: unsplit, pictures: pictured !== whole, unsplit: unsplit !== pictured, surrogates };
}

function picture(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\u2426';
}
