import type { Context } from '../../context.js';
import type { Reading } from '../../engine/source.js';
import type { Format } from '../../formats/format.js';
import { openStream } from '../../output/stream.js';
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
): Promise<WrittenEvents> {
  const format = await openFormat(ctx, output, job);
  const reading = await job.read(order);
  watch?.begin?.(reading);
  await deliver(reading, format, sink);
  return { reading, format };
}

/** Events that were written; `file` says where, if it is one that stays. */
export interface WrittenEvents {
  readonly reading: Reading;
  readonly format: Format;
  readonly file?: WrittenFile;
}

/** Reads into the file, as `makeFile`, in the format that was chosen; or into the pipe or device of that name. */
export async function writePath(ctx: Context, path: string, writing: Writing): Promise<WrittenEvents> {
  const { job, output } = writing;
  // Columns and formats that are wrong are reported before there is a file.
  await openFormat(ctx, output, job);
  const stream = await openStream(ctx, path, output);
  if (stream === undefined) {
    const file = await writeFile(ctx, path, writing);
    return { reading: file.reading, format: file.format, file };
  }
  try {
    const written = await writeTo(ctx, stream, writing);
    await stream.endSegment();
    return written;
  } finally {
    await stream.close();
  }
}

async function writeFile(ctx: Context, path: string, writing: Writing): Promise<WrittenFile> {
  const { job, output } = writing;
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
