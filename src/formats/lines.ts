import type { Entry } from '../event.js';
import { type Format, type FormatOptions, NOTHING_CHANGED } from './format.js';

/** One entry a line, in its own text: copies bytes and never parses them. */
export function openNdjson(): Format {
  let rows = 0;
  return {
    name: 'ndjson',
    open: () => '',
    write: ({ entries }) => {
      rows += entries.length;
      return joined(entries, '', '\n');
    },
    close: () => '',
    facts: () => ({ rows, ...NOTHING_CHANGED }),
  };
}

/** One array with one entry a line, each in its own text; `[]` without entries. */
export function openJson({ resumedAfter }: Pick<FormatOptions, 'resumedAfter'>): Format {
  const before = resumedAfter ?? 0;
  let rows = 0;
  return {
    name: 'json',
    open: () => (resumedAfter === undefined ? '[' : ''),
    write: ({ entries }) => {
      const text = joined(entries, ',\n', '');
      const isFirst = before + rows === 0;
      rows += entries.length;
      return isFirst ? text.subarray(1) : text;
    },
    close: () => (before + rows === 0 ? ']\n' : '\n]\n'),
    facts: () => ({ rows, ...NOTHING_CHANGED }),
  };
}

function joined(entries: readonly Entry[], prefix: string, suffix: string): Buffer {
  let size = entries.length * (prefix.length + suffix.length);
  for (const { raw } of entries) size += raw.length;
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { raw } of entries) {
    for (let next = 0; next < prefix.length; next += 1) bytes[at++] = prefix.charCodeAt(next);
    bytes.set(raw, at);
    at += raw.length;
    for (let next = 0; next < suffix.length; next += 1) bytes[at++] = suffix.charCodeAt(next);
  }
  return bytes;
}
