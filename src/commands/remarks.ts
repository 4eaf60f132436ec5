import type { Format } from '../formats/format.js';
import { count } from './pace.js';

/** What a reader should know of the cells. */
export function remarks(format: Format): readonly string[] {
  const { rows, emptyPaths, longCells, replacedSurrogates } = format.facts();
  return [
    ...(rows === 0 ? [] : emptyPaths.map((path) => `warning: no entry has anything at ${path}`)),
    ...(longCells === 0
      ? []
      : [`warning: ${count(longCells)} cells are longer than a spreadsheet takes (32,767 characters)`]),
    ...(replacedSurrogates === 0
      ? []
      : [`warning: ${count(replacedSurrogates)} halves of characters became U+FFFD; NDJSON holds them as they are`]),
  ];
}
