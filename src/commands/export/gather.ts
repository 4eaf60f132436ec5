import type { Context } from '../../context.js';
import type { Ending } from '../../days/gathered.js';
import type { ReadingOptions } from '../../engine/source.js';
import { type Format, NOTHING_CHANGED } from '../../formats/format.js';
import type { RunFacts } from '../../manifest/record.js';
import { type Begun, makeFile, type Writing } from '../write/file.js';
import { countClosed, plannedRange, runFacts } from './manifest.js';

export const OLDEST_FIRST: ReadingOptions = { ties: 'canonical', direction: 'oldest-first' };

/** What is asked, by which the file and the directory are known again, and the flags as they are recorded. */
export type Gathering = Pick<Ending, 'identity' | 'folder'> & Pick<RunFacts, 'flags'>;

/** Reads everything that was asked for, the oldest first, into the file `entries`, from which day files are made; goes on where an interrupted run stopped. */
export async function gather(
  ctx: Context,
  entries: string,
  { flags, ...identities }: Gathering,
  { job, output, watch, resumeCommand }: Writing,
): Promise<void> {
  const { endingLine, gatheredLines } = await import('../../days/gathered.js');
  const { recordRun } = await import('../../manifest/record.js');
  const startedAt = ctx.clock.now();
  const keyHint = (await job.connection.key()).hint;
  const closed = countClosed(job);
  const making = {
    gzip: false,
    force: true,
    restart: output.restart,
    identity: identities.identity,
    open: async ({ reading, segments, resumedAfter }: Begun): Promise<Format> => {
      let rows = 0;
      return {
        name: 'ndjson',
        open: () => '',
        write: (batch) => {
          rows += batch.entries.length;
          return gatheredLines(batch);
        },
        close: () => {
          const facts = runFacts(ctx, job, reading, {
            flags,
            keyHint,
            segments,
            closed: closed.found(),
            startedAt,
            resumed: resumedAfter !== undefined,
          });
          const { from, before } = plannedRange(reading.plan());
          return endingLine({
            ...identities,
            run: recordRun(facts),
            verdict: reading.verdict(),
            segments,
            from: from ?? null,
            before: before ?? null,
            serverNow: ctx.clock.now() + job.client.stats().skew,
          });
        },
        facts: () => ({ rows, ...NOTHING_CHANGED }),
      };
    },
  };
  await makeFile(ctx, entries, making, {
    job,
    order: OLDEST_FIRST,
    watch: { ...watch, segmentEnd: closed.segmentEnd },
    resumeCommand,
  });
}
