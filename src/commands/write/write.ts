import type { Context } from '../../context.js';
import type { Reading } from '../../engine/source.js';
import type { Format } from '../../formats/format.js';
import { deliver, type Sink } from './deliver.js';
import { makeFile, type WrittenFile } from './file.js';
import { openFormat } from './format.js';
import { writeParquetFile } from './parquet.js';
import { identityOf, type Writing } from './writing.js';

/** Reads into an open sink. */
export async function writeTo(
  ctx: Context,
  sink: Sink,
  { job, output, order, watch }: Writing,
): Promise<{ readonly reading: Reading; readonly format: Format }> {
  const format = await openFormat(ctx, output, job);
  const reading = await job.read(order);
  watch?.begin?.(reading);
  await deliver(reading, format, sink);
  return { reading, format };
}

/** Reads into the file, as `makeFile`, in the format that was chosen. */
export async function writeFile(ctx: Context, path: string, writing: Writing): Promise<WrittenFile> {
  const { job, output } = writing;
  // Columns and formats that are wrong are reported before there is a file.
  await openFormat(ctx, output, job);
  // What is read from a file is as easily read again.
  if (output.format === 'parquet' && job.input === undefined) return writeParquetFile(ctx, path, writing);
  const { force, restart, gzip } = output;
  return makeFile(ctx, path, writing, {
    force,
    restart,
    gzip,
    identity: identityOf(writing),
    open: ({ resumedAfter }) => openFormat(ctx, output, job, resumedAfter),
  });
}
