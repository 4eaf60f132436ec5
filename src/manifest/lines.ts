import { crc32 } from 'node:zlib';
import type { LinesRecord, TextFormat } from './shape/file.js';

/** Maximum number of checksums in a manifest: a larger file has one for several lines. */
const MOST = 512;
/** Maximum number of runs to compare: a changed file may have any number of lines. */
const LONGEST = 1_000_000;
const LF = 0x0a;
const QUOTE = 0x22;
/** The checksum of a run takes those of its lines as digits of a number with this base. */
const FACTOR = 0x01000193;

/**
 * Checksums of the lines of a text, which locate a later change. They prove nothing: the file's SHA-256 does. A quoted CSV cell may contain line
 * ends, so one record may be several lines.
 */
export class LineDigest {
  readonly #isCsv: boolean;
  /** The runs keep their length. */
  readonly #isFixed: boolean;
  /** Checksums of runs of `#per` lines. */
  #sums: number[] = [];
  #per: number;
  /** The checksum of the lines since the last run, and their number. */
  #run = 0;
  #inRun = 0;
  #line = 0;
  #isInLine = false;
  #isQuoted = false;
  #lines = 0;

  /** `per`: the lines of a run in the record to compare with. */
  constructor(format: TextFormat, per?: number) {
    this.#isCsv = format === 'csv';
    this.#isFixed = per !== undefined;
    this.#per = per ?? 1;
  }

  push(bytes: Buffer): void {
    let from = 0;
    let quote = this.#isCsv ? bytes.indexOf(QUOTE) : -1;
    const seeQuotes = (to: number): void => {
      // An odd number of them opens or closes a cell; a doubled one does both.
      for (; quote >= 0 && quote < to; quote = bytes.indexOf(QUOTE, quote + 1)) this.#isQuoted = !this.#isQuoted;
    };
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, end + 1)) {
      seeQuotes(end);
      if (this.#isQuoted) continue;
      this.#endLine(crc32(bytes.subarray(from, end + 1), this.#line));
      from = end + 1;
    }
    seeQuotes(bytes.length);
    if (from >= bytes.length) return;
    this.#line = crc32(bytes.subarray(from), this.#line);
    this.#isInLine = true;
  }

  #endLine(sum: number): void {
    this.#line = 0;
    this.#isInLine = false;
    this.#lines += 1;
    this.#run = (Math.imul(this.#run, FACTOR) + sum) >>> 0;
    this.#inRun += 1;
    if (this.#inRun === this.#per) this.#endRun();
  }

  #endRun(): void {
    if (this.#sums.length < LONGEST) this.#sums.push(this.#run);
    this.#run = 0;
    this.#inRun = 0;
    if (this.#isFixed || this.#sums.length < 2 * MOST) return;
    // Joins two runs into one: the result is the same as if their lines had been added one after the other.
    const factor = power(FACTOR, this.#per);
    const half: number[] = [];
    for (let at = 0; at < this.#sums.length; at += 2)
      half.push((Math.imul(this.#sums[at] as number, factor) + (this.#sums[at + 1] as number)) >>> 0);
    this.#sums = half;
    this.#per *= 2;
  }

  /** The checksums for a manifest. Ends the count. */
  result(): LinesRecord {
    if (this.#isInLine) this.#endLine(this.#line);
    if (this.#inRun > 0) this.#endRun();
    const sums = Buffer.alloc(4 * this.#sums.length);
    for (const [at, sum] of this.#sums.entries()) sums.writeUInt32BE(sum, 4 * at);
    return { count: this.#lines, per: this.#per, crc32: sums.toString('base64') };
  }
}

/** Modulo 2^32; `exponent` is a power of two. */
function power(base: number, exponent: number): number {
  let result = base;
  for (let n = 1; n < exponent; n *= 2) result = Math.imul(result, result);
  return result;
}

/** The difference between a text and its record. Undefined: no line differs, as far as checksums show. */
export interface LineDifference {
  /** The lines, from 1, between which the first difference is. */
  readonly first: readonly [from: number, to: number];
  /** The number of lines that differ; undefined if it is unknown. */
  readonly changed: number | undefined;
  /** Lines now and when recorded. */
  readonly now: number;
  readonly recorded: number;
}

export function compareLines(recorded: LinesRecord, now: LinesRecord): LineDifference | undefined {
  const [before, after] = [recorded, now].map(({ crc32: text }) => Buffer.from(text, 'base64')) as [Buffer, Buffer];
  const isSame = (at: number) => after.subarray(4 * at, 4 * at + 4).equals(before.subarray(4 * at, 4 * at + 4));
  const runs = Math.max(before.length, after.length) / 4;
  const differing = Array.from({ length: runs }, (_, at) => at).filter((at) => !isSame(at));
  const [first] = differing;
  if (first === undefined) return undefined;
  const { per } = recorded;
  return {
    first: [first * per + 1, Math.min((first + 1) * per, Math.max(recorded.count, now.count))],
    changed: per === 1 && recorded.count === now.count ? differing.length : undefined,
    now: now.count,
    recorded: recorded.count,
  };
}
