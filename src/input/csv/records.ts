import type { Damaged } from '../damage.js';

/** A record of a CSV text, and the line that it begins on. */
export interface CsvRecord {
  readonly cells: readonly string[];
  readonly line: number;
}

/** A single record may not be longer, in characters. */
const LONGEST = 64 * 1024 * 1024;

/**
 * The records of a CSV text (RFC 4180; LF alone ends a record too), as many at a time as a chunk holds. Rejects at the first that is not well formed:
 * a quote inside of a cell, something behind a quoted one, a last record without its end, or bytes that are no UTF-8.
 */
export async function* csvRecords(
  chunks: AsyncIterable<Buffer>,
  damaged: Damaged,
): AsyncGenerator<readonly CsvRecord[], void> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  let line = 1;
  const decode = (chunk: Buffer | undefined): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      throw damaged('the text is not valid UTF-8', line);
    }
  };
  const take = (isLast: boolean): readonly CsvRecord[] => {
    const found: CsvRecord[] = [];
    let start = 0;
    for (;;) {
      const record = readRecord(text, start, isLast);
      if (record === undefined) break;
      if ('fault' in record) throw damaged(record.fault, line);
      found.push({ cells: record.cells, line });
      line += newlines(text, start, record.end);
      start = record.end;
    }
    text = text.slice(start);
    return found;
  };
  for await (const chunk of chunks) {
    text += decode(chunk);
    const found = take(false);
    if (text.length > LONGEST) throw damaged('the record is longer than any', line);
    if (found.length > 0) yield found;
  }
  text += decode(undefined);
  const last = take(true);
  if (last.length > 0) yield last;
}

type Read = { readonly cells: readonly string[]; readonly end: number } | { readonly fault: string } | undefined;

/** The record that begins at `start`; undefined when its end is not there yet, or nothing is left. */
function readRecord(text: string, start: number, isLast: boolean): Read {
  if (start >= text.length) return undefined;
  const cells: string[] = [];
  for (let at = start; ; ) {
    let end: number;
    if (text.charCodeAt(at) === QUOTE) {
      const close = closingQuote(text, at + 1);
      if (close < 0) return isLast ? { fault: 'a quoted cell has no end: the text is cut off' } : undefined;
      // What follows the quote decides whether it was the last.
      if (close + 1 >= text.length && !isLast) return undefined;
      cells.push(text.slice(at + 1, close).replaceAll('""', '"'));
      end = close + 1;
    } else {
      end = cellEnd(text, at);
      if (end >= text.length && !isLast) return undefined;
      const cell = text.slice(at, end);
      if (cell.includes('"')) return { fault: 'a quote stands inside of a cell' };
      cells.push(cell);
    }
    const code = text.charCodeAt(end);
    if (end >= text.length) return { fault: 'the last record has no end: the text is cut off' };
    if (code === COMMA) at = end + 1;
    else if (code === LF) return { cells, end: end + 1 };
    else if (code !== CR) return { fault: 'something stands behind a quoted cell' };
    else if (end + 1 >= text.length)
      return isLast ? { fault: 'the last record has no end: the text is cut off' } : undefined;
    else if (text.charCodeAt(end + 1) === LF) return { cells, end: end + 2 };
    else return { fault: 'a line end stands inside of a cell without quotes' };
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const CR = 0x0d;
const LF = 0x0a;

/** -1 when it is not there yet. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text.charCodeAt(at + 1) !== QUOTE) return at;
  }
  return -1;
}

function cellEnd(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === CR || code === LF) break;
  }
  return at;
}

function newlines(text: string, from: number, to: number): number {
  let found = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) found += 1;
  return found;
}
