import { gatheredLines } from '../../days/gathered.js';
import { type Format, NOTHING_CHANGED } from '../../formats/format.js';
import { tooManyRows } from '../../formats/xlsx/full.js';

/** The format of intermediate files: the entries with their organizations. `last`: the line at the end; `most`: rows that the sheet can hold. */
export function gatheringFormat(last: () => string, most = Number.POSITIVE_INFINITY): Format {
  let rows = 0;
  return {
    name: 'ndjson',
    open: () => '',
    write: (batch) => {
      rows += batch.entries.length;
      if (rows > most) throw tooManyRows('Events');
      return gatheredLines(batch);
    },
    close: last,
    facts: () => ({ rows, ...NOTHING_CHANGED }),
  };
}
