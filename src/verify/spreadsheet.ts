import { readFile } from 'node:fs/promises';
import { Digest } from '../manifest/blocks.js';
import { compareLines, type LineDifference, LineDigest } from '../manifest/lines.js';
import type { FileRecord, LinesRecord } from '../manifest/shape/file.js';

/** How a CSV file is written. */
interface SheetForm {
  readonly hasMark: boolean;
  readonly delimiter: string;
}

/** A table, perhaps written by another program. */
interface SheetText extends SheetForm {
  readonly rows: readonly (readonly string[])[];
  readonly isUtf8: boolean;
  readonly text: string;
}

/** Bytes: spreadsheets rarely save more. */
const LARGEST = 256 * 1024 * 1024;

const MARK = '\ufeff';
const DELIMITERS = [',', ';', '\t', '|'] as const;
const FORMS: readonly SheetForm[] = [false, true].flatMap((hasMark) =>
  DELIMITERS.map((delimiter) => ({ hasMark, delimiter })),
);

/**
 * Whether a CSV file that differs from its record was written by another program from the same columns, as a spreadsheet does when a file is opened
 * and saved. Reports whether its cells are the same. Undefined if it was not, or that is unknown.
 */
export async function resavedWords(path: string, record: FileRecord, bytes: number): Promise<string | undefined> {
  const { format, gzip, lines, csv, sha256 } = record;
  if (format !== 'csv' || gzip || lines === undefined || bytes > LARGEST) return undefined;
  const sheet = readSheet(await readFile(path), csv?.columns ?? []);
  if (sheet === undefined) return undefined;
  const own = ownForm(lines, sheet);
  const signs = signsOf(sheet, own);
  if (signs.length === 0) return undefined;
  // Programs may also rewrite the line ends inside of cells.
  const restored = [undefined, '\r\n'].map((lineEnd) => restore(lines.per, sheet.rows, { ...own, lineEnd }));
  const how = `was saved again by a spreadsheet or an editor (${signs.join(', ')})`;
  if (restored.some((one) => one.sha256 === sha256)) return `${how}: all cells are the same; ask for the original`;
  const difference = restored.map((one) => compareLines(lines, one.lines)).find((one) => one !== undefined);
  const cells = difference === undefined ? 'cells differ' : cellWords(difference);
  return `${how}: ${cells} (numbers and dates may have been rewritten); ask for the original`;
}

function cellWords({ changed, now, recorded, first }: LineDifference): string {
  if (now !== recorded) return `it has ${now - 1} rows, ${recorded - 1} are recorded`;
  const rows = changed === undefined ? 'rows hold' : changed === 1 ? '1 row holds' : `${changed} rows hold`;
  return `${rows} other cells, first at row ${first[0]}`;
}

/** The form of the original, by the checksum of its header; for a large file the default one. */
function ownForm({ per, crc32 }: LinesRecord, { rows: [heading = []] }: SheetText): SheetForm {
  const usual = FORMS[0] as SheetForm;
  if (per !== 1) return usual;
  const first = (text: string) => Buffer.from(text, 'base64').subarray(0, 4).toString('hex');
  return FORMS.find((form) => first(restore(1, [heading], form).lines.crc32) === first(crc32)) ?? usual;
}

/** The differences in how a text is written, compared with the original. */
function signsOf({ hasMark, delimiter, isUtf8, text, rows }: SheetText, own: SheetForm): readonly string[] {
  const isAsQuoted = () => {
    const quoted = rows.map((row) => `${ownRow(row, delimiter)}\n`).join('');
    return withLineFeeds(text) === withLineFeeds(quoted);
  };
  return [
    ...(isUtf8 ? [] : ['another encoding']),
    ...(hasMark === own.hasMark ? [] : [hasMark ? 'a byte order mark' : 'no byte order mark']),
    ...(delimiter === own.delimiter ? [] : ['another delimiter']),
    ...(text.includes('\r\n') ? [] : ['other line ends']),
    ...(delimiter !== own.delimiter || isAsQuoted() ? [] : ['other quotes']),
  ];
}

/** The hashes of a table as an export would have written it. */
function restore(
  per: number,
  rows: SheetText['rows'],
  { hasMark, delimiter, lineEnd }: SheetForm & { readonly lineEnd?: string | undefined },
): { readonly sha256: string; readonly lines: LinesRecord } {
  const lines = new LineDigest('csv', per);
  const whole = new Digest();
  for (const [at, row] of rows.entries()) {
    const own = ownRow(row, delimiter);
    const mark = hasMark && at === 0 ? MARK : '';
    const bytes = Buffer.from(`${mark}${lineEnd === undefined ? own : own.replace(/\r?\n/g, lineEnd)}\r\n`);
    lines.push(bytes);
    whole.add(bytes);
  }
  return { sha256: whole.result().sha256, lines: lines.result() };
}

/** Undefined if it has other columns, or is not a table. */
function readSheet(bytes: Buffer, columns: readonly string[]): SheetText | undefined {
  const { text: all, isUtf8 } = decode(bytes);
  const hasMark = all.startsWith(MARK);
  const text = hasMark ? all.slice(1) : all;
  for (const delimiter of DELIMITERS) {
    const rows = parseRows(text, delimiter);
    if (rows?.[0]?.join('\n') === columns.join('\n')) return { hasMark, delimiter, rows, isUtf8, text };
  }
  return undefined;
}

function decode(bytes: Buffer): Pick<SheetText, 'text' | 'isUtf8'> {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), isUtf8: true };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), isUtf8: false };
  }
}

function withLineFeeds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** A row as an export writes it, without its line end. */
function ownRow(cells: readonly string[], delimiter: string): string {
  if (cells.length === 1 && cells[0] === '') return '""';
  const isQuoted = (text: string) => /[",;\t\r\n]/.test(text) || text.includes(delimiter);
  return cells.map((text) => (isQuoted(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(delimiter);
}

/** The rows of a text with any line ends, and any cells in quotes; undefined if a quote does not end. */
function parseRows(text: string, delimiter: string): string[][] | undefined {
  const rows: string[][] = [];
  const end = delimiter === '|' ? '\\|' : delimiter;
  const part = new RegExp(`(?:"((?:[^"]|"")*)"|([^"\\r\\n${end}][^\\r\\n${end}]*)?)(${end}|\\r\\n|\\n|\\r|$)`, 'y');
  let row: string[] = [];
  while (part.lastIndex < text.length) {
    const found = part.exec(text);
    if (found === null) return undefined;
    const [, quoted, plain = '', after] = found;
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (after === delimiter) {
      if (part.lastIndex === text.length) row.push('');
      else continue;
    }
    rows.push(row);
    row = [];
  }
  return rows;
}
