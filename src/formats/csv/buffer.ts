import { QUOTE } from '../../json/bytes.js';
import { formulaLength, unsplitJson } from './cell.js';

const SEMICOLON = 0x3b;
const SIZE = 256 * 1024;

/** Bytes of CSV for one chunk of output. Everything that is added is copied. */
export class CsvBuffer {
  /** Whether JSON is written without a guard against formulas. */
  readonly #isRaw: boolean;
  #out: Buffer = Buffer.allocUnsafeSlow(SIZE);
  #end = 0;

  constructor(isRaw: boolean) {
    this.#isRaw = isRaw;
  }

  /** Where the next byte goes. */
  get end(): number {
    return this.#end;
  }

  /** Removes everything from `end` on. */
  cut(end: number): void {
    this.#end = end;
  }

  byte(byte: number): void {
    if (this.#end === this.#out.length) this.#makeRoom(1);
    this.#out[this.#end] = byte;
    this.#end += 1;
  }

  text(text: string): void {
    this.#makeRoom(3 * text.length);
    this.#end += this.#out.write(text, this.#end, 'utf8');
  }

  /** UTF-8 from `from` up to `to`. */
  bytes(source: Uint8Array, from: number, to: number): void {
    this.#makeRoom(to - from);
    const into = this.#out;
    let put = this.#end;
    for (let at = from; at < to; at += 1) {
      into[put] = source[at]!;
      put += 1;
    }
    this.#end = put;
  }

  /** JSON from `from` up to `to` for the inside of a quoted cell: doubles its quotes and applies `unsplitJson`. */
  json(source: Uint8Array, from: number, to: number): void {
    // Two bytes at most, a semicolon and the start of a formula, become seven.
    this.#makeRoom(4 * (to - from));
    const into = this.#out;
    let put = this.#end;
    for (let at = from; at < to; at += 1) {
      const byte = source[at]!;
      into[put] = byte;
      put += 1;
      if (byte > SEMICOLON) continue;
      if (byte === QUOTE) {
        into[put] = QUOTE;
        put += 1;
      } else if (byte === SEMICOLON && !this.#isRaw) {
        const length = formulaLength(source, at + 1);
        if (length === 0) continue;
        const text = Buffer.from(source.subarray(at, at + 1 + length)).toString('utf8');
        put += into.write(unsplitJson(text), put - 1, 'utf8') - 1;
        at += length;
      }
    }
    this.#end = put;
  }

  /** Returns a copy of everything, and starts an empty chunk. */
  take(): Buffer {
    const chunk = Buffer.allocUnsafeSlow(this.#end);
    chunk.set(this.#out.subarray(0, this.#end));
    this.#end = 0;
    return chunk;
  }

  #makeRoom(more: number): void {
    if (this.#end + more <= this.#out.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (this.#end + more));
    larger.set(this.#out.subarray(0, this.#end));
    this.#out = larger;
  }
}
