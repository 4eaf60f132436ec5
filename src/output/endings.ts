import { usageError } from '../errors.js';

export type FileFormat = 'ndjson' | 'json' | 'csv' | 'parquet';

const ENDINGS: Readonly<Record<string, FileFormat>> = {
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.json': 'json',
  '.csv': 'csv',
  '.parquet': 'parquet',
};

/** As `formatOfFile`, for CEF: any ending except those of other formats. */
export function linesOfFile(path: string): { readonly format: 'ndjson'; readonly gzip: boolean } {
  const plain = path.toLowerCase().replace(/\.gz$/, '');
  const other = Object.keys(ENDINGS).find((ending) => plain.endsWith(ending));
  if (other !== undefined)
    throw usageError(`${path} ends like ${ENDINGS[other]}, and CEF is none`, 'Name it FILE.cef.');
  return { format: 'ndjson', gzip: plain.length < path.length };
}

/** The format of a file's ending, and whether it is compressed. Throws a usage error for an unknown ending, unless a format is given. */
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
    throw usageError(
      `${path}: its ending tells no format`,
      `Use one of ${Object.keys(ENDINGS).join(' ')} (each text also with .gz), or say --format.`,
    );
  }
  if (own !== undefined && format !== undefined && own !== format) {
    throw usageError(`${path} ends like ${own}, but --format says ${format}`, 'Leave out one of them.');
  }
  if ((own ?? format) === 'parquet' && gzip)
    throw usageError(`${path}: Parquet is compressed in itself`, `Leave out .gz: ${path.slice(0, -3)}`);
  return { format: own, gzip };
}
