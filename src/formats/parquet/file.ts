import type { ColumnSource, SchemaElement } from 'hyparquet-writer';

export const PARQUET_TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const;
/** For columns of large texts, which are most of a file and seldom read: packed well, and without the smallest and largest value. */
export const PARQUET_LARGE = { statistics: false, codec: 'GZIP' } as const;

/** A Parquet file that is written a row group at a time. */
export interface ParquetFile {
  readonly write: (columnData: ColumnSource[], rows: number) => void;
  /** The bytes since the last call. */
  readonly take: () => Uint8Array;
  /** Ends the file; returns its last bytes. */
  readonly finish: () => Uint8Array;
}

/** `elements`: the schema below the root, which has `columns` children. */
export async function openParquetFile(
  root: string,
  columns: number,
  elements: readonly SchemaElement[],
): Promise<ParquetFile> {
  const [{ ByteWriter, ParquetWriter }, { gzipSync }] = await Promise.all([
    import('hyparquet-writer'),
    import('node:zlib'),
  ]);
  const bytes = new ByteWriter();
  const parquet = new ParquetWriter({
    writer: bytes,
    schema: [{ name: root, num_children: columns }, ...elements],
    codec: 'SNAPPY',
    compressors: { GZIP: (block) => gzipSync(block) },
    createdBy: 'auditlog',
  });
  const take = (): Uint8Array => {
    const block = bytes.getBytes().slice();
    bytes.index = 0;
    return block;
  };
  return {
    // Synchronous, since the writer in memory needs no flush.
    write: (columnData, rows) => void parquet.write({ columnData, rowGroupSize: rows }),
    take,
    finish: () => {
      void parquet.finish();
      return take();
    },
  };
}
