import { createHash } from 'node:crypto';
import { createGzip, gunzipSync, gzipSync } from 'node:zlib';

/** Rows on their way, compressed. */
export interface PackedRows {
  readonly rows: number;
  readonly gzip: Buffer;
  /** Of the compressed bytes: what is sent again has the same one. */
  readonly token: string;
}

/** Takes lines and keeps them compressed only. */
export interface Packing {
  readonly rows: number;
  /** Uncompressed. */
  readonly bytes: number;
  /** Resolves when the next line can be taken. */
  add(line: string): Promise<void> | undefined;
  end(): Promise<PackedRows>;
}

/** So much text is compressed at a time, in characters. */
const PIECE = 1 << 18;
/** Hardly slower than 1, and a seventh smaller. */
const LEVEL = 3;

export function startPacking(): Packing {
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
    get bytes() {
      return bytes + piece.length;
    },
    add(line) {
      piece += line;
      rows += 1;
      return piece.length < PIECE ? undefined : compress();
    },
    async end() {
      if (piece !== '') await compress();
      gzip.end();
      await ended;
      return toPacked(rows, Buffer.concat(packed));
    },
  };
}

/** The same rows in two halves, for what refuses large bodies. */
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
