import { CLUSTERING, EMOJI, RIGHT_TO_LEFT, UNSAFE, WIDE, ZERO } from './characters.js';

/** Untrusted text (entries, answers of servers, file names, errors) is shown through `safe` only. */

const NOT_PRINTABLE_ASCII = /[^\x20-\x7e]/;

/** More than any cluster needs, so that a cut never reads all of a huge text. */
const UNITS_PER_CELL = 40;
const PIECE = 500;

/**
 * The text on one line, without anything that moves the cursor, or hides, reorders or joins its neighbours: controls become `\x1b`, invisible
 * and reordering characters `\u{202e}`, and all marks on one letter after the fourth `…`. `safe(safe(text)) === safe(text)`.
 */
export function safe(text: string): string {
  if (!NOT_PRINTABLE_ASCII.test(text)) return text;
  return text.replace(UNSAFE, (match, kept: string | undefined, marks: string | undefined) => {
    if (kept !== undefined) return kept;
    return marks === undefined ? escaped(match) : `${marks}…`;
  });
}

/** As `safe`, but line ends stay. */
export function safeLines(text: string): string {
  return text.split('\n').map(safe).join('\n');
}

/** The cells of a terminal that `text` takes, which must be `safe`. */
export function width(text: string): number {
  if (!NOT_PRINTABLE_ASCII.test(text)) return text.length;
  let cells = 0;
  for (const cluster of clusters(text)) cells += clusterWidth(cluster);
  return cells;
}

/**
 * Cuts `text` to `cells`, with a `…` at the end, never inside a user-perceived character. Its time depends on `cells`, not on the length of `text`.
 */
export function cut(text: string, cells: number): string {
  if (text.length <= cells && !NOT_PRINTABLE_ASCII.test(text)) return text;
  if (cells < 1) return '';
  const head = text.length > cells * UNITS_PER_CELL ? text.slice(0, cells * UNITS_PER_CELL) : text;
  let end = 0;
  let kept = 0;
  let used = 0;
  for (const cluster of clusters(head)) {
    used += clusterWidth(cluster);
    if (used > cells) return `${text.slice(0, kept)}…`;
    end += cluster.length;
    if (used < cells) kept = end;
  }
  return head === text ? text : `${text.slice(0, kept)}…`;
}

/**
 * `text` as lines of at most `cells`, broken at spaces if possible, never inside a user-perceived character. At most `most` lines: the last ends with
 * a `…` if there is more.
 */
export function wrapped(text: string, cells: number, most: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (lines.length < most - 1) {
    const fits = fitting(rest, cells);
    if (fits === rest.length) break;
    const space = rest[fits] === ' ' ? fits : rest.lastIndexOf(' ', fits - 1);
    const isWordShort = space > 0 && fitsIn(rest.slice(space + 1), cells);
    const end = space > fits / 2 || isWordShort ? space : fits;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, cut(rest, cells)];
}

/** Whether the first word of `text` takes at most `cells`. */
function fitsIn(text: string, cells: number): boolean {
  const end = text.indexOf(' ');
  return fitting(text, cells) >= (end < 0 ? text.length : end);
}

/** The characters of `text` that take at most `cells`, and at least one. */
function fitting(text: string, cells: number): number {
  let end = 0;
  let used = 0;
  for (const cluster of clusters(text.slice(0, cells * UNITS_PER_CELL))) {
    used += clusterWidth(cluster);
    if (used > cells && end > 0) break;
    end += cluster.length;
  }
  return end;
}

/** Puts text with right-to-left letters between two invisible marks, which take no cell, so that it cannot reorder its neighbours. For terminals only. */
export function isolate(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return code < 0xa0 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`;
}

function clusters(text: string): Iterable<string> {
  return CLUSTERING.test(text) ? graphemes(text) : text;
}

/** Segments in pieces, because the segmenter's time grows with the square of the text. The last cluster of a piece may continue in the next. */
function* graphemes(text: string): Iterable<string> {
  const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
  for (let start = 0; start < text.length; ) {
    const piece = text.slice(start, start + PIECE);
    const found = Array.from(segmenter.segment(piece), ({ segment }) => segment);
    if (start + PIECE < text.length && found.length > 1) found.pop();
    yield* found;
    for (const cluster of found) start += cluster.length;
  }
}

/** Two for an emoji of any length; else the sum over its characters, as in most terminals. */
function clusterWidth(cluster: string): number {
  if (cluster.length === 1 && cluster < '\x7f') return 1;
  if (EMOJI.test(cluster)) return 2;
  let cells = 0;
  for (const character of cluster) {
    if (!ZERO.test(character)) cells += WIDE.test(character) ? 2 : 1;
  }
  return cells === 0 && !/\p{Cf}/u.test(cluster) ? 1 : cells;
}
