import type { CountThrough, Through } from '../../engine/count/through.js';
import { lastClosedDay, wireWindow } from '../../engine/plan.js';
import type { Segment } from '../../engine/source.js';
import { addDays, dayStart, utcDay } from '../../time.js';
import type { OrgCheckpoint } from '../state/checkpoint.js';
import { dayAfter, type HistorySpan, lastDay, withSegments } from '../state/spans.js';
import { glance, openDays } from './glance.js';
import { closeSpans, isCurrent } from './history.js';
import { drain, edgeOf, type OrgCycle, openHandover } from './state.js';
import type { EndingPart, OrgWorld } from './world.js';

/** Days that are read again each time where counts cannot tell what has come late. */
export const SETTLE_DAYS = 7;

/**
 * Reads everything from some instant on, the days that are still open among it. `through`: undefined where the server's counts are not usable.
 * Resolves to whether they were to the end.
 */
export async function readOn(
  cycle: OrgCycle,
  through: Through | undefined,
  from: number | undefined,
  deep: boolean,
): Promise<boolean> {
  const { world, state } = cycle;
  const range = { from, before: undefined };
  const { closedTo, before } = await closing(world, through?.count, state());
  const readAt = world.serverNow();
  if (through !== undefined && before === undefined && !deep) {
    const glanced = await glance(world, state(), cycle.ledger, range);
    await cycle.learnGlance(glanced, readAt);
    if (glanced.open !== undefined) return true;
  }
  const due = before === undefined ? undefined : await through?.within(wireWindow(from, undefined));
  const began = state();
  const { oldest } = began;
  const atEdge = from === undefined || from === world.from || (oldest !== null && utcDay(from) <= oldest);
  // Counts that are not usable are not compared with either: the reading ends where the server has no more.
  const reading = world.read(range, { counted: through !== undefined || world.through === undefined });
  const isUsable = (): boolean => through !== undefined && through.isBelieved() !== false;
  const handover = await openHandover(cycle, reading, range, {
    ...(atEdge || oldest === null ? {} : { oldest }),
    ...(cycle.confirmed.length > 0 && isUsable() ? { confirmed: cycle.confirmed } : {}),
    ...(isUsable() ? historyOf(began.spans, readAt) : {}),
    purgedTo: (seen) => (atEdge ? seen : undefined),
  });
  const segments = await drain(cycle, reading, handover, async (soFar) =>
    isUsable() ? withSegments(began.spans, soFar, closedTo) : undefined,
  );
  const { notes, status } = reading.verdict();
  const isDoubtful = notes.length > 0;
  if (isDoubtful)
    cycle.doubt({ from: from === undefined ? undefined : utcDay(from), to: undefined, why: notes.join('; ') });
  const { oldest: first } = handover.result();
  const closed =
    through === undefined || status === 'uncounted'
      ? []
      : await closedSpans(began, segments, { closedTo, before, due, oldest: first }, through);
  const isCounted = status !== 'uncounted' && isUsable();
  await cycle.learn(began, reading, handover, {
    spans: isCounted ? closed : [],
    readAt,
    open: isCounted && !isDoubtful && isTold(world, began) ? openDays(segments, readAt) : null,
    cycles: began.cycles + 1,
    ...edgeOf(atEdge, oldest, handover),
  });
  return isCounted;
}

/** The spans with those days that have closed since they were made, as far as they could be reconciled. */
async function closedSpans(
  { spans: known }: OrgCheckpoint,
  segments: readonly Segment[],
  {
    closedTo,
    before,
    due,
    oldest,
  }: Closing & { readonly due: number | undefined; readonly oldest: string | undefined },
  { count, within }: Through,
): Promise<readonly HistorySpan[]> {
  if (known.length > 0 && before === undefined) return known;
  const spans = withSegments(known, segments, closedTo);
  const end = lastDay(spans);
  const open = segments.filter(({ to }) => to === undefined || to > closedTo);
  const note = open.find((one) => one.note !== undefined)?.note;
  if (note !== undefined) return end === closedTo ? spans : [...spans, { to: closedTo, count: null, note }];
  const isSure = end === closedTo || (await isCurrent(segments, due, within));
  return closeSpans(spans, closedTo, { known: known.length, oldest, before: isSure ? before : undefined }, count);
}

interface Closing {
  readonly closedTo: string;
  readonly before: number | undefined;
}

/** Whether there was all of history to be told, where files tell it. */
function isTold({ delivery }: OrgWorld, { spans }: OrgCheckpoint): boolean {
  return delivery.kind !== 'files' || spans.every(({ count }) => count !== null);
}

function historyOf(spans: readonly HistorySpan[], at: number): Pick<EndingPart, 'history'> {
  const to = lastDay(spans);
  if (to === undefined || spans.some(({ count }) => count === null)) return {};
  return { history: { to, count: spans.reduce((sum, { count }) => sum + (count ?? 0), 0), at } };
}

/** The last day that is over, by the server's clock, and how many entries there are up to it before any of them is read. */
async function closing(
  { serverNow }: OrgWorld,
  countThrough: CountThrough | undefined,
  { spans }: OrgCheckpoint,
): Promise<Closing> {
  let closedTo = lastClosedDay(serverNow());
  if (countThrough === undefined) return { closedTo, before: undefined };
  const end = lastDay(spans);
  if (end !== undefined && closedTo <= end) return { closedTo: end, before: undefined };
  let before = await countThrough(closedTo);
  const told = lastClosedDay(serverNow());
  // The first answer tells the server's clock.
  if (told !== closedTo) {
    closedTo = told;
    before = await countThrough(closedTo);
  }
  return { closedTo, before };
}

/** Where reading on begins. */
export function sinceSpans({ from }: OrgWorld, { spans, includesDay }: OrgCheckpoint): number | undefined {
  const last = spans.at(-1);
  return last === undefined ? from : later(from, dayStart(dayAfter(last, includesDay)));
}

/** The same where counts cannot tell what has come late. What was read by counts that are no longer usable is read once more. */
export function sinceSettled({ from }: OrgWorld, { readAt, spans }: OrgCheckpoint, deep: boolean): number | undefined {
  if (readAt === null || deep || spans.length > 0) return from;
  return later(from, dayStart(addDays(utcDay(readAt), -SETTLE_DAYS)));
}

function later(a: number | undefined, b: number): number {
  return a === undefined ? b : Math.max(a, b);
}
