import { safe, width } from '../../terminal/text.js';
import { formatInstant, localTimes, type Zone } from '../../time.js';
import { SHEET_ROWS, tooManyRows } from './full.js';
import { type SheetLook, STYLES } from './parts.js';
import { cellText, xmlText } from './text.js';
import type { ArchivePart } from './zip.js';

/** A column of a sheet. */
export interface SheetColumn {
  readonly heading: string;
  /** In characters; absent: as wide as the first rows need, up to `widest`. */
  readonly width?: number;
  readonly widest?: number;
}

/** A value of a cell: a text, a number, an instant, or nothing. */
export type SheetCell = string | number | Instant | undefined;

interface Instant {
  /** Epoch ms. */
  readonly time: number;
  /** The text to show if a spreadsheet cannot represent the time. */
  readonly text?: string;
}

/** The parts that all sheets of a workbook share. */
export interface SheetWorld {
  readonly zone: Zone;
  /** Called for each text that is too long for a cell. */
  readonly onCut: () => void;
}

/** Opens a writer of cells as XML. Every text is stored as text, whatever it looks like, so no cell is a formula. */
export function openCells({ zone, onCut }: SheetWorld) {
  const toLocal = localTimes(zone);
  const text = (at: string, value: string, style: number): string => {
    const { xml, isCut } = cellText(value);
    if (isCut) onCut();
    return `<c r="${at}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${xml}</t></is></c>`;
  };
  const instant = (at: string, { time, text: shown }: Instant, style: number): string => {
    const local = Number.isNaN(time) ? Number.NaN : toLocal(Math.floor(time / 1000) * 1000);
    if (local >= FIRST_TIME && local < LAST_TIME)
      return `<c r="${at}" s="${STYLES.time}"><v>${local / DAY_MS + EPOCH}</v></c>`;
    const words = shown ?? formatInstant(time, zone);
    return words === '' ? '' : text(at, words, style);
  };
  return (at: string, cell: SheetCell, style: number): string => {
    if (cell === undefined || cell === '') return '';
    if (typeof cell === 'string') return text(at, cell, LOOKS_LIKE_FORMULA.test(cell) ? STYLES.guarded : style);
    if (typeof cell === 'number') return `<c r="${at}" s="${STYLES.number}"><v>${cell}</v></c>`;
    return instant(at, cell, style);
  };
}

