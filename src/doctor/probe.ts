import { isSamePage } from '../engine/checks.js';
import { canResize } from '../engine/paging.js';
import type { Window } from '../engine/request.js';
import { AuditlogError } from '../errors.js';
import type { Connection } from '../profile.js';
import { capWindow, usualDays } from '../providers/dates.js';
import type { DateParameters } from '../providers/provider.js';
import { addDays, utcDay } from '../time.js';
import { judgeClock } from './clock.js';
import { probeDays } from './days.js';
import { type Diagnosis, failed, skipped } from './diagnosis.js';
import { ENTRANCE, explained, judgeEntrance } from './entrance.js';
import { judgeCount, judgeIds, judgeOrder } from './entries.js';
import { judgeRate } from './limits.js';
import { judgeLargerPage, judgePageSize, judgePastTheEnd } from './pages.js';
import { countOf, ProbeRequests, type ProbeWorld, type SeenPage, saysMore } from './requests.js';

export type { Diagnosis, DiagnosisStatus } from './diagnosis.js';
export { type Probed, type ProbeWorld, probeWorld } from './requests.js';

/** The findings about the log itself, in order. */
const INSIDE = ['page-size', 'larger-page', 'past-the-end', 'day-filter', 'day-zone', 'order', 'ids', 'count'] as const;

/** All findings of a probing, in order. */
export const LOG_FINDINGS: readonly string[] = [...ENTRANCE, ...INSIDE, 'clock', 'rate-limit'];

type Probing = Pick<Connection, 'provider' | 'orgs' | 'rate' | 'direct'>;

/**
 * Sends at most ten requests (retries apart), for the first org only, and yields findings as soon as they are known: one for each of
 * `LOG_FINDINGS`, in their order; `skip` for those that an earlier failure leaves unknown. Rejects only when stopped.
 */
export async function* probeLog(world: ProbeWorld, connection: Probing): AsyncGenerator<Diagnosis, void> {
  const { provider } = connection;
  const requests = new ProbeRequests(world, connection, probedDays(provider.dates, world.now()));
  const newest = await settle(requests.page(requests.whole));
  yield* judgeEntrance(connection, newest instanceof AuditlogError ? newest : undefined);
  if (newest instanceof AuditlogError) for (const name of INSIDE) yield skipped(name, 'not looked at');
  else yield* inside(requests, connection, newest);
  const { skew, rate } = world.stats();
  yield judgeClock('clock', requests.hasTime ? skew : undefined, world.now());
  // The demo has no limit to run into.
  const limit = connection.direct === true ? undefined : provider.rate.limit;
  yield judgeRate('rate-limit', requests.rateHeaders, { kept: connection.rate, now: rate, limit });
}

/** The days to look at: those of a year, or as many as the vendor takes at once, if it returns only the last days unless asked. */
function probedDays(dates: DateParameters, now: number): Window {
  if (usualDays(dates) === undefined) return { from: undefined, to: undefined };
  const days = Math.min(365, (dates.longestDays ?? Number.POSITIVE_INFINITY) - 1);
  return capWindow({ from: addDays(utcDay(now), -days), to: undefined }, dates, now);
}

const ONE_SIZE = 'this vendor cannot be asked for a size of its pages';

async function* inside(
  requests: ProbeRequests,
  { provider }: Probing,
  first: SeenPage,
): AsyncGenerator<Diagnosis, void> {
  const looked = await settle(withMore(requests, first));
  const newest = looked instanceof AuditlogError ? first : looked;
  const { entries, count } = newest.page;
  const isSized = canResize(provider.paging);
  yield isSized
    ? judgePageSize('page-size', newest)
    : skipped('page-size', `${ONE_SIZE}; this one has ${entries.length}`);
  if (entries.length > 0 && entries.length < newest.size && entries.length < (count ?? 0))
    requests.pageSize = entries.length;
  const seen: SeenPage[] = [{ ...newest, size: requests.pageSize }];

  const larger = isSized ? await settle(largerPage(requests, provider.paging.max)) : skipped('larger-page', ONE_SIZE);
  yield orFailed('larger-page', larger);
  const down = larger instanceof AuditlogError;
  const beyond = down ? undefined : await settle(pastTheEnd(requests, seen[0] as SeenPage));
  yield orFailed('past-the-end', beyond);
  const days =
    beyond === undefined || beyond instanceof AuditlogError
      ? undefined
      : await settle(probeDays(requests, provider, newest.page));
  if (days === undefined || days instanceof AuditlogError) {
    yield orFailed('day-filter', days);
    yield skipped('day-zone', 'not looked at');
  } else {
    yield days.filter;
    yield days.zone;
    seen.push(...days.seen);
  }

  const pages = seen.map(({ page }) => page);
  yield judgeOrder('order', pages);
  yield judgeIds('ids', provider, pages);
  yield judgeCount('count', provider, seen);
}

/** Without a count, a short page may be all there is, or all that the server gives at once: the next page shows which. */
async function withMore(requests: ProbeRequests, first: SeenPage): Promise<SeenPage> {
  const { page, size } = first;
  const rows = page.entries.length;
  const isClear = requests.access === 'chain' || page.count !== undefined || saysMore(page);
  if (isClear || rows === 0 || rows >= size) return first;
  const next = await requests.tryPage(requests.whole, requests.access === 'rows' ? rows : size, size);
  const isMore = 'page' in next && next.page.entries.length > 0 && !isSamePage(page, next.page);
  return isMore ? { ...first, page: { ...page, more: true } } : first;
}

async function largerPage(requests: ProbeRequests, largest: number): Promise<Diagnosis> {
  return judgeLargerPage('larger-page', largest, await requests.tryPage(requests.whole, 0, largest + 1));
}

async function pastTheEnd(requests: ProbeRequests, newest: SeenPage): Promise<Diagnosis> {
  const { size } = newest;
  const count = countOf(newest);
  if (requests.access === 'chain')
    return skipped('past-the-end', 'this vendor links its pages: none can be asked for by its number');
  if (count === undefined) return skipped('past-the-end', 'cannot tell where the end is: the server does not say');
  // Two pages further, so that entries that come meanwhile do not fill it.
  const beyond = await requests.tryPage(requests.whole, (Math.ceil(count / size) + 2) * size, size);
  const isFilled = 'page' in beyond && beyond.page.entries.length > 0;
  const last = isFilled
    ? await requests.page(requests.whole, Math.floor(Math.max(0, count - 1) / size) * size, size)
    : undefined;
  return judgePastTheEnd('past-the-end', newest, beyond, last);
}

/** The result, or the error if it is one of ours. Rejects with anything else, such as a stop. */
async function settle<T>(work: Promise<T>): Promise<T | AuditlogError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AuditlogError) return error;
    throw error;
  }
}

/** `undefined`: skipped because something before it failed. */
function orFailed(name: string, found: Diagnosis | AuditlogError | undefined): Diagnosis {
  if (found === undefined) return skipped(name, 'not looked at');
  return found instanceof AuditlogError ? failed(name, explained(found)) : found;
}
