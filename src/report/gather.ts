import type { AuditEvent } from '../event.js';
import type { Provider } from '../providers/provider.js';
import { type DimensionContext, parseDimensions } from '../stats/dimensions.js';
import { openPeriods, type Periods } from '../stats/periods.js';
import { type Counted, openTally } from '../stats/tally.js';
import { DAY_MS, type Hours, localTimes, type Zone } from '../time.js';
import { openReview, type Review } from './review/review.js';

export interface GatherOptions {
  readonly provider: Provider;
  readonly zone: Zone;
  /** Business hours. */
  readonly hours: Hours;
  /** Half-open, epoch ms; undefined: open. */
  readonly from: number | undefined;
  readonly before: number | undefined;
}

/** What a report counts, as `auditlog stats` does. */
const COUNTED = {
  kinds: ['kind'],
  categories: ['category'],
  actions: ['action'],
  people: ['actor'],
  countries: ['country'],
  addresses: ['ip'],
  sources: ['source'],
  orgs: ['org'],
  week: ['weekday', 'hour'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
type CountName = keyof typeof COUNTED;

/** The numbers of all events of a report, in bounded memory. */
export interface ReportNumbers {
  readonly total: number;
  /** Events without a valid time. */
  readonly untimed: number;
  /** Events that a count had no room for: its largest groups may differ from those shown. */
  readonly lumped: number;
  /** Epoch ms; undefined without events that have a time. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly counts: Readonly<Record<CountName, Counted>>;
  /** By day, or by hour for a range of few days. */
  readonly periods: Periods;
  readonly review: Review;
}

/** Maximum number of days to show by the hour. */
const HOURLY_DAYS = 3;

/** Opens the one pass over all events. They may come in any order. */
export function openGathering({ provider, zone, hours, from, before }: GatherOptions) {
  const look: DimensionContext = { provider, toLocal: localTimes(zone) };
  const isShort = from !== undefined && before !== undefined && before - from <= HOURLY_DAYS * DAY_MS;
  const periods = openPeriods(isShort ? 'hour' : 'day', zone, look.toLocal);
  const names = Object.keys(COUNTED) as CountName[];
  const tallies = names.map((name) =>
    openTally(parseDimensions(COUNTED[name], provider), name === 'kinds' ? periods : undefined, look),
  );
  const review = openReview(provider, hours);
  let first: number | undefined;
  let last: number | undefined;
  return {
    /** The bits of the event's review sections. */
    add(event: AuditEvent, org: string): number {
      for (const tally of tallies) tally.add(event, org);
      const { time } = event;
      if (!Number.isNaN(time)) {
        first = first === undefined ? time : Math.min(first, time);
        last = last === undefined ? time : Math.max(last, time);
      }
      return review.add(event);
    },
    result(): ReportNumbers {
      const results = tallies.map((tally) => tally.result());
      const counts = Object.fromEntries(names.map((name, at) => [name, results[at]!])) as ReportNumbers['counts'];
      const { total, untimed } = counts.kinds;
      const lumped = Math.max(...results.map((counted) => counted.lumped));
      return { total, untimed, lumped, first, last, counts, periods, review: review.result() };
    },
  };
}
