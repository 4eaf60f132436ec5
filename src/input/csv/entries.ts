import { entryReader } from '../../engine/page/entries.js';
import { ScanError, scanPage, wantPaths } from '../../engine/page/scan/scan.js';
import type { Entry } from '../../event.js';
import { guarded, printable } from '../../formats/csv/cell.js';
import { toEvent } from '../../providers/event/normalize.js';
import type { Provider } from '../../providers/provider.js';
import { type Column, openRow, parseColumns } from '../../view.js';
import type { Damaged } from '../damage.js';
import { csvRecords } from './records.js';
import { openRestore } from './restore.js';

/** Entries of one org: a CSV export names it where the entries do not. */
export interface CsvEntries {
  readonly entries: readonly Entry[];
  readonly org: string | undefined;
}

/**
 * The entries of a CSV file that `export` wrote: what the cells hold is put back to where the vendor has it, what `extra` holds stays as it
 * was. Each entry gives exactly the row that it was made of when it is written again; a row for which there is none is an error.
 */
export async function* csvEntries(
  chunks: AsyncIterable<Buffer>,
  provider: Provider,
  { isRaw, damaged }: { readonly isRaw: boolean; readonly damaged: Damaged },
): AsyncGenerator<CsvEntries, void> {
  let read: ReadCsvRow | undefined;
  let names = 0;
  for await (const records of csvRecords(chunks, damaged)) {
    let rows = records;
    if (read === undefined) {
      const [heading, ...rest] = records;
      const columns = columnsOf(
        heading!.cells.map((name) => plain(name, isRaw)),
        provider,
        damaged,
      );
      read = rowReader(columns, provider, isRaw);
      names = columns.length;
      rows = rest;
    }
    const entries: { entry: Entry; org: string | undefined }[] = [];
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

type ReadCsvRow = (cells: readonly string[]) => { readonly entry: Entry; readonly org: string | undefined } | undefined;

function rowReader(columns: readonly Column[], provider: Provider, isRaw: boolean): ReadCsvRow {
  // As a cell is shaped when it is written.
  const shape = (text: string, { field }: Column): string =>
    field === 'metadata' ? text : printable(text, isRaw).text;
  const restore = openRestore(provider, columns, (text) => printable(text, isRaw).text);
  const { paths, entryOf } = entryReader(provider);
  const wanted = wantPaths(paths);
  const readRow = openRow(columns, shape);
  const orgAt = columns.findIndex(({ field }) => field === 'org.id');
  const timeAt = columns.findIndex(({ field }) => field === 'time');

  const toEntry = (text: string): Entry | undefined => {
    try {
      const { rows } = scanPage(Buffer.from(`[${text}]`), '', wanted);
      return rows.length === 1 ? entryOf(rows[0]!) : undefined;
    } catch (error) {
      if (error instanceof ScanError) return undefined;
      throw error;
    }
  };

  return (cells) => {
    for (const text of restore(cells)) {
      const entry = toEntry(text);
      // Text that is no JSON stays none wherever the cells are put.
      if (entry === undefined) return undefined;
      const event = toEvent(provider, entry);
      const again = readRow(event);
      const isSame = (cell: string, index: number): boolean => {
        if (cell === cells[index] || (index === orgAt && cell === '')) return true;
        // A time that could not be the entry's was written as the vendor did.
        return index === timeAt && cells[index] === event.timeText;
      };
      const differs = again.findIndex((cell, index) => !isSame(cell, index));
      if (differs < 0) return { entry, org: orgAt >= 0 && again[orgAt] === '' ? cells[orgAt] || undefined : undefined };
    }
    return undefined;
  };
}

function columnsOf(names: readonly string[], provider: Provider, damaged: Damaged): readonly Column[] {
  try {
    return parseColumns(names.join(','), provider);
  } catch (error) {
    throw damaged(`this is not the heading of a CSV export: ${error instanceof Error ? error.message : ''}`, 1);
  }
}

function plain(cell: string, isRaw: boolean): string {
  return isRaw ? cell : cell.replace(/^'/, '');
}

/** Runs of entries of one org each, in order. */
function* byOrg(all: readonly { readonly entry: Entry; readonly org: string | undefined }[]): Generator<CsvEntries> {
  let start = 0;
  for (let at = 1; at <= all.length; at += 1) {
    if (at < all.length && all[at]!.org === all[start]!.org) continue;
    yield { entries: all.slice(start, at).map(({ entry }) => entry), org: all[start]!.org };
    start = at;
  }
}
