import { type Format, type FormatOptions, NOTHING_CHANGED } from './format.js';

const COMMA = 0x2c;
const LINE_FEED = 0x0a;

/** One array with one entry a line, each in its own text; `[]` when there is none. */
export function openJson({ resumedAfter }: Pick<FormatOptions, 'resumedAfter'>): Format {
  const before = resumedAfter ?? 0;
  let rows = 0;
  return {
    name: 'json',
    open: () => (resumedAfter === undefined ? '[' : ''),
    write: ({ entries }) => {
      let size = entries.length * 2;
      for (const { raw } of entries) size += raw.length;
      const bytes = Buffer.allocUnsafe(size);
      let at = 0;
      for (const { raw } of entries) {
        if (before + rows > 0) bytes[at++] = COMMA;
        bytes[at++] = LINE_FEED;
        bytes.set(raw, at);
        at += raw.length;
        rows += 1;
      }
      return bytes.subarray(0, at);
    },
    close: () => (before + rows === 0 ? ']\n' : '\n]\n'),
    facts: () => ({ rows, ...NOTHING_CHANGED }),
  };
}
