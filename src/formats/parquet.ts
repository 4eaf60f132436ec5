import type { Entry } from '../event.js';
import { type Format, type FormatOptions, NOTHING_CHANGED } from './format.js';
import { type ParquetKind, parquetColumns } from './parquet/columns.js';
import { openParquetRows, type ParquetValue } from './parquet/rows.js';

/**
 * A Parquet file, written a row group at a time: no more than one is held. The same entries give the same bytes, however they are handed over. It cannot
 * be gone on with: the end of the file tells where everything in it begins.
 */
export async function openParquet(options: Pick<FormatOptions, 'provider' | 'columns'>): Promise<Format> {
  const groups = await openGroups(options);
  return {
    name: 'parquet',
    open: () => '',
    write: ({ entries, org }) => Buffer.concat(entries.flatMap((entry) => groups.add(entry, org) ?? [])),
    close: () => groups.finish(),
    facts: () => ({ ...NOTHING_CHANGED, ...groups.facts() }),
  };
}

/** A row group is what a reader takes at once, and what is held here: so many rows, or fewer large ones. */
const GROUP_ROWS = 10_000;
const GROUP_BYTES = 16 * 1024 * 1024;

interface RowGroups {
  /** The bytes that are ready, when the entry filled its row group. */
  add(entry: Entry, org: string | undefined): Uint8Array | undefined;
  finish(): Uint8Array;
  facts(): { readonly rows: number; readonly replacedSurrogates: number; readonly emptyPaths: readonly string[] };
}

async function openGroups({
  provider,
  columns: chosen,
}: Pick<FormatOptions, 'provider' | 'columns'>): Promise<RowGroups> {
  const [{ ByteWriter, ParquetWriter }, { gzipSync }] = await Promise.all([
    import('hyparquet-writer'),
    import('node:zlib'),
  ]);
  const columns = parquetColumns(provider, chosen);
  const reader = openParquetRows(provider, columns);
  const bytes = new ByteWriter();
  const parquet = new ParquetWriter({
    writer: bytes,
    schema: [
      { name: 'entry', num_children: columns.length },
      ...columns.map(({ name, kind }) => ({ name, repetition_type: 'OPTIONAL' as const, ...TYPES[kind] })),
    ],
    codec: 'SNAPPY',
    compressors: { GZIP: (block) => gzipSync(block) },
    createdBy: 'auditlog',
  });
  let held: ParquetValue[][] = columns.map(() => []);
  let heldBytes = 0;
  let heldRows = 0;
  let rows = 0;

  const taken = (): Uint8Array => {
    const block = bytes.getBytes().slice();
    bytes.index = 0;
    return block;
  };
  const endGroup = (): void => {
    if (heldRows === 0) return;
    // Without a flush of its own the writer is done when it returns.
    void parquet.write({
      columnData: columns.map(({ name, kind }, at) => ({ name, data: held[at] ?? [], ...HANDLING[kind] })),
      rowGroupSize: heldRows,
    });
    held = columns.map(() => []);
    heldBytes = 0;
    heldRows = 0;
  };

  return {
    add(entry, org) {
      for (const [at, value] of reader.read(entry, org).entries()) held[at]?.push(value);
      rows += 1;
      heldRows += 1;
      heldBytes += entry.raw.length;
      if (heldRows < GROUP_ROWS && heldBytes < GROUP_BYTES) return undefined;
      endGroup();
      return taken();
    },
    finish() {
      endGroup();
      void parquet.finish();
      return taken();
    },
    facts: () => ({ rows, replacedSurrogates: reader.replacedSurrogates(), emptyPaths: reader.emptyPaths() }),
  };
}

const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const;

/** JSON is told as text: engines differ in what they make of a column that says it is JSON, and some would lose digits. */
const TYPES = {
  time: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  },
  text: TEXT,
  json: TEXT,
  raw: TEXT,
} as const satisfies Readonly<Record<ParquetKind, object>>;

/**
 * The smallest and the largest of a row group let readers pass over it; of whole texts nobody asks for them. Those are most of a file, and
 * seldom read: so they are packed well, and the rest so that it is read fast.
 */
const HANDLING = {
  time: {},
  text: {},
  json: { statistics: false, codec: 'GZIP' },
  raw: { statistics: false, codec: 'GZIP', encoding: 'PLAIN' },
} as const satisfies Readonly<Record<ParquetKind, object>>;
