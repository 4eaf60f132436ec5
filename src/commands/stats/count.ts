import { openWindowCounter } from '../../engine/count/windows.js';
import { seeCoverage } from '../../engine/coverage.js';
import { pageFetcher } from '../../engine/page/page.js';
import { isSkewed } from '../../http/traffic.js';
import { openEventReader } from '../../providers/event/reader.js';
import { writesDays } from '../../providers/instants.js';
import { countByDays } from '../../stats/days.js';
import type { DimensionContext } from '../../stats/dimensions.js';
import type { ReportQuestion } from '../../stats/report.js';
import { type Counted, openTally } from '../../stats/tally.js';
import type { Job } from '../job/job.js';
import type { Notes } from '../say/notes.js';
import { count as commas } from '../say/numbers.js';
import type { ProgressLine } from '../say/progress.js';
import { claim, coverageWords, minute } from '../say/verdict.js';

export interface StatsResult {
  readonly counted: Counted;
  readonly answeredBy: 'entries' | 'counts';
  readonly notes: readonly string[];
  /** Why the result is not reliable. */
  readonly doubts: readonly string[];
}

/** Counts with the server's own counts of whole days; undefined if they cannot answer, or take more requests than reading. */
export async function countOnServer(
  { dimensions, periods }: ReportQuestion,
  job: Job,
  notes: Notes,
): Promise<StatsResult | undefined> {
  const { connection, client, input } = job;
  if (dimensions.length > 0 || periods === undefined || input !== undefined) return undefined;
  const found = await countedByDays(periods, job);
  if (found === undefined) return undefined;
  if (found === 'untrusted') notes.say("the server's counts of days do not add up: reading every event instead");
  if (typeof found === 'string') return undefined;
  const { requests } = client.stats();
  const days = writesDays(connection.provider.dates)
    ? [`Its days begin at midnight of an unknown time zone: use --exact to read every event instead.`]
    : [];
  const { provider, orgs, base } = connection;
  const source = { provider, orgs, fetch: pageFetcher(client, provider, base) };
  // If the first of several periods has entries, the log begins in or before it, which needs no request.
  const [first, ...later] = [...(found.counted.periods?.values() ?? [])];
  const begins =
    first !== undefined && first > 0 && later.length > 0 ? { oldest: Number.NEGATIVE_INFINITY } : undefined;
  const covered = coverageWords(
    await seeCoverage(source, {
      ...job.query,
      at: found.at,
      ...(begins && { read: { ...begins, isUnfiltered: false } }),
    }),
  );
  const { total } = found.counted;
  const asked = `${commas(requests)} ${requests === 1 ? 'request' : 'requests'}`;
  const claimed = `The server reports ${commas(total)} ${total === 1 ? 'event' : 'events'} (checked ${minute(found.at)}, ${asked}).`;
  return {
    counted: found.counted,
    answeredBy: 'counts',
    notes: [[claimed, ...days, ...covered].join(' ')],
    doubts: [],
  };
}

/** By the server's clock: counts again if the first answers show that ours is wrong. */
async function countedByDays(
  periods: NonNullable<ReportQuestion['periods']>,
  job: Job,
): Promise<Awaited<ReturnType<typeof countByDays>> | undefined> {
  const { connection, client, zone } = job;
  for (;;) {
    const { query } = job;
    const counting = openWindowCounter(client, connection, query);
    if (counting === undefined) return undefined;
    const { skew } = client.stats();
    const isRight = (): boolean => !isSkewed(client.stats().skew - skew);
    const size = connection.provider.paging.max;
    try {
      const found = await countByDays(counting, { periods, query, zone, now: job.serverNow(), size });
      if (isRight()) return found;
    } catch (error) {
      if (isRight()) throw error;
    }
    job.resettle(job.serverNow());
  }
}

export async function countEntries(
  { dimensions, periods }: ReportQuestion,
  job: Job,
  look: DimensionContext,
  progress: ProgressLine,
): Promise<StatsResult> {
  const readEvent = openEventReader(look.provider);
  const tally = openTally(dimensions, periods, look);
  try {
    const reading = await job.read({ ties: 'server', anyOrder: true, seesCoverage: true });
    progress.begin(reading);
    for await (const { entries, org } of reading.batches) {
      for (const entry of entries) tally.add(readEvent(entry), org);
    }
    const counted = tally.result();
    const isClean = reading.verdict().status !== 'unreconciled';
    const untimed = counted.untimed > 0 && periods !== undefined;
    return {
      counted,
      answeredBy: 'entries',
      notes: [
        ...reading.verdict().remarks,
        ...(untimed ? [`${commas(counted.untimed)} events have no valid time and are in no ${periods.name}`] : []),
        ...(isClean ? [claim(reading, 'Counted')] : []),
      ],
      doubts: [
        ...(isClean ? [] : [claim(reading, 'Counted')]),
        ...(counted.lumped === 0
          ? []
          : [
              `not exact: there are too many groups to count each; ${commas(counted.lumped)} events are counted as "other", so the groups shown may not be the largest`,
            ]),
      ],
    };
  } finally {
    progress.stop();
  }
}
