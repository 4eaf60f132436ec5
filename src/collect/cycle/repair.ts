import { type Holding, rowsOf } from '../../days/holding.js';
import type { LookedFiles } from '../../destinations/destination.js';
import { UNDATED } from '../../manifest/names.js';
import { addDays } from '../../time.js';
import type { OrgCheckpoint } from '../state/checkpoint.js';
import { addLasting } from '../state/gone.js';
import type { HistorySpan } from '../state/spans.js';
import { prefixOf } from './result.js';
import type { OrgCycle } from './state.js';

/**
 * Compares the files at the destination with the remembered ones, because they may have been restored, moved or changed. Days that differ count as
 * unread. Resolves to the first of them; undefined if none differs.
 */
export async function noticeLost(cycle: OrgCycle, deep: boolean): Promise<string | undefined> {
  const { world, checkpoint } = cycle;
  const { delivery } = world;
  const known = checkpoint.holding;
  if (delivery.kind !== 'files' || known === undefined) return undefined;
  const looked = await delivery.look(known, deep);
  for (const note of looked.notes) world.say(`${prefixOf(world.org)}${note}`);
  const { differing, isBroken, isAhead, holding } = looked;
  const { owed = {} } = checkpoint;
  if (differing.length === 0 && !isBroken) {
    if (looked.notes.length > 0) await cycle.save({ open: null });
    if (holding !== known) await cycle.adopt(holding);
    const [first] = Object.keys(owed).sort();
    // An earlier cycle noticed it and could not read everything again.
    if (first !== undefined) cycle.beginRepair(holding.head, { first, mend: false });
    return first;
  }
  if (!isAhead) world.say(`${prefixOf(world.org)}${wordsOf(looked)}`);
  const days = Object.keys(known.days).sort();
  const isAll = differing.includes(UNDATED) || days.every((day) => differing.includes(day));
  cycle.beginRepair(holding.head, { first: days[0], mend: isBroken });
  await cycle.save({
    ...unread(checkpoint, isAll ? undefined : differing),
    delivered: looked.rows,
    owed: Object.fromEntries([...Object.entries(owed), ...differing.map((day) => [day, owedOf(day, known, owed)])]),
    // A chain that does not hold together is noticed again until it is mended.
    ...(isBroken ? {} : { holding }),
  });
  return [...differing, ...Object.keys(owed)].sort()[0];
}

/** Checks the files again after reading everything. Reports entries that the files had and that no longer exist anywhere. */
export async function concludeRepair(cycle: OrgCycle): Promise<void> {
  const { world, checkpoint } = cycle;
  const { delivery } = world;
  const { holding: known, owed = {} } = checkpoint;
  if (delivery.kind !== 'files' || known === undefined || !cycle.repairs || cycle.isDoubtful) return;
  // They may be hidden by a lagging answer or an unconfirmed stretch: the next cycle repairs again.
  if (cycle.isStale || checkpoint.spans.some(({ count }) => count === null)) return;
  const { holding, isBroken, differing } = await delivery.look(known, true);
  if (isBroken || differing.length > 0) {
    cycle.doubt({ from: undefined, to: undefined, why: 'the files of the archive still differ from their manifests' });
    return;
  }
  let { gone } = checkpoint;
  for (const [day, had] of Object.entries(owed)) {
    const rows = had - rowsOf(holding.days[day]);
    if (rows <= 0) continue;
    const dated = day === UNDATED ? undefined : day;
    cycle.doubt({ from: dated, to: dated, why: lostWords(rows) });
    // An alarm until somebody acknowledges it, like entries that are gone from the server.
    const more = rows - cycle.unseenOf(day);
    if (dated !== undefined && more > 0) gone = addLasting(gone, { day, rows: more, found: world.serverNow() });
  }
  await cycle.adopt(holding, { gone, owed: {} });
}

/** The entries that a day had before; it may have been found changed earlier. */
function owedOf(day: string, { days }: Holding, owed: Readonly<Record<string, number>>): number {
  return Math.max(rowsOf(days[day]), owed[day] ?? 0);
}

function lostWords(rows: number): string {
  return rows === 1
    ? 'an event that the archive had is in no file any more, and the server does not have it either'
    : `${rows} events that the archive had are in no file any more, and the server does not have them either`;
}

/** Days to name in the message. */
const FEW = 3;

function wordsOf({ differing, isBroken, holding }: LookedFiles): string {
  const named = differing.slice(0, FEW).join(', ');
  const more = differing.length > FEW ? ` and ${differing.length - FEW} more` : '';
  const days = `${differing.length === 1 ? 'day' : 'days'} ${named}${more}`;
  const chain = isBroken ? '; its chain is broken and will be rewritten from the first difference' : '';
  return `${holding.folder} in the archive changed since the last cycle: reading ${differing.length === 0 ? 'what differs' : days} again${chain}`;
}

/** The checkpoint with these days marked as unread; undefined: all days. */
function unread({ spans }: OrgCheckpoint, days: readonly string[] | undefined): Partial<OrgCheckpoint> {
  if (days === undefined) return { spans: [], readAt: null, open: null, sealedTo: null };
  const isHit = (from: string | undefined, to: string): boolean =>
    days.some((day) => addDays(day, -1) <= to && (from === undefined || addDays(day, 1) >= from));
  const doubted = spans.map((span, at): HistorySpan => {
    const before = spans[at - 1];
    return isHit(before && addDays(before.to, 1), span.to) ? { to: span.to, count: null } : span;
  });
  return { spans: doubted, open: null, sealedTo: null };
}
