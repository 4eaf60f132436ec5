import { lastClosedDay } from '../engine/plan.js';
import type { Page } from '../engine/request.js';
import { addsUpDays, takesDays } from '../providers/dates.js';
import { writesDays } from '../providers/instants.js';
import type { Provider } from '../providers/provider.js';
import { addDays } from '../time.js';
import { type Diagnosis, skipped } from './diagnosis.js';
import { busyDay, busyPair, type DaySeen, judgePair, judgeSince } from './pairs.js';
import { countOf, type ProbeRequests, type SeenPage } from './requests.js';
import { ANY_OFFSET, beforeDayEnds, describeZone, type Offsets, onDay, sinceDay } from './zone.js';

/** The results of asking for single days. */
export interface DayProbes {
  readonly filter: Diagnosis;
  readonly zone: Diagnosis;
  /** Pages whose counts are those of their own windows. */
  readonly seen: readonly SeenPage[];
}

/** Asks for busy days that are over everywhere, in at most six requests, to see how the server filters by day. `newest`: the first page of the log. */
export async function probeDays(requests: ProbeRequests, { dates }: Provider, newest: Page): Promise<DayProbes> {
  const days = takesDays(dates);
  if (!days.from) {
    const why = 'this vendor does not filter by time';
    return { filter: skipped('day-filter', `${why}: it is done here`), zone: skipped('day-zone', why), seen: [] };
  }
  const last = lastClosedDay(newest.at);
  if (!addsUpDays(dates)) {
    const why = 'days beside one another have an instant in common, so that their counts do not add up';
    return { filter: skipped('day-filter', why), zone: zoneOf(dates, undefined), seen: [] };
  }
  const { filter, offsets, seen } = !days.to
    ? await probeSince(requests, busyDay(newest.entries, last) ?? last)
    : await probeRange(requests, last);
  return { filter, zone: zoneOf(dates, offsets), seen };
}

function zoneOf(dates: Provider['dates'], offsets: Offsets | undefined): Diagnosis {
  if (!writesDays(dates)) return skipped('day-zone', 'this vendor takes instants, not days');
  if (offsets === undefined) return skipped('day-zone', 'cannot tell without a day that can be relied on');
  return describeZone('day-zone', offsets);
}

interface DayProbe {
  readonly filter: Diagnosis;
  /** Undefined: no answer could be relied on. */
  readonly offsets: Offsets | undefined;
  readonly seen: readonly SeenPage[];
}

/** Two days one by one, and both together. */
async function probeRange(requests: ProbeRequests, last: string): Promise<DayProbe> {
  const closed = await requests.page({ from: requests.whole.from, to: last });
  const day = busyPair(closed.page.entries, last);
  if (day === undefined) {
    const filter = skipped('day-filter', `cannot tell: there are no entries until ${last}`);
    return { filter, offsets: undefined, seen: [closed] };
  }
  const next = addDays(day, 1);
  const first = await requests.page({ from: day, to: day });
  const second = await requests.page({ from: next, to: next });
  const both = await requests.page({ from: day, to: next });
  const seen = [closed, first, second, both];
  const filter = judgePair('day-filter', {
    first: toDay(day, first),
    second: toDay(next, second),
    both: countOf(both),
  });
  let offsets = onDay(onDay(ANY_OFFSET, day, timesOf(first)), next, timesOf(second));
  // Entries on both sides of a midnight show the most: the newest of a day, and the oldest of the next.
  for (const [of, head] of [
    [next, second],
    [day, first],
  ] as const) {
    const oldest = await oldestOf(requests, of, head);
    if (oldest === undefined) continue;
    seen.push(oldest);
    offsets = onDay(offsets, of, timesOf(oldest));
  }
  return { filter, offsets: filter.status === 'ok' ? offsets : undefined, seen };
}

/** The last page of a day that is longer than a page. */
async function oldestOf(requests: ProbeRequests, day: string, { page, size }: SeenPage): Promise<SeenPage | undefined> {
  if (requests.access === 'chain' || page.count === undefined || page.count <= size) return undefined;
  return requests.page({ from: day, to: day }, Math.floor((page.count - 1) / size) * size);
}

/** Since a day, and since the one after it: the entries where the second ends and the first goes on are those of the day. */
async function probeSince(requests: ProbeRequests, day: string): Promise<DayProbe> {
  const next = addDays(day, 1);
  const first = await requests.page({ from: day, to: undefined });
  const second = await requests.page({ from: next, to: undefined });
  const [since, sinceNext] = [countOf(first), countOf(second)];
  const filter = judgeSince('day-filter', { day, since, sinceNext });
  const seen = [first, second];
  if (filter.status !== 'ok' || requests.access === 'chain' || since === undefined || sinceNext === undefined)
    return { filter, offsets: undefined, seen };
  const size = requests.pageSize;
  const start =
    requests.access === 'rows'
      ? sinceNext - Math.floor(size / 2)
      : Math.floor(Math.max(0, sinceNext - 1) / size) * size;
  const border = await requests.page({ from: day, to: undefined }, Math.max(0, start));
  // New entries may have moved it on, and some of them may be among those that were counted since the later day.
  const inserted = Math.max(0, (countOf(border) ?? since) - since);
  const place = Math.max(0, sinceNext - border.start);
  const newer = timesOf(border).slice(0, place);
  const older = timesOf(border).slice(place + inserted);
  const offsets = beforeDayEnds(sinceDay(sinceDay(ANY_OFFSET, next, newer), day, older), day, older);
  return { filter, offsets, seen: [...seen, border] };
}

function toDay(day: string, seen: SeenPage): DaySeen {
  return { day, count: countOf(seen), pages: [seen.page] };
}

function timesOf({ page }: SeenPage): readonly number[] {
  return page.entries.map(({ time }) => time);
}
