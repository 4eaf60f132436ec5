/** The longest text of a cell, in UTF-16 units: the limit of the file format. */
export const LONGEST_CELL = 32_767;

/** Characters that XML forbids, that are invisible, or that reorder the text around them; and halves of surrogate pairs. */
const HIDDEN = /[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\p{Cs}]/gu;
/** What a spreadsheet reads as an escape of its own, such as `_x0041_` for A. */
const OWN_ESCAPE = /_(?=x[0-9a-f]{4}_)/gi;
const MARKUP = /[&<>]/g;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const ANY_SPECIAL = /[^\x20-\x25\x27-\x3b\x3d\x3f-\x5e\x60-\x7e]/;

/** The text of a cell. */
export interface CellText {
  readonly xml: string;
  readonly isCut: boolean;
}

/** Prepares a text for a cell: invisible characters are shown as `\u202e`, and a text that is too long ends with a mark. */
export function cellText(text: string): CellText {
  if (text.length <= LONGEST_CELL && !ANY_SPECIAL.test(text)) return { xml: text, isCut: false };
  // Most of a huge text is not shown, and need not be read.
  const seen = text
    .slice(0, LONGEST_CELL + 1)
    .replaceAll('\r\n', '\n')
    .replace(HIDDEN, shownEscape);
  const isCut = text.length > LONGEST_CELL || seen.length > LONGEST_CELL;
  return { xml: xmlText(isCut ? cut(seen, text.length) : seen), isCut };
}

/** For text between tags and in our own attributes. */
export function xmlText(text: string): string {
  return text.replace(OWN_ESCAPE, '_x005F_').replace(MARKUP, (mark) => ENTITIES[mark]!);
}

function cut(text: string, length: number): string {
  const mark = ` … [cut: the whole text has ${length} characters]`;
  const kept = text.slice(0, LONGEST_CELL - mark.length);
  // Never splits a pair.
  return `${/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept}${mark}`;
}

function shownEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
