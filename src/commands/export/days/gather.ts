import type { Context } from '../../../context.js';
import { endingLine } from '../../../days/gathered.js';
import type { ReadingOptions } from '../../../engine/source.js';
import { type RunFacts, recordRun } from '../../../manifest/record.js';
import { makeFile } from '../../write/file.js';
import { gatheringFormat } from '../../write/gathering.js';
import type { FileIdentity, Writing } from '../../write/writing.js';
import { countClosed } from '../closed.js';
import { plannedRange, runFacts } from '../manifest.js';

export const OLDEST_FIRST: ReadingOptions = { ties: 'canonical', direction: 'oldest-first', seesCoverage: true };

/** The identity of the run and the directory, and the flags as manifests record them. */
export interface GatheringFacts extends Pick<RunFacts, 'flags'> {
  readonly identity: FileIdentity;
  readonly folder: FileIdentity;
}

/** Reads everything, oldest first, into the file `entries`, the source of day files. Resumes an interrupted run. */
export async function gather(
  ctx: Context,
  entries: string,
  { flags, identity, folder }: GatheringFacts,
  writing: Writing,
): Promise<void> {
  const { job, watch, output } = writing;
  const startedAt = ctx.clock.now();
  const keyHint = (await job.connection.key()).hint;
  const closed = countClosed(job);
  await makeFile(
    ctx,
    entries,
    { ...writing, order: OLDEST_FIRST, watch: { ...watch, segmentEnd: closed.segmentEnd } },
    {
      gzip: false,
      force: true,
      restart: output.restart,
      identity,
      open: ({ reading, segments, resumedAfter }) =>
        gatheringFormat(() => {
          const resumed = resumedAfter !== undefined;
          const run = { flags, keyHint, segments, closed: closed.found(), startedAt, resumed };
          const { from, before } = plannedRange(reading.plan());
          return endingLine({
            identity,
            folder,
            run: recordRun(runFacts(ctx, job, reading, run)),
            verdict: reading.verdict(),
            segments,
            from: from ?? null,
            before: before ?? null,
            serverNow: job.serverNow(),
          });
        }),
    },
  );
}
