import type { Entry } from '../event.js';
import { type Format, type FormatOptions, NOTHING_CHANGED } from './format.js';
import { type ParquetKind, parquetColumns } from './parquet/columns.js';
import { openParquetFile, PARQUET_LARGE, PARQUET_TEXT } from './parquet/file.js';
import { openParquetRows, type ParquetValue } from './parquet/rows.js';

/**
 * Writes a Parquet file, one row group at a time. The same entries give the same bytes, however they are batched. It cannot be resumed, because its
 * index is at its end.
 */
export async function openParquet(options: Pick<FormatOptions, 'provider' | 'columns'>): Promise<Format> {
  const columns = parquetColumns(options.provider, options.columns);
  const reader = openParquetRows(options.provider, columns);
  const elements = columns.map(({ name, kind }) => ({ name, repetition_type: 'OPTIONAL' as const, ...TYPES[kind] }));
  const file = await openParquetFile('entry', columns.length, elements);
  let held: ParquetValue[][] = columns.map(() => []);
  let heldBytes = 0;
  let heldRows = 0;
  let rows = 0;

  const endGroup = (): void => {
    if (heldRows === 0) return;
    const data = columns.map(({ name, kind }, at) => ({ name, data: held[at] ?? [], ...HANDLING[kind] }));
    file.write(data, heldRows);
    held = columns.map(() => []);
    heldBytes = 0;
    heldRows = 0;
  };
  /** The bytes that are ready once the entry has filled its row group. */
  const add = (entry: Entry, org: string): readonly Uint8Array[] => {
    for (const [at, value] of reader.read(entry, org).entries()) held[at]?.push(value);
    rows += 1;
    heldRows += 1;
    heldBytes += entry.raw.length;
    if (heldRows < GROUP_ROWS && heldBytes < GROUP_BYTES) return [];
    endGroup();
    return [file.take()];
  };

  return {
    name: 'parquet',
    open: () => '',
    write: ({ entries, org }) => Buffer.concat(entries.flatMap((entry) => add(entry, org))),
    close: () => {
      endGroup();
      return file.finish();
    },
    facts: () => ({
      ...NOTHING_CHANGED,
      rows,
      replacedSurrogates: reader.replacedSurrogates(),
      emptyPaths: reader.emptyPaths(),
    }),
  };
}

/** Readers load a row group at once, and one is held here. */
const GROUP_ROWS = 10_000;
const GROUP_BYTES = 16 * 1024 * 1024;

/** JSON columns are text: engines differ in how they treat a JSON type, and some would lose digits. */
const TYPES = {
  time: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  },
  text: PARQUET_TEXT,
  json: PARQUET_TEXT,
  raw: PARQUET_TEXT,
} as const satisfies Readonly<Record<ParquetKind, object>>;

const HANDLING = {
  time: {},
  text: {},
  json: PARQUET_LARGE,
  raw: { ...PARQUET_LARGE, encoding: 'PLAIN' },
} as const satisfies Readonly<Record<ParquetKind, object>>;
