/** Why a text is not CSV: where the first fault is. */
export type CsvFault = 'quote-inside' | 'text-after-quote' | 'line-end' | 'open-quote' | 'no-end';

export class CsvError extends Error {
  override readonly name = 'CsvError';
  readonly fault: CsvFault;
  constructor(fault: CsvFault) {
    super(fault);
    this.fault = fault;
  }
}

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const COMMA = 0x2c;
/** What may separate cells, likeliest first: comma, semicolon, tab, bar. */
const SEPARATORS = [COMMA, 0x3b, 0x09, 0x7c];
const BYTE_ORDER_MARK = Buffer.from('\ufeff');
/** Bytes in which the end of the heading is looked for. */
const LONGEST_HEADING = 64 * 1024;

// The state of the parser, by the bytes before the next one.
const START = 0;
const PLAIN = 1;
const QUOTED = 2;
/** A quote that closes the cell, unless another one follows it. */
const CLOSED = 3;
const RETURN = 4;

/**
 * Reads records of CSV (RFC 4180) from chunks of any size. The heading tells what separates cells, and a byte order mark before it is skipped.
 * Throws a `CsvError` at the first fault; not to be used afterwards.
 */
export class CsvParser {
  /** The columns to decode; cells of others are ''. Undefined: all. */
  wanted: ReadonlySet<number> | undefined;
  /** The line, from 1, on which the unfinished record begins. */
  line = 1;
  /** Bytes of the unfinished cell and record so far. */
  cellLength = 0;
  recordLength = 0;
  /** How many cells began with an apostrophe. */
  apostrophes = 0;

  readonly #onRecord: (cells: readonly string[], line: number) => void;
  readonly #isLineFeedEnough: boolean;
  #state = START;
  #lineFeeds = 0;
  #cells: string[] = [];
  /** Bytes of the unfinished cell, from earlier chunks. */
  #pieces: Buffer[] = [];
  #hasPairs = false;
  /** The beginning of the text, until the whole header is there. */
  #head: Buffer | undefined = Buffer.alloc(0);
  #separator = COMMA;

  constructor(onRecord: (cells: readonly string[], line: number) => void, isLineFeedEnough: boolean) {
    this.#onRecord = onRecord;
    this.#isLineFeedEnough = isLineFeedEnough;
  }

  /** The separator of cells, once the header was read. */
  get separator(): string {
    return String.fromCharCode(this.#separator);
  }

  push(bytes: Buffer): void {
    if (this.#head === undefined) {
      this.#read(bytes);
      return;
    }
    this.#head = Buffer.concat([this.#head, bytes]);
    const heading = headingOf(this.#head);
    if (heading !== undefined || this.#head.length > LONGEST_HEADING) this.#begin(this.#head, heading ?? []);
  }

  #begin(head: Buffer, heading: readonly number[]): void {
    this.#head = undefined;
    this.#separator = SEPARATORS.find((byte) => heading.includes(byte)) ?? COMMA;
    this.#read(head.subarray(head.indexOf(BYTE_ORDER_MARK) === 0 ? BYTE_ORDER_MARK.length : 0));
  }

  #read(bytes: Buffer): void {
    const separator = this.#separator;
    const highest = Math.max(COMMA, separator);
    let state = this.#state;
    let from = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at] as number;
      if (state === QUOTED) {
        if (byte === QUOTE) state = CLOSED;
        else if (byte === LF) this.#lineFeeds += 1;
      } else if (state === PLAIN && byte > highest) {
        // Most bytes of a cell end nothing.
      } else if (state === RETURN) {
        if (byte !== LF) throw new CsvError('line-end');
        this.#endRecord();
        state = START;
      } else if (byte === QUOTE) {
        if (state === PLAIN) throw new CsvError('quote-inside');
        if (state === START) from = at + 1;
        else this.#hasPairs = true;
        // The first quote of this pair ended the previous chunk, as if it closed the cell.
        if (state === CLOSED && at === 0) this.#keep(bytes, 0, 1);
        state = QUOTED;
      } else if (byte === separator || byte === CR || (byte === LF && this.#isLineFeedEnough)) {
        if (state === START) from = at;
        this.#endCell(bytes, from, state === CLOSED ? at - 1 : at);
        state = byte === CR ? RETURN : START;
        if (byte === LF) this.#endRecord();
      } else {
        if (state === CLOSED) throw new CsvError('text-after-quote');
        if (byte === LF) throw new CsvError('line-end');
        if (state === START) from = at;
        state = PLAIN;
      }
    }
    this.#state = state;
    if (state === PLAIN || state === QUOTED) this.#keep(bytes, from, bytes.length);
    else if (state === CLOSED) this.#keep(bytes, from, bytes.length - 1);
  }

  end(): void {
    if (this.#head !== undefined) this.#begin(this.#head, headingOf(this.#head) ?? []);
    if (this.#state === QUOTED) throw new CsvError('open-quote');
    if (this.#state !== START || this.#cells.length > 0) throw new CsvError('no-end');
  }

  #isWanted(): boolean {
    return this.wanted === undefined || this.wanted.has(this.#cells.length);
  }

  /** Copies a part of a cell that the next chunk continues. */
  #keep(bytes: Buffer, from: number, to: number): void {
    if (to <= from) return;
    this.#count(bytes, from, to);
    if (this.#isWanted()) this.#pieces.push(Buffer.from(bytes.subarray(from, to)));
  }

  #endCell(bytes: Buffer, from: number, to: number): void {
    if (to > from) this.#count(bytes, from, to);
    this.#cells.push(this.#isWanted() ? this.#text(bytes, from, Math.max(from, to)) : '');
    this.#hasPairs = false;
    this.cellLength = 0;
  }

  #text(bytes: Buffer, from: number, to: number): string {
    let text: string;
    if (this.#pieces.length === 0) text = bytes.toString('utf8', from, to);
    else {
      text = Buffer.concat([...this.#pieces, bytes.subarray(from, to)]).toString();
      this.#pieces = [];
    }
    return this.#hasPairs ? text.replaceAll('""', '"') : text;
  }

  #count(bytes: Buffer, from: number, to: number): void {
    if (this.cellLength === 0 && bytes[from] === APOSTROPHE) this.apostrophes += 1;
    this.cellLength += to - from;
    this.recordLength += to - from;
  }

  #endRecord(): void {
    const cells = this.#cells;
    const { line } = this;
    this.#cells = [];
    this.#lineFeeds += 1;
    this.line = this.#lineFeeds + 1;
    this.recordLength = 0;
    this.#onRecord(cells, line);
  }
}

/** The unquoted bytes of the first record; undefined if its end is missing. */
function headingOf(text: Buffer): readonly number[] | undefined {
  const found: number[] = [];
  let isQuoted = false;
  for (const byte of text) {
    if (byte === QUOTE) isQuoted = !isQuoted;
    else if (!isQuoted && byte === LF) return found;
    else if (!isQuoted) found.push(byte);
  }
  return undefined;
}
