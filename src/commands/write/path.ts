import type { Context } from '../../context.js';
import { writeStream } from '../../output/stream.js';
import { makeFile, type WrittenFile } from './file.js';
import { openFormat } from './format.js';
import { isGathered, writeGatheredFile } from './gathered.js';
import type { WrittenOutcome } from './outcome.js';
import { writeTo } from './write.js';
import { identityOf, type Writing } from './writing.js';

/** Reads into the file, like `makeFile`, in the chosen format, or into a pipe or device of that name. */
export async function writePath(ctx: Context, path: string, writing: Writing): Promise<WrittenOutcome> {
  const { job, output } = writing;
  // Reports wrong columns and formats before the file exists.
  await openFormat(ctx, output, job);
  const streamed = await writeStream(ctx, path, output, (stream) => writeTo(ctx, stream, writing));
  return streamed ?? (await writeFile(ctx, path, writing)).outcome;
}

async function writeFile(ctx: Context, path: string, writing: Writing): Promise<WrittenFile> {
  const { job, output, order, access } = writing;
  // An earlier export is as easily read again.
  if (isGathered(output.format) && job.input === undefined) return writeGatheredFile(ctx, path, writing);
  const { force, restart, gzip } = output;
  return makeFile(ctx, path, writing, {
    force,
    restart,
    gzip,
    identity: identityOf(writing),
    open: ({ reading, resumedAfter }) =>
      openFormat(ctx, output, job, { resumedAfter, order, access, verdict: () => reading.verdict() }),
  });
}
