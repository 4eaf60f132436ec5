import type { Through } from '../../engine/count/through.js';
import { wireWindow } from '../../engine/plan.js';
import { addDays, dayStart, type Range } from '../../time.js';
import { type Rereading, rereadings } from '../state/spans.js';
import { isCurrent } from './closing.js';
import { changedSpans, chooseCuts, openProbes, type Probes } from './history.js';
import type { OrgCycle } from './state.js';
import { transfer } from './transfer.js';
import type { OrgWorld } from './world.js';

/** Finds the spans whose counts have changed, and reads them again. */
export async function checkHistory(cycle: OrgCycle, probes: Probes, deep: boolean): Promise<void> {
  const { world, confirmed } = cycle;
  const { spans, cycles, includesDay } = cycle.checkpoint;
  if (spans.length === 0) return;
  const changed = await changedSpans(spans, probes, chooseCuts(spans, cycles, world.random, deep));
  const at = world.serverNow();
  for (const [index, { to }] of spans.entries()) {
    if (changed.includes(index)) continue;
    const last = confirmed.at(-1);
    const from = index === 0 ? null : addDays(spans[index - 1]!.to, 1);
    if (last !== undefined && from === addDays(last.to, 1)) confirmed[confirmed.length - 1] = { ...last, to };
    else confirmed.push({ from, to, at });
  }
  for (const again of rereadings(spans, changed, includesDay)) await readAgain(cycle, probes, again);
  await forgetPurged(cycle);
}

async function readAgain(cycle: OrgCycle, probes: Probes, { from, to, indices }: Rereading): Promise<void> {
  const { world } = cycle;
  const { spans } = cycle.checkpoint;
  const counts = await Promise.all(indices.map((index) => probes.of(spans, index)));
  // Entries missing from the oldest days were removed by retention, unless none is left at all.
  const earlier = await probes.at(spans, indices[0]! - 1);
  const emptied = (await probes.at(spans, spans.length - 1)) === 0;
  const atEdge = earlier === 0 && !emptied;
  const range = rangeOf(world, from, to);
  const through = world.through as Through;
  const window = wireWindow(range.from, range.before);
  const due = await through.within(window);
  const transferred = await transfer(cycle, range, {
    counted: true,
    atEdge,
    emptyTo: to,
    emptied,
    spansOf: () => undefined,
  });
  const { segments, verdict } = transferred;
  const doubts = verdict.notes.join('; ');
  if (doubts !== '') cycle.doubt({ from, to, why: doubts });
  const after = openProbes(through.count);
  const isCounted = doubts === '' && verdict.status !== 'uncounted';
  const isSure = isCounted && due !== undefined && (await isCurrent({ window, segments, due }, through.within));
  const renewed = [...spans];
  for (const [at, index] of indices.entries()) {
    const now = await after.of(spans, index);
    renewed[index] = {
      to: spans[index]!.to,
      count: isSure && segments.length > 0 && now === counts[at] ? now : null,
      ...(doubts === '' ? {} : { note: doubts }),
    };
  }
  await cycle.learn(
    { ...transferred, isStale: !isSure },
    {
      spans: renewed,
      // Files record the start of the history, so it must be recorded again.
      ...(world.delivery.kind === 'files' ? { open: null } : {}),
    },
  );
}

/** Joins spans at the beginning that have become empty, and forgets the entries that were delivered of them. */
async function forgetPurged(cycle: OrgCycle): Promise<void> {
  const { spans, oldest } = cycle.checkpoint;
  const full = spans.findIndex(({ count }) => count !== 0);
  if (full < 2 || oldest === null) return;
  const { to } = spans[full - 1]!;
  const begins = addDays(to, 1);
  // A server's day begins up to 14 hours before or after the UTC day.
  for (let day = oldest; day < addDays(begins, -2); day = addDays(day, 1)) await cycle.ledger.forget(day);
  const moved = begins > oldest ? { oldest: begins, purgedBefore: begins } : {};
  await cycle.save({ spans: [{ to, count: 0 }, ...spans.slice(full)], ...moved });
}

function rangeOf({ from: first }: OrgWorld, from: string | undefined, to: string): Range {
  return {
    from: from === undefined ? first : Math.max(first ?? dayStart(from), dayStart(from)),
    before: dayStart(addDays(to, 1)),
  };
}
