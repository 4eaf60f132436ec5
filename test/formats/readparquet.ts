import { gunzipSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';

/** The rows of a Parquet file by name, with a reader that is not ours. */
export async function readParquet(
  bytes: Buffer,
  columns?: readonly string[],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return parquetReadObjects({
    file: new Uint8Array(bytes).buffer,
    compressors: { GZIP: (block) => gunzipSync(block) },
    ...(columns === undefined ? {} : { columns: [...columns] }),
  });
}
