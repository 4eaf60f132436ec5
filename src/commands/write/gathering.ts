import { gatheredLines } from '../../days/gathered.js';
import { type Format, NOTHING_CHANGED } from '../../formats/format.js';

/** The format of files that are only a step on the way: the entries with their organizations. `last`: the line at the end. */
export function gatheringFormat(last: () => string): Format {
  let rows = 0;
  return {
    name: 'ndjson',
    open: () => '',
    write: (batch) => {
      rows += batch.entries.length;
      return gatheredLines(batch);
    },
    close: last,
    facts: () => ({ rows, ...NOTHING_CHANGED }),
  };
}
