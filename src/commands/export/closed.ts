import { serverCounter } from '../../engine/count/again.js';
import { lastClosedDay } from '../../engine/plan.js';
import type { Reading, Segment } from '../../engine/source.js';
import { instant, wireRecords } from '../../manifest/record.js';
import type { ClosedRecord } from '../../manifest/shape/run.js';
import type { Job } from '../job/job.js';

/** The server's count of the closed days in a range that is read in one piece with open ones, for a later comparison. */
export interface ClosedCount {
  readonly segmentEnd: (segment: Segment, reading: Reading) => Promise<void>;
  readonly found: () => ClosedRecord | null;
}

/** At or below one page, skip the extra request for a count. */
const ONE_PAGE = 100;

export function countClosed({ connection, client, query }: Job): ClosedCount {
  let found: ClosedRecord | null = null;
  return {
    found: () => found,
    segmentEnd: async ({ from, to, rows, at }, reading) => {
      const last = lastClosedDay(at);
      if (connection.provider.total === undefined || connection.provider.dates.to === undefined) return;
      if (rows <= ONE_PAGE || (to !== undefined && to <= last) || (from !== undefined && from > last)) return;
      try {
        const wire = wireRecords(connection, query, reading.plan());
        const count = await serverCounter(client, connection, () => at)({ from, to: last }, wire);
        found = { from: from ?? null, to: last, count, at: instant(at) ?? '' };
      } catch {
        // The export is complete without this count.
      }
    },
  };
}
