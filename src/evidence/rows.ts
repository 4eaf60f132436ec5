import { createHash } from 'node:crypto';
import { csvReader } from './csvrows.js';
import { jsonReader, ndjsonReader } from './jsonrows.js';
import type { FileFormat } from './manifest.js';
import type { FileRow, OnRow, RowFields, RowReader } from './rowreader.js';

/** `guarded`: whether cells of a CSV file have the apostrophe that is to be taken away. */
export function openRowReader(format: FileFormat, fields: RowFields, guarded: boolean, onRow: OnRow): RowReader {
  return READERS[format](fields, onRow, guarded);
}

const READERS: Readonly<Record<FileFormat, (fields: RowFields, onRow: OnRow, guarded: boolean) => RowReader>> = {
  ndjson: ndjsonReader,
  json: jsonReader,
  csv: csvReader,
};

const MANY = 10_000;

/**
 * What stands for the id of an entry in the set of a file. An entry without one: the hash of its text, and how many equal texts came
 * before it, since two equal entries may both be real.
 */
export function openKeys(): (row: FileRow) => string | undefined {
  const equals = new Map<string, number>();
  let lastTime: string | undefined;
  return ({ id, time, raw }) => {
    if (id !== undefined) return id;
    if (raw === undefined) return undefined;
    // Equal texts have equal times, so in an ordered file they stand together.
    if (equals.size > MANY && time !== lastTime) equals.clear();
    lastTime = time;
    const digest = createHash('sha256').update(raw).digest('hex');
    const ordinal = (equals.get(digest) ?? 0) + 1;
    equals.set(digest, ordinal);
    return `${digest}#${ordinal}`;
  };
}
