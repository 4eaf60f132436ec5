import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  ESCAPES,
  isHex,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '../../../json/bytes.js';
import { BYTE_KIND, CLOSING, ESCAPING, isHazard, PLAIN, SUSPECT } from '../../../json/escape.js';

/** Why a text is not what a page must be. `cut`: it ends too early. */
export type ScanFault = 'cut' | 'malformed' | 'encoding' | 'too-deep' | 'no-items';

export class ScanError extends Error {
  override readonly name = 'ScanError';
  readonly fault: ScanFault;
  /** Byte offset in the body. */
  readonly at: number;
  constructor(fault: ScanFault, at: number) {
    super(`${fault} at byte ${at}`);
    this.fault = fault;
    this.at = at;
  }
}

export const COLON = 0x3a;
export const LOWER_N = 0x6e;

/** Checks JSON tokens (RFC 8259). Each method takes the position of the first byte of what it reads and returns the position after its last one. */
export class TokenScanner {
  /** Since these were last reset: there was white space between tokens, there was a hazardous character. */
  isSpaced = false;
  hasHazard = false;
  /** The latest string has escapes. */
  hasEscape = false;
  readonly body: Buffer;
  readonly #words: DataView;

  constructor(body: Buffer) {
    this.body = body;
    this.#words = new DataView(body.buffer, body.byteOffset, body.length);
  }

  scalar(at: number): number {
    const byte = this.body[at];
    if (byte === QUOTE) return this.string(at);
    if (byte === LOWER_N) return this.#word(at, 'null');
    if (byte === 0x74) return this.#word(at, 'true');
    if (byte === 0x66) return this.#word(at, 'false');
    return this.#number(at);
  }

  /** Any value, however deep: the stack does not grow. */
  nested(from: number): number {
    const { body } = this;
    const closers: number[] = [];
    let at = from;
    for (;;) {
      if (body[at] === OPEN_BRACE || body[at] === OPEN_BRACKET) {
        const closer = body[at] === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
        at = this.space(at + 1);
        if (body[at] !== closer) {
          closers.push(closer);
          if (closer === CLOSE_BRACE) at = this.#keyed(at);
          continue;
        }
        at += 1;
      } else at = this.scalar(at);
      while (closers.length > 0) {
        at = this.space(at);
        if (body[at] !== closers.at(-1)) break;
        closers.pop();
        at += 1;
      }
      if (closers.length === 0) return at;
      if (body[at] !== COMMA) this.fail(at);
      at = this.space(at + 1);
      if (closers.at(-1) === CLOSE_BRACE) at = this.#keyed(at);
    }
  }

  string(from: number): number {
    const { body } = this;
    const words = this.#words;
    const lastWord = body.length - 3;
    let at = from + 1;
    this.hasEscape = false;
    for (;;) {
      // Four bytes at a time, while none of them is a quote, a backslash, a control character, DEL or part of a longer character.
      while (at < lastWord) {
        const word = words.getInt32(at, true);
        const found =
          (word - 0x20202020) |
          ((word ^ 0x22222222) - 0x01010101) |
          ((word ^ 0x5c5c5c5c) - 0x01010101) |
          (word + 0x01010101) |
          word;
        if ((found & 0x80808080) !== 0) break;
        at += 4;
      }
      let kind = BYTE_KIND[body[at] as number];
      while (kind === PLAIN) {
        at += 1;
        kind = BYTE_KIND[body[at] as number];
      }
      if (kind === CLOSING) return at + 1;
      if (kind === SUSPECT) {
        this.hasHazard ||= isHazard(body, at);
        at += 1;
      } else if (kind === ESCAPING) {
        this.hasEscape = true;
        at = this.#escaped(at + 1);
      } else this.fail(at);
    }
  }

  space(from: number): number {
    const { body } = this;
    let at = from;
    while (body[at] === 0x20 || body[at] === 0x0a || body[at] === 0x0d || body[at] === 0x09) at += 1;
    if (at > from) this.isSpaced = true;
    return at;
  }

  fail(at: number): never {
    throw new ScanError(at >= this.body.length ? 'cut' : 'malformed', at);
  }

  /** Up to the value of a member. */
  #keyed(from: number): number {
    if (this.body[from] !== QUOTE) this.fail(from);
    const at = this.space(this.string(from));
    if (this.body[at] !== COLON) this.fail(at);
    return this.space(at + 1);
  }

  #escaped(at: number): number {
    const byte = this.body[at];
    if (byte === undefined || !ESCAPES.includes(byte)) this.fail(at);
    if (byte !== 0x75) return at + 1;
    for (let digit = at + 1; digit < at + 5; digit += 1) {
      if (!isHex(this.body[digit])) this.fail(digit);
    }
    return at + 5;
  }

  #number(from: number): number {
    const { body } = this;
    let at = body[from] === 0x2d ? from + 1 : from;
    at = body[at] === 0x30 ? at + 1 : this.#digits(at);
    if (body[at] === 0x2e) at = this.#digits(at + 1);
    if (body[at] === 0x65 || body[at] === 0x45) {
      at += 1;
      at = this.#digits(body[at] === 0x2b || body[at] === 0x2d ? at + 1 : at);
    }
    return at;
  }

  #digits(from: number): number {
    const { body } = this;
    let at = from;
    while ((body[at] as number) >= 0x30 && (body[at] as number) <= 0x39) at += 1;
    if (at === from) this.fail(at);
    return at;
  }

  #word(from: number, text: string): number {
    for (let i = 0; i < text.length; i += 1) {
      if (this.body[from + i] !== text.charCodeAt(i)) this.fail(from + i);
    }
    return from + text.length;
  }
}
