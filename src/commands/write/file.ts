import type { Context } from '../../context.js';
import type { Reading, Segment } from '../../engine/source.js';
import type { Format } from '../../formats/format.js';
import type { ExportFile } from '../../output/export/file.js';
import type { ExportFileOptions } from '../../output/export/target.js';
import { openExportFile } from '../../output/export.js';
import { deliver } from './deliver.js';
import { withResumeHint } from './hint.js';
import type { Writing } from './writing.js';

/** A file that is whole, and how it was read. */
export interface WrittenFile {
  readonly path: string;
  readonly reading: Reading;
  readonly format: Format;
  readonly sha256: string;
  /** Everything that was read, by this run and the interrupted ones before it. */
  readonly segments: readonly Segment[];
  /** Epoch ms. */
  readonly startedAt: number;
  readonly resumed: boolean;
}

/** How a file is made. */
export interface MakeFileOptions extends ExportFileOptions {
  readonly open: (begun: BegunFile) => Format | Promise<Format>;
  /** Makes something else of the file when everything is in it; absent: the file gets its name. */
  readonly finish?: (file: ExportFile, format: Format) => Promise<FinishedFormat>;
}

export type FinishedFormat = Pick<WrittenFile, 'path' | 'sha256' | 'format'>;

/** A file that was opened, and the reading that goes into it. */
export interface BegunFile {
  readonly reading: Reading;
  /** Everything that was read so far, by this run and the interrupted ones before it. */
  readonly segments: readonly Segment[];
  /** The rows that an interrupted run left in the file; undefined: this is its beginning. */
  readonly resumedAfter: number | undefined;
}

/**
 * Reads into the file, resuming an interrupted run of the same command. The key is read and the file opened before anything is requested.
 * If it cannot be finished, what is durable of it is kept, and the error names the command that resumes.
 */
export async function makeFile(
  ctx: Context,
  path: string,
  { job, order, watch = {}, resumeCommand }: Omit<Writing, 'output'>,
  options: MakeFileOptions,
): Promise<WrittenFile> {
  const startedAt = ctx.clock.now();
  if (job.input === undefined) await job.connection.key();
  const file = await openExportFile(ctx, path, options);
  try {
    const { resumed } = file;
    const before = resumed?.segments.reduce((rows, { kept }) => rows + kept, 0) ?? 0;
    if (resumed !== undefined) watch.resumed?.(before);
    const reading = await job.read(resumed === undefined ? order : { ...order, resume: resumed });
    const segments = [...(resumed?.segments ?? [])];
    const format = await options.open({ reading, segments, resumedAfter: resumed === undefined ? undefined : before });
    watch.begin?.(reading);
    const sink = {
      write: (bytes: string | Uint8Array) => file.write(bytes),
      endSegment: async (record: Segment, plan: unknown) => {
        segments.push(record);
        await watch.segmentEnd?.(record, reading);
        return file.endSegment(record, plan);
      },
    };
    await deliver(reading, format, sink, before);
    const made = (await options.finish?.(file, format)) ?? { ...(await file.finish()), format };
    return { ...made, reading, segments, startedAt, resumed: resumed !== undefined };
  } catch (error) {
    const { resumable } = await file.abandon();
    throw resumable ? withResumeHint(error, path, resumeCommand) : error;
  }
}
