import { createHash } from 'node:crypto';
import { createGzip, gunzipSync, gzipSync } from 'node:zlib';
import { jsonOf } from '../shared/json.js';

/** Rows of one insert, compressed. */
export interface PackedRows {
  readonly rows: number;
  readonly gzip: Buffer;
  /** Hash of the compressed bytes: the same when the rows are sent again. */
  readonly token: string;
  /** For each row, what takes it if the server refuses it; empty: that is an error. */
  readonly refuse: readonly RefuseRow[];
}

/** `raw`: the entry's own text. */
export type RefuseRow = (raw: Buffer, why: string) => void;

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
  const refuses: RefuseRow[] = [];
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
    add(line: string, refuse?: RefuseRow): Promise<void> | undefined {
      piece += line;
      if (refuse !== undefined) refuses.push(refuse);
      rows += 1;
      return piece.length < PIECE ? undefined : compress();
    },
    async end(): Promise<PackedRows> {
      if (piece !== '') await compress();
      gzip.end();
      await ended;
      return toPacked(rows, Buffer.concat(packed), refuses);
    },
  };
}

/** The rows in two halves, for a proxy that refuses large bodies, or to find a row that is refused. */
export function halves({ rows, gzip, refuse }: PackedRows): readonly [PackedRows, PackedRows] {
  const lines = gunzipSync(gzip);
  const first = Math.floor(rows / 2);
  let end = 0;
  for (let row = 0; row < first; row += 1) end = lines.indexOf(0x0a, end) + 1;
  return [
    pack(lines.subarray(0, end), first, refuse.slice(0, first)),
    pack(lines.subarray(end), rows - first, refuse.slice(first)),
  ];
}

/** Passes on the only row. Throws the error if the batch has no handler for rejected rows. */
export function refuseOnly({ gzip, refuse: [take] }: PackedRows, error: Error): void {
  if (take === undefined) throw error;
  const raw = jsonOf(gunzipSync(gzip))?.raw;
  take(Buffer.from(typeof raw === 'string' ? raw : ''), error.message);
}

function pack(lines: Buffer, rows: number, refuse: readonly RefuseRow[]): PackedRows {
  return toPacked(rows, gzipSync(lines, { level: LEVEL }), refuse);
}

function toPacked(rows: number, gzip: Buffer, refuse: readonly RefuseRow[]): PackedRows {
  return { rows, gzip, token: createHash('sha256').update(gzip).digest('hex'), refuse };
}
