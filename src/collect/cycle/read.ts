import type { Through } from '../../engine/count/through.js';
import { wireWindow } from '../../engine/plan.js';
import type { Segment } from '../../engine/source.js';
import { addDays, dayStart, utcDay } from '../../time.js';
import type { OrgCheckpoint } from '../state/checkpoint.js';
import { countOf, dayAfter, type HistorySpan, lastDay, withSegments } from '../state/spans.js';
import { type Closing, closeSpans, isCurrent, openClosing } from './closing.js';
import { glance, openDays } from './glance.js';
import type { OrgCycle } from './state.js';
import { transfer } from './transfer.js';
import type { EndingPart, OrgWorld } from './world.js';

/** Days that are read again in each cycle if counts cannot show late entries. */
export const SETTLE_DAYS = 7;

/** Reads everything from an instant on. `through`: undefined if counts are not usable. Resolves to whether they were usable to the end. */
export async function readOn(
  cycle: OrgCycle,
  through: Through | undefined,
  from: number | undefined,
  deep: boolean,
): Promise<boolean> {
  const { world } = cycle;
  const range = { from, before: undefined };
  const closing = await openClosing(world, through?.count, cycle.checkpoint);
  const readAt = world.serverNow();
  if (through !== undefined && closing.before === undefined && !deep) {
    const into = { ledger: cycle.ledger, quarantine: cycle.openQuarantine() };
    const glanced = await glance(world, cycle.checkpoint, into, range);
    await cycle.learnGlance(glanced, readAt);
    if (glanced.open !== undefined) return true;
  }
  const window = wireWindow(from, undefined);
  const began = cycle.checkpoint;
  // Counted only if the reading may be compared with it: days close, or an earlier reading could not be trusted.
  const mayDiffer = closing.before !== undefined || (began.open === null && began.delivered > 0);
  const due = mayDiffer ? await through?.within(window) : undefined;
  const { oldest } = began;
  const isUsable = (): boolean => through !== undefined && through.isBelieved() !== false;
  const transferred = await transfer(cycle, range, {
    // A reading that cannot use counts ends where the server has no more.
    counted: through !== undefined || world.through === undefined,
    atEdge: from === undefined || from === world.from || (oldest !== null && utcDay(from) <= oldest),
    ...(isUsable() ? { known: knownDays(cycle, readAt) } : {}),
    spansOf: (segments) => (isUsable() ? withSegments(began.spans, segments, closing.closedTo) : undefined),
  });
  const { segments, verdict, result } = transferred;
  const { notes, status } = verdict;
  if (notes.length > 0)
    cycle.doubt({ from: from === undefined ? undefined : utcDay(from), to: undefined, why: notes.join('; ') });
  const closes =
    closing.before !== undefined && lastDay(withSegments(began.spans, segments, closing.closedTo)) !== closing.closedTo;
  const mayLack = result.gone.length > 0 || cycle.repairs;
  const isSure =
    !(closes || mayLack) || (through !== undefined && (await isCurrent({ window, segments, due }, through.within)));
  const closed =
    through === undefined || status === 'uncounted'
      ? []
      : await closedSpans(began.spans, segments, { ...closing, isSure, oldest: result.oldest }, through);
  const isCounted = status !== 'uncounted' && isUsable();
  const isStale = mayLack && isUsable() && !isSure;
  await cycle.learn(
    { ...transferred, isStale },
    {
      spans: isCounted ? closed : [],
      readAt,
      open: isCounted && notes.length === 0 && !isStale && isRecorded(world, began) ? openDays(segments, readAt) : null,
      cycles: began.cycles + 1,
    },
  );
  return isCounted;
}

/** The spans with the days that have closed, as far as they were reconciled. */
async function closedSpans(
  known: readonly HistorySpan[],
  segments: readonly Segment[],
  read: Closing & { readonly isSure: boolean; readonly oldest: string | undefined },
  { count }: Through,
): Promise<readonly HistorySpan[]> {
  const { closedTo, before, isSure, oldest } = read;
  if (known.length > 0 && before === undefined) return known;
  const spans = withSegments(known, segments, closedTo);
  const end = lastDay(spans);
  const open = segments.filter(({ to }) => to === undefined || to > closedTo);
  const note = open.find((one) => one.note !== undefined)?.note;
  if (note !== undefined) return end === closedTo ? spans : [...spans, { to: closedTo, count: null, note }];
  return closeSpans(spans, closedTo, { known: known.length, oldest, before: isSure ? before : undefined }, count);
}

/** Whether the count of all history was known for files to record it. */
function isRecorded({ delivery }: OrgWorld, { spans }: OrgCheckpoint): boolean {
  return delivery.kind !== 'files' || spans.every(({ count }) => count !== null);
}

function knownDays(
  { confirmed, checkpoint: { spans } }: OrgCycle,
  at: number,
): Pick<EndingPart, 'confirmed' | 'history'> {
  const to = lastDay(spans);
  const isWhole = spans.every(({ count }) => count !== null);
  return {
    ...(confirmed.length > 0 ? { confirmed } : {}),
    ...(to !== undefined && isWhole ? { history: { to, count: countOf(spans), at } } : {}),
  };
}

/** Where a reading that relies on counts begins. */
export function sinceSpans({ from }: OrgWorld, { spans, includesDay }: OrgCheckpoint): number | undefined {
  const last = spans.at(-1);
  return last === undefined ? from : later(from, dayStart(dayAfter(last, includesDay)));
}

/**
 * Where a reading begins if counts cannot show late entries. Spans that relied on counts are read once more. `lost`: the first day that the
 * destination lost.
 */
export function sinceSettled(
  { from }: OrgWorld,
  { readAt, spans }: OrgCheckpoint,
  { deep, lost }: { readonly deep: boolean; readonly lost: string | undefined },
): number | undefined {
  if (readAt === null || deep || spans.length > 0) return from;
  const settled = addDays(utcDay(readAt), -SETTLE_DAYS);
  return later(from, dayStart(lost !== undefined && lost < settled ? lost : settled));
}

function later(a: number | undefined, b: number): number {
  return a === undefined ? b : Math.max(a, b);
}
