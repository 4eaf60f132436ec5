import type { ColumnSource, KeyValue, SchemaElement } from 'hyparquet-writer';

export const PARQUET_TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const;
/** For columns of large texts, which are most of a file and seldom read: compressed well, without minimum and maximum. */
export const PARQUET_LARGE = { statistics: false, codec: 'GZIP' } as const;

/** Writes a Parquet file a row group at a time. `elements`: the schema below the root, which has `columns` children; `facts`: kept with it. */
export async function openParquetFile(
  root: string,
  columns: number,
  elements: readonly SchemaElement[],
  facts?: KeyValue[],
) {
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
    ...(facts && { kvMetadata: facts }),
  });
  const take = (): Uint8Array => {
    const block = bytes.getBytes().slice();
    bytes.index = 0;
    return block;
  };
  return {
    // Synchronous, because the writer in memory needs no flush.
    write: (columnData: ColumnSource[], rows: number) => void parquet.write({ columnData, rowGroupSize: rows }),
    /** The bytes since the last call. */
    take,
    /** Ends the file; returns its last bytes. */
    finish: () => {
      void parquet.finish();
      return take();
    },
  };
}
