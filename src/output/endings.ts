import { usageError } from '../errors.js';

export type FileFormat = 'ndjson' | 'json' | 'csv' | 'xlsx' | 'parquet';

const ENDINGS: Readonly<Record<string, FileFormat>> = {
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.json': 'json',
  '.csv': 'csv',
  '.xlsx': 'xlsx',
  '.parquet': 'parquet',
};

/** Formats that are compressed already. */
const PACKED: Readonly<Record<string, string>> = { xlsx: 'a workbook', parquet: 'Parquet' };

/** Like `formatOfFile`, for CEF: any ending except those of other formats. */
export function linesOfFile(path: string): { readonly format: 'ndjson'; readonly gzip: boolean } {
  const plain = path.toLowerCase().replace(/\.gz$/, '');
  const other = Object.keys(ENDINGS).find((ending) => plain.endsWith(ending));
  if (other !== undefined)
    throw usageError(`${path} ends like ${ENDINGS[other]}, but the format is CEF`, 'Name it FILE.cef');
  return { format: 'ndjson', gzip: plain.length < path.length };
}

/** The format and the compression from a file's ending. Throws a usage error for an unknown ending, unless a format is given. */
export function formatOfFile(
  path: string,
  format?: string,
): { readonly format: FileFormat | undefined; readonly gzip: boolean } {
  const lower = path.toLowerCase();
  const gzip = lower.endsWith('.gz');
  const plain = gzip ? lower.slice(0, -3) : lower;
  const ending = Object.keys(ENDINGS).find((each) => plain.endsWith(each));
  const own = ending === undefined ? undefined : ENDINGS[ending];
  if (own === undefined && format === undefined) {
    if (/\.html?$/.test(plain))
      throw usageError(`${path}: reports are written by auditlog report`, `auditlog report -o ${path}`);
    throw usageError(
      `cannot tell the format from the file name "${path}"`,
      `Add one of ${Object.keys(ENDINGS).join(' ')} (text also with .gz), or use --format`,
    );
  }
  if (own !== undefined && format !== undefined && own !== format) {
    throw usageError(`${path} ends like ${own}, but --format says ${format}`, 'Leave out one of them');
  }
  const packed = PACKED[own ?? format ?? ''];
  if (packed !== undefined && gzip)
    throw usageError(`${path}: ${packed} is already compressed`, `Leave out .gz: ${path.slice(0, -3)}`);
  return { format: own, gzip };
}
