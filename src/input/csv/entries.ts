import { entryReader } from '../../engine/page/entries.js';
import { ScanError, wantPaths } from '../../engine/page/scan/scan.js';
import { usageError } from '../../errors.js';
import type { Entry } from '../../event.js';
import { guarded, printable } from '../../formats/csv/cell.js';
import { toEvent } from '../../providers/event/normalize.js';
import type { Provider } from '../../providers/provider.js';
import { type Column, openRow, parseColumns } from '../../view.js';
import type { Damaged } from '../damage.js';
import { scanElements } from '../json/scan.js';
import { byOrg, type InputEntries } from '../source.js';
import { csvRecords } from './records.js';
import { openRestore } from './restore.js';

/**
 * The entries of a CSV file that `export` wrote: cells return to the vendor's paths, and `extra` stays as it was. Each entry, written again, gives
 * exactly its row; a row without such an entry is an error.
 */
export async function* csvEntries(
  chunks: AsyncIterable<Buffer>,
  provider: Provider,
  { isRaw, damaged }: { readonly isRaw: boolean; readonly damaged: Damaged },
): AsyncGenerator<InputEntries, void> {
  let read: ReadCsvRow | undefined;
  let names = 0;
  for await (const { rows: records, delimiter } of csvRecords(chunks, damaged)) {
    let rows = records;
    if (read === undefined) {
      const [heading, ...rest] = records;
      const columns = columnsOf(
        heading!.cells.map((name) => plain(name, isRaw)),
        provider,
        damaged,
      );
      read = rowReader(columns, provider, (text) => printable(text, isRaw, delimiter).text);
      names = columns.length;
      rows = rest;
    }
    const entries: CsvEntry[] = [];
    for (const { cells, line } of rows) {
      if (cells.length !== names)
        throw damaged(`this row has ${cells.length} cells where the heading has ${names}`, line);
      const clear = cells.map((cell) => {
        if (!isRaw && !cell.startsWith("'") && guarded(cell) !== cell)
          throw damaged('a cell begins as a formula does; say --csv-raw if the file was written with it', line);
        return plain(cell, isRaw);
      });
      const found = read(clear);
      if (found === undefined)
        throw damaged(
          `this row does not read back as an entry of ${provider.title}'s (--provider names another vendor)`,
          line,
        );
      entries.push(found);
    }
    yield* byOrg(entries);
  }
  if (read === undefined) throw damaged('there is no heading', 1);
}

interface CsvEntry {
  readonly entry: Entry;
  /** If only the row names it. */
  readonly org: string | undefined;
}

type ReadCsvRow = (cells: readonly string[]) => CsvEntry | undefined;

function rowReader(columns: readonly Column[], provider: Provider, shaped: (text: string) => string): ReadCsvRow {
  const shape = (text: string, { field }: Column): string => (field === 'metadata' ? text : shaped(text));
  const restore = openRestore(provider, columns, shaped);
  const { paths, entryOf } = entryReader(provider);
  const wanted = wantPaths(paths);
  const readRow = openRow(columns, shape);
  const orgAt = columns.findIndex(({ field }) => field === 'org.id');
  const timeAt = columns.findIndex(({ field }) => field === 'time');
  const logAt = columns.findIndex(({ field }) => field === 'log');

  return (cells) => {
    for (const text of restore(cells)) {
      const rows = scanElements(Buffer.from(text), wanted);
      // Malformed JSON stays malformed in any order of the cells.
      if (rows instanceof ScanError || rows.length !== 1) return undefined;
      const log = cells[logAt];
      const entry = { ...entryOf(rows[0]!), ...(log ? { log } : {}) };
      const event = toEvent(provider, entry);
      const again = readRow(event);
      const isSame = (cell: string, index: number): boolean => {
        if (cell === cells[index] || (index === orgAt && cell === '')) return true;
        // An invalid time was written as the vendor wrote it.
        return index === timeAt && cells[index] === event.timeText;
      };
      const differs = again.findIndex((cell, index) => !isSame(cell, index));
      if (differs < 0) return { entry, org: orgAt >= 0 && again[orgAt] === '' ? cells[orgAt] || undefined : undefined };
    }
    return undefined;
  };
}

function columnsOf(names: readonly string[], provider: Provider, damaged: Damaged): readonly Column[] {
  const forPeople = names.find((name) => name === 'local_time' || name.startsWith('Time ('));
  if (forPeople !== undefined)
    throw usageError(
      `the column "${forPeople}" is for people: an entry cannot be read back from it`,
      'Name an export without --columns, or the NDJSON',
    );
  try {
    return parseColumns(names.join(','), provider);
  } catch (error) {
    throw damaged(`this is not the heading of a CSV export: ${error instanceof Error ? error.message : ''}`, 1);
  }
}

function plain(cell: string, isRaw: boolean): string {
  return isRaw ? cell : cell.replace(/^'/, '');
}
