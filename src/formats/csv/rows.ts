import type { Entry } from '../../event.js';
import { COMMA, QUOTE } from '../../json/bytes.js';
import { textOf } from '../../json/tokens.js';
import { type EventNodes, openEventNodes } from '../../providers/event/nodes.js';
import type { FieldNode } from '../../providers/event/values.js';
import type { Provider } from '../../providers/provider.js';
import { isUtcTimestamp } from '../../time.js';
import { type Column, type ColumnName, utcTime } from '../../view.js';
import type { CsvBuffer } from './buffer.js';
import { CsvCells } from './cells.js';
import { CsvExtra } from './extra.js';
import { type CsvTexts, LONGEST } from './texts.js';
import { CsvValues } from './values.js';

const CR = 0x0d;
const LF = 0x0a;
/** An entry with a member. */
const SHORTEST = '{"":1}'.length;

// How a cell is made from the value at its node.
const TEXT = 0;
const ID = 1;
const TIME = 2;
const TOKENS = 3;
/** The text of a string, the tokens of anything else. */
const PATH = 4;
const LOG = 5;
const KINDS: Readonly<Partial<Record<ColumnName, number>>> = { id: ID, time: TIME, metadata: TOKENS, log: LOG };

/** Writes rows by copying the bytes of an entry that an outline finds. Decodes only values that must be altered. */
export class CsvRows {
  readonly #provider: Provider;
  readonly #nodes: EventNodes;
  readonly #into: CsvBuffer;
  readonly #texts: CsvTexts;
  readonly #cells: CsvCells;
  readonly #extra: CsvExtra | undefined;
  readonly #values: CsvValues;
  /** By column. */
  readonly #kinds: readonly number[];
  readonly #extraAt: number;
  readonly #orgAt: number;

  constructor(provider: Provider, columns: readonly Column[], into: CsvBuffer, texts: CsvTexts) {
    const paths = columns.flatMap((column) => column.places);
    this.#provider = provider;
    this.#into = into;
    this.#texts = texts;
    this.#nodes = openEventNodes(provider, paths);
    this.#values = new CsvValues(columns, this.#nodes);
    this.#cells = new CsvCells(columns.length, this.#nodes, into, texts);
    this.#extraAt = columns.findIndex(({ field }) => field === 'extra');
    this.#orgAt = columns.findIndex(({ field }) => field === 'org.id');
    this.#extra = this.#extraAt < 0 ? undefined : new CsvExtra(columns, this.#nodes.outline, into, this.#cells);
    this.#kinds = columns.map(({ field }) => (field === undefined ? PATH : (KINDS[field] ?? TEXT)));
  }

  /** Writes a row; false, without output, for an entry that must be decoded completely. */
  write(entry: Entry, org: string): boolean {
    const { raw } = entry;
    if (raw.length > LONGEST || raw.length < SHORTEST || !this.#nodes.outline.read(raw)) return false;
    const into = this.#into;
    const cells = this.#cells;
    const before = into.end;
    this.#values.choose(raw);
    const columns = this.#kinds.length;
    for (let column = 0; column < columns; column += 1) this.#setCell(column, raw, entry);
    this.#extra?.settle(raw);
    if (this.#orgAt >= 0 && cells.isEmpty(this.#orgAt) && org !== this.#provider.defaultOrg)
      cells.setText(this.#orgAt, org);
    for (let column = 0; column < columns; column += 1) {
      if (column > 0) into.byte(COMMA);
      if (column !== this.#extraAt) cells.write(column, raw);
      else if (this.#extra?.write(raw) === true) this.#texts.countCell(column, false);
    }
    // A row of one empty cell must not look like an empty line.
    if (columns === 1 && into.end === before) {
      into.byte(QUOTE);
      into.byte(QUOTE);
    }
    into.byte(CR);
    into.byte(LF);
    return true;
  }

  #setCell(column: number, raw: Buffer, entry: Entry): void {
    const cells = this.#cells;
    cells.clear(column);
    const found = this.#values.find(raw, column);
    const kind = this.#kinds[column]!;
    if (kind === LOG) cells.setText(column, entry.log);
    else if (kind === ID) this.#setId(column, raw, found, entry.id);
    else if (found === undefined) return;
    else if (typeof found === 'string') cells.setText(column, found);
    else if (kind === TOKENS) cells.setTokens(column, found);
    else if (kind === TIME) this.#setTime(column, raw, found, entry.time);
    else if (!cells.setString(column, raw, found)) {
      const { start, end } = this.#nodes.outline;
      const isPath = kind === PATH;
      cells.setText(column, isPath ? textOf(raw.toString('utf8', start[found], end[found])) : this.#text(raw, found));
    }
  }

  #setId(column: number, raw: Buffer, found: FieldNode | string, id: string | undefined): void {
    const { start, end } = this.#nodes.outline;
    const isThere =
      typeof found === 'number' &&
      id !== undefined &&
      id.length === end[found]! - start[found]! - 2 &&
      isAscii(raw, start[found]! + 1, id);
    if (!isThere || !this.#cells.setString(column, raw, found)) this.#cells.setText(column, id);
  }

  #setTime(column: number, raw: Buffer, node: number, time: number): void {
    const { start, end } = this.#nodes.outline;
    const isUtc = raw[start[node]!] === QUOTE && isUtcTimestamp(raw, start[node]! + 1, end[node]! - 1);
    if (!isUtc || !this.#cells.setString(column, raw, node))
      this.#cells.setText(column, utcTime({ time, timeText: this.#text(raw, node) ?? '' }));
  }

  #text(raw: Buffer, node: number): string | undefined {
    return this.#nodes.text(raw, node);
  }
}

/** Whether a text is ASCII and is what the bytes at `first` hold. */
function isAscii(bytes: Uint8Array, first: number, text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x80 || bytes[first + at] !== code) return false;
  }
  return true;
}
