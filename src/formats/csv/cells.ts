import { QUOTE } from '../../json/bytes.js';
import type { Outline } from '../../json/outline.js';
import type { EventNodes } from '../../providers/event/nodes.js';
import type { CsvBuffer } from './buffer.js';
import { formulaLength } from './cell.js';
import { JSON_TOKENS, lookOf, ODD, PLAIN, QUOTED } from './look.js';
import type { CsvTexts } from './texts.js';

const APOSTROPHE = 0x27;

/** The cells of the current row: each is a range of the entry's bytes, a text, or empty. */
export class CsvCells {
  readonly #outline: Outline;
  readonly #nodes: EventNodes;
  readonly #into: CsvBuffer;
  readonly #dialect: CsvTexts;
  readonly #from: Int32Array;
  readonly #to: Int32Array;
  readonly #looks: Uint8Array;
  readonly #texts: (string | undefined)[];

  constructor(size: number, nodes: EventNodes, into: CsvBuffer, dialect: CsvTexts) {
    this.#outline = nodes.outline;
    this.#nodes = nodes;
    this.#into = into;
    this.#dialect = dialect;
    this.#from = new Int32Array(size);
    this.#to = new Int32Array(size);
    this.#looks = new Uint8Array(size);
    this.#texts = Array.from({ length: size }, () => undefined);
  }

  clear(column: number): void {
    this.#from[column] = 0;
    this.#to[column] = 0;
    this.#texts[column] = undefined;
  }

  isEmpty(column: number): boolean {
    return this.#texts[column] === undefined && this.#from[column] === this.#to[column];
  }

  setText(column: number, text: string | undefined): void {
    if (text !== undefined && text !== '') this.#texts[column] = this.#dialect.shape(text);
  }

  /** The tokens at a node, which are JSON. */
  setTokens(column: number, node: number): void {
    const { start, end } = this.#outline;
    this.#from[column] = start[node]!;
    this.#to[column] = end[node]!;
    this.#looks[column] = JSON_TOKENS;
  }

  /** Uses the bytes of the string at a node; false, without effect, if they need decoding or altering. */
  setString(column: number, raw: Buffer, node: number): boolean {
    const { start, end, isPlain } = this.#outline;
    const first = start[node]! + 1;
    const after = end[node]! - 1;
    if (raw[first - 1] !== QUOTE || isPlain[node] !== 1) return false;
    const look = lookOf(raw, first, after, this.#dialect.isRaw);
    if (look === ODD) return false;
    this.#from[column] = first;
    this.#to[column] = after;
    this.#looks[column] = look;
    return true;
  }

  /** Whether a cell is exactly the text at a node or, for `isWhole`, its tokens. */
  holds(column: number, raw: Buffer, node: number, isWhole: boolean): boolean {
    const text = this.#texts[column];
    const first = this.#from[column]!;
    const length = this.#to[column]! - first;
    if (text === undefined && length === 0) return false;
    const { start, end, isPlain } = this.#outline;
    const from = start[node]!;
    const size = end[node]! - from;
    if (isWhole) return size === length && areSame(raw, from, first, length);
    if (raw[from] !== QUOTE) return false;
    if (text === undefined && isPlain[node] === 1) return size - 2 === length && areSame(raw, from + 1, first, length);
    return this.#nodes.text(raw, node) === (text ?? raw.toString('utf8', first, first + length));
  }

  /** Writes a cell with the quotes and the apostrophe that it needs. */
  write(column: number, raw: Buffer): void {
    const into = this.#into;
    const { isRaw, finish, countCell } = this.#dialect;
    const text = this.#texts[column];
    if (text !== undefined && text !== '') into.text(finish(column, text));
    const first = this.#from[column]!;
    const after = this.#to[column]!;
    if (first === after) return;
    const look = this.#looks[column]!;
    const isQuoted = look === QUOTED || (look === JSON_TOKENS && lookOf(raw, first, after, isRaw) !== PLAIN);
    const isGuarded = !isRaw && (raw[first] === APOSTROPHE || formulaLength(raw, first) > 0);
    if (isQuoted) into.byte(QUOTE);
    if (isGuarded) into.byte(APOSTROPHE);
    if (look === JSON_TOKENS) into.json(raw, first, after);
    else into.bytes(raw, first, after);
    if (isQuoted) into.byte(QUOTE);
    countCell(column, isGuarded);
  }
}

function areSame(bytes: Uint8Array, one: number, other: number, length: number): boolean {
  if (one === other) return true;
  for (let at = 0; at < length; at += 1) if (bytes[one + at] !== bytes[other + at]) return false;
  return true;
}
