import type { Context } from '../../context.js';
import type { ReadingOptions } from '../../engine/source.js';
import type { Ending } from '../../evidence/gathered.js';
import { type Format, NOTHING_CHANGED } from '../../formats/format.js';
import type { Asking } from '../job/ask.js';
import { type Begun, type FileWatch, makeFile, type WritingFlags } from '../write/write.js';
import { countClosed, plannedRange, runFacts } from './manifest.js';

export const OLDEST_FIRST: ReadingOptions = { ties: 'canonical', direction: 'oldest-first' };

/** Reads everything that was asked for, the oldest first, into the file `entries`, from which day files are made; goes on where an interrupted run stopped. */
export async function gather(
  ctx: Context,
  entries: string,
  identities: Pick<Ending, 'identity' | 'folder'>,
  flags: WritingFlags,
  asking: Asking,
  watch: FileWatch,
): Promise<void> {
  const { endingLine, gatheredLines } = await import('../../evidence/gathered.js');
  const { recordRun } = await import('../../evidence/record.js');
  const startedAt = ctx.clock.now();
  const keyHint = (await asking.connection.key()).hint;
  const closed = countClosed(asking);
  const making = {
    gzip: false,
    force: true,
    restart: flags.restart === true,
    identity: identities.identity,
    segmentEnd: closed.segmentEnd,
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
          const facts = runFacts(ctx, asking, flags, reading, {
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
            serverNow: ctx.clock.now() + asking.client.stats().skew,
          });
        },
        facts: () => ({ rows, ...NOTHING_CHANGED }),
      };
    },
  };
  await makeFile(ctx, entries, making, flags.argv, asking, OLDEST_FIRST, watch);
}
