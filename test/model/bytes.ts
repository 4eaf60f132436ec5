import { NO_UTF8 } from './answerfaults.js';

const MARK = Buffer.from(NO_UTF8);

/** The bytes of an answer's text; the mark that stands for it becomes a byte that is no UTF-8. */
export function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text);
  const at = text.includes(NO_UTF8) ? bytes.indexOf(MARK) : -1;
  return at === -1
    ? bytes
    : Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff]), bytes.subarray(at + MARK.length)]);
}