const DAY_MS = 86_400_000;
/** The day number of 1970-01-01 in spreadsheets. */
const EPOCH = 25_569;
/** Spreadsheets disagree about earlier days, and cannot represent later ones. */
const FIRST_TIME = Date.UTC(1900, 2, 1);
const LAST_TIME = Date.UTC(10_000, 0, 1);
/** Editing such a cell must not turn it into a formula either. */
const LOOKS_LIKE_FORMULA = /^[=+\-@\t\r\n']/;

/** Writes a sheet row by row. The first rows fix the widths of its columns. */
export class Sheet {
  readonly name: string;
  readonly columns: readonly SheetColumn[];
  readonly look: SheetLook;
  readonly #part: ArchivePart;
  readonly #cell: ReturnType<typeof openCells>;
  readonly #letters: readonly string[];
  /** The first rows, until the widths are fixed. */
  #first: (readonly SheetCell[])[] | undefined = [];
  #rows = 0;

  constructor(look: Pick<Sheet, 'name' | 'columns' | 'look'>, part: ArchivePart, cell: ReturnType<typeof openCells>) {
    this.name = look.name;
    this.columns = look.columns;
    this.look = look.look;
    this.#part = part;
    this.#cell = cell;
    this.#letters = this.columns.map((_, at) => letters(at));
  }

  /** Number of rows without the header. */
  get rows(): number {
    return this.#rows;
  }

  /** The range of the whole sheet, such as `A1:H20`. */
  get range(): string {
    return `A1:${this.#letters.at(-1)}${Math.max(1, this.#rows + this.#above)}`;
  }

  get #above(): number {
    return this.look === 'list' ? 1 : 0;
  }

  /** Throws if the sheet is full. */
  row(cells: readonly SheetCell[]): void {
    this.#rows += 1;
    if (this.#rows + this.#above > SHEET_ROWS) throw tooManyRows(this.name);
    if (this.#first === undefined) this.#write(cells, this.#rows + this.#above, STYLES.text);
    else if (this.#first.push(cells) === MEASURED) this.#begin(this.#first);
  }

  end(): void {
    if (this.#first !== undefined) this.#begin(this.#first);
    this.#part.write(`</sheetData>${this.look === 'list' ? `<autoFilter ref="${this.range}"/>` : ''}${this.#ending()}`);
    this.#part.end();
  }

  #begin(first: readonly (readonly SheetCell[])[]): void {
    this.#first = undefined;
    this.#part.write(
      beginning(
        this.columns.map((column, at) => widthFor(column, first, at)),
        this.look,
      ),
    );
    if (this.look === 'list') {
      const headings = this.columns.map(({ heading }) => heading);
      this.#write(headings, 1, STYLES.heading);
    }
    for (const [at, cells] of first.entries()) this.#write(cells, at + 1 + this.#above, STYLES.text);
  }

  #write(cells: readonly SheetCell[], row: number, style: number): void {
    let xml = '';
    for (const [at, cell] of cells.entries()) {
      const own = this.look === 'page' ? (at === 0 ? STYLES.label : STYLES.wrapped) : style;
      xml += this.#cell(`${this.#letters[at]}${row}`, cell, own);
    }
    this.#part.write(`<row r="${row}">${xml}</row>`);
  }

  #ending(): string {
    return (
      '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>' +
      '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>' +
      `<headerFooter><oddFooter>&amp;L${xmlText(this.name)}&amp;R&amp;P / &amp;N</oddFooter></headerFooter>` +
      `<ignoredErrors><ignoredError sqref="${this.range}" numberStoredAsText="1"/></ignoredErrors></worksheet>`
    );
  }
}

/** Number of rows that fix the widths. */
const MEASURED = 200;
/** Characters of a cell that are measured: more than the width of any column. */
const SEEN = 120;
/** Room for the margins of a cell, and for a filter button beside a heading. */
const MARGIN = 2;
const BUTTON = 4;

function widthFor({ heading, widest, width: fixed }: SheetColumn, rows: readonly (readonly SheetCell[])[], at: number) {
  if (fixed !== undefined) return fixed;
  let most = width(heading) + BUTTON;
  for (const row of rows) {
    const cell = row[at];
    const cells = typeof cell === 'object' ? TIME_WIDTH : width(safe(String(cell ?? '').slice(0, SEEN)));
    most = Math.max(most, cells + MARGIN);
  }
  return Math.min(most, Math.max(widest ?? WIDEST, heading.length + BUTTON));
}

const TIME_WIDTH = 'YYYY-MM-DD HH:MM:SS'.length;
const WIDEST = 40;

function beginning(widths: readonly number[], look: SheetLook): string {
  const pane =
    look === 'list'
      ? '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft" activeCell="A2" sqref="A2"/>'
      : '';
  const columns = widths.map((each, at) => `<col min="${at + 1}" max="${at + 1}" width="${each}" customWidth="1"/>`);
  return (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' +
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' +
    '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>' +
    `<sheetViews><sheetView workbookViewId="0"${look === 'page' ? ' showGridLines="0"' : ''}>${pane}</sheetView></sheetViews>` +
    `<sheetFormatPr defaultRowHeight="15"/><cols>${columns.join('')}</cols><sheetData>`
  );
}

/** `A` for 0, `Z` for 25, `AA` for 26. */
function letters(column: number): string {
  const rest = Math.floor(column / 26);
  return `${rest === 0 ? '' : letters(rest - 1)}${String.fromCharCode(65 + (column % 26))}`;
}
