import { createHash } from 'node:crypto';
import { createGzip, gunzipSync, gzipSync } from 'node:zlib';

/** Rows of one insert, compressed. */
export interface PackedRows {
  readonly rows: number;
  readonly gzip: Buffer;
  /** Hash of the compressed bytes: the same when the rows are sent again. */
  readonly token: string;
}

export type Packing = ReturnType<typeof startPacking>;

/** Characters compressed at a time. */
const PIECE = 1 << 18;
/** Hardly slower than level 1, and a seventh smaller. */
const LEVEL = 3;

/** Compresses lines one after another, and keeps only the compressed bytes. */
export function startPacking() {
  const gzip = createGzip({ level: LEVEL });
  const packed: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    gzip.on('data', (chunk: Buffer) => packed.push(chunk));
    gzip.on('end', resolve);
    gzip.on('error', reject);
  });
  ended.catch(() => undefined);
  let piece = '';
  let rows = 0;
  let bytes = 0;

  const compress = (): Promise<void> => {
    const chunk = Buffer.from(piece);
    piece = '';
    bytes += chunk.length;
    return new Promise((resolve, reject) => {
      gzip.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
  };

  return {
    get rows() {
      return rows;
    },
    /** Uncompressed. */
    get bytes() {
      return bytes + piece.length;
    },
    /** Undefined, or resolves when the next line can be taken. */
    add(line: string): Promise<void> | undefined {
      piece += line;
      rows += 1;
      return piece.length < PIECE ? undefined : compress();
    },
    async end(): Promise<PackedRows> {
      if (piece !== '') await compress();
      gzip.end();
      await ended;
      return toPacked(rows, Buffer.concat(packed));
    },
  };
}

/** The rows in two halves, for a proxy that refuses large bodies. */
export function halves({ rows, gzip }: PackedRows): readonly [PackedRows, PackedRows] {
  const lines = gunzipSync(gzip);
  const first = Math.floor(rows / 2);
  let end = 0;
  for (let row = 0; row < first; row += 1) end = lines.indexOf(0x0a, end) + 1;
  return [pack(lines.subarray(0, end), first), pack(lines.subarray(end), rows - first)];
}

function pack(lines: Buffer, rows: number): PackedRows {
  return toPacked(rows, gzipSync(lines, { level: LEVEL }));
}

function toPacked(rows: number, gzip: Buffer): PackedRows {
  return { rows, gzip, token: createHash('sha256').update(gzip).digest('hex') };
}
