import type { Context } from '../../context.js';
import type { Reading } from '../../engine/source.js';
import type { Format } from '../../formats/format.js';
import { deliver, type Sink } from './deliver.js';
import { type Begun, identityOf, makeFile, type Writing, type WrittenFile } from './file.js';
import { openFormat } from './format.js';
import { writeParquetFile } from './parquet.js';

/** Reads into an open sink. */
export async function writeTo(
  ctx: Context,
  sink: Sink,
  { job, output, order, watch }: Writing,
): Promise<{ readonly reading: Reading; readonly format: Format }> {
  const format = await openFormat(ctx, output, job);
  const reading = await job.read(order);
  watch?.begin?.(reading);
  await deliver(reading, format, sink, watch);
  return { reading, format };
}

/** Reads into the file, as `makeFile`, in the format that was chosen. */
export async function writeFile(ctx: Context, path: string, writing: Writing): Promise<WrittenFile> {
  const { job, output } = writing;
  // Columns and formats that cannot be are told before a file is there.
  await openFormat(ctx, output, job);
  // What is read from a file is read again as easily.
  if (output.format === 'parquet' && job.input === undefined) return writeParquetFile(ctx, path, writing);
  const making = {
    force: output.force,
    restart: output.restart,
    gzip: output.gzip,
    identity: await identityOf(writing),
    open: ({ resumedAfter }: Begun) => openFormat(ctx, output, job, resumedAfter),
  };
  return makeFile(ctx, path, making, writing);
}
