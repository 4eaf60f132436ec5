import type { Through } from '../../engine/count/through.js';
import { wireWindow } from '../../engine/plan.js';
import type { Range } from '../../time.js';
import { addDays, dayStart } from '../../time.js';
import { type HistorySpan, type Rereading, rereadings } from '../state/spans.js';
import { changedSpans, chooseCuts, isCurrent, openProbes, type Probes } from './history.js';
import { drain, edgeOf, type OrgCycle, openHandover } from './state.js';
import type { OrgWorld } from './world.js';

/** Finds the spans whose counts have changed, and reads them again. */
export async function checkHistory(cycle: OrgCycle, probes: Probes, deep: boolean): Promise<void> {
  const { world, state, confirmed } = cycle;
  const { spans, cycles } = state();
  if (spans.length === 0) return;
  const changed = await changedSpans(spans, probes, chooseCuts(spans, cycles, world.random, deep));
  const at = world.serverNow();
  for (const [index, { to }] of spans.entries()) {
    if (changed.includes(index)) continue;
    const last = confirmed.at(-1);
    const from = index === 0 ? null : addDays((spans[index - 1] as HistorySpan).to, 1);
    if (last !== undefined && from === addDays(last.to, 1)) confirmed[confirmed.length - 1] = { ...last, to };
    else confirmed.push({ from, to, at });
  }
  for (const again of rereadings(spans, changed, state().includesDay)) await readAgain(cycle, probes, again);
  await forgetPurged(cycle);
}

async function readAgain(cycle: OrgCycle, probes: Probes, { from, to, indices }: Rereading): Promise<void> {
  const { world, state } = cycle;
  const began = state();
  const { spans, oldest } = began;
  const first = indices[0] as number;
  const counts = await Promise.all(
    indices.map(async (index) => (await probes.at(spans, index)) - (await probes.at(spans, index - 1))),
  );
  // What is gone from the oldest days that there are was taken by retention; but not if nothing at all is left.
  const earlier = first === 0 ? 0 : await probes.at(spans, first - 1);
  const atEdge = earlier === 0 && (await probes.at(spans, spans.length - 1)) > 0;
  const range = within(world, from, to);
  const through = world.through as Through;
  const due = await through.within(wireWindow(range.from, range.before));
  const reading = world.read(range, { counted: true });
  const handover = await openHandover(cycle, reading, range, {
    ...(atEdge || oldest === null ? {} : { oldest }),
    purgedTo: (seen) => (atEdge ? (seen ?? to) : undefined),
  });
  const segments = await drain(cycle, reading, handover, async () => undefined);
  const { notes, status } = reading.verdict();
  if (notes.length > 0) cycle.doubt({ from, to, why: notes.join('; ') });
  const after = openProbes(through.count);
  const isSure = notes.length === 0 && status !== 'uncounted' && (await isCurrent(segments, due, through.within));
  const renewed = [...spans];
  for (const [at, index] of indices.entries()) {
    const { to: day } = spans[index] as HistorySpan;
    const now = (await after.at(spans, index)) - (await after.at(spans, index - 1));
    const note = segments.length === 0 || notes.length > 0 ? notes.join('; ') : undefined;
    renewed[index] = {
      to: day,
      count: note === undefined && isSure && now === counts[at] ? now : null,
      ...(note === undefined || note === '' ? {} : { note }),
    };
  }
  await cycle.learn(began, reading, handover, {
    spans: renewed,
    // Files tell how much history there is: after this it is to be told anew.
    ...(world.delivery.kind === 'files' ? { open: null } : {}),
    ...edgeOf(atEdge, oldest, handover),
  });
}

/** Spans at the beginning that have become empty are one, and what was remembered of their entries is of no more use. */
async function forgetPurged({ ledger, state, save }: OrgCycle): Promise<void> {
  const { spans, oldest } = state();
  const full = spans.findIndex(({ count }) => count !== 0);
  if (full < 2 || oldest === null) return;
  const empty = spans[full - 1] as HistorySpan;
  const begins = addDays(empty.to, 1);
  // The days of the server begin up to 14 hours before or after those of UTC.
  for (let day = oldest; day < addDays(begins, -2); day = addDays(day, 1)) await ledger.forget(day);
  const moved = begins > oldest ? { oldest: begins, purgedBefore: begins } : {};
  await save({ spans: [{ to: empty.to, count: 0 }, ...spans.slice(full)], ...moved });
}

function within({ from: first }: OrgWorld, from: string | undefined, to: string): Range {
  return {
    from: from === undefined ? first : Math.max(first ?? dayStart(from), dayStart(from)),
    before: dayStart(addDays(to, 1)),
  };
}
