import type { Delivery } from '../destinations/destination.js';
import type { Confirmed, Ending } from '../evidence/gathered.js';
import { lastClosedDay } from '../source/plan.js';
import type { Reading, Segment, Verdict } from '../source/source.js';
import type { CountThrough, Through } from '../source/through.js';
import { addDays, dayStart, utcDay } from '../time.js';
import { type CollectedOrg, type Gap, joined } from './collected.js';
import { type Glanced, glance, openDays } from './glance.js';
import { changedSpans, chooseCuts, closeSpans, openProbes, type Probes, Uncounted } from './history.js';
import { type Ledger, openLedger } from './ledger.js';
import { type GoneDay, loadOrgState, newOrgState, type OrgState, saveOrgState } from './orgstate.js';
import { orgFolder, type Place } from './place.js';
import { dayAfter, lastDay, type Rereading, rereadings, type Span, withSegments } from './spans.js';
import { takeFiles } from './takefiles.js';
import { takeStream } from './takestream.js';
import type { Taking } from './taking.js';

/** What collecting one organization needs of the world: tests give a model of it. */
export interface OrgWorld {
  readonly org: string;
  readonly place: Place;
  readonly delivery: Delivery;
  /** First instant wanted, epoch ms; undefined: everything. */
  readonly from: number | undefined;
  /** Undefined: this vendor's counts tell nothing of the past. */
  readonly through: Through | undefined;
  /** Opens a reading, oldest first, of these instants: half-open, whole days but for `from` itself. */
  readonly read: (range: Range) => Reading;
  /** Opens a reading of so many of the newest entries, newest first; undefined: our own filters leave fewer than the server counts. */
  readonly readNewest: ((range: Range, limit: number) => Reading) | undefined;
  /** What a reading, so far as it is, is told as, where files are made of it. */
  readonly ending: (reading: Reading, part: EndingPart) => Ending;
  /** The server's clock as well as we know it, epoch ms. */
  readonly serverNow: () => number;
  readonly random: () => number;
  /** What people should know at once. */
  readonly say: (text: string) => void;
  /** Bytes that are gathered for files before whole days are handed over. */
  readonly chunk: number;
}

export interface Range {
  readonly from: number | undefined;
  readonly before: number | undefined;
}

/** `history`: how many entries there are up to the end of a day, all of which were read; so that it can be counted again one day. */
export interface EndingPart extends Pick<Ending, 'from' | 'before' | 'segments' | 'oldest' | 'confirmed'> {
  readonly history?: { readonly to: string; readonly count: number; readonly at: number };
}

/** Days that are read again each time where counts cannot tell what has come late. */
export const SETTLE_DAYS = 7;

/**
 * One cycle of one organization: asks whether anything has come to the past, of whatever age, reads again what has, and reads what is new. What is
 * at the destination for good is remembered at once, so that whatever interrupts a cycle, the next goes on from there.
 * `deep`: compares every span by itself; where there are no counts, reads everything again.
 */
export async function collectOrg(world: OrgWorld, { deep }: { readonly deep: boolean }): Promise<CollectedOrg> {
  const cycle = await openCycle(world);
  const { state } = cycle;
  warnOfRetention(world, state());
  const { through } = world;
  if (through === undefined) {
    await readOn(cycle, undefined, sinceSettled(world, state(), deep), deep);
    return cycle.collected('uncounted');
  }
  const probes = openProbes(through.count);
  try {
    await checkHistory(cycle, probes, deep);
  } catch (error) {
    if (!(error instanceof Uncounted)) throw error;
    cycle.doubt({ from: undefined, to: undefined, why: error.message });
  }
  await readOn(cycle, through.count, sinceSpans(world, state()), deep);
  return cycle.collected('verified');
}

/** What a cycle carries along: the state as it is durable, and what is to be told. */
interface Cycle {
  readonly world: OrgWorld;
  readonly ledger: Ledger;
  readonly state: () => OrgState;
  readonly save: (change: Partial<OrgState>) => Promise<void>;
  readonly doubt: (gap: Gap) => void;
  readonly confirmed: Confirmed[];
  /** Adds up what a reading brought, and remembers it. */
  readonly learn: (began: OrgState, reading: Reading, taking: Taking, change: Partial<OrgState>) => Promise<void>;
  /** Remembers the newest few entries, and whether there is nothing more than those. */
  readonly learnGlance: (glanced: Glanced, readAt: number) => Promise<void>;
  readonly collected: (status: 'verified' | 'uncounted') => CollectedOrg;
}

async function openCycle(world: OrgWorld): Promise<Cycle> {
  const { place, org } = world;
  const folder = orgFolder(place, org);
  await place.makeFolder(folder);
  const { state: loaded, damaged } = await loadOrgState(place.files, folder);
  if (damaged > 0)
    world.say(
      loaded === undefined
        ? `${org}: both checkpoints are damaged; all history is read again, and nothing is delivered twice`
        : `${org}: a checkpoint is damaged; going on from the other one`,
    );
  let state = loaded ?? newOrgState(org);
  const gaps: Gap[] = [];
  const before = { delivered: state.delivered, late: state.late };
  const newlyGone: GoneDay[] = [];
  const verdicts: Verdict[] = [];

  const save = async (change: Partial<OrgState>): Promise<void> => {
    state = { ...state, ...change, generation: state.generation + 1 };
    await saveOrgState(place.files, folder, state);
  };
  return {
    world,
    ledger: openLedger(place.files, folder),
    state: () => state,
    save,
    doubt: (gap) => gaps.push(gap),
    confirmed: [],
    learn: async (began, reading, taking, change) => {
      const { gone, oldest, newest, sealedTo } = taking.taken();
      const lost = state.sealedTo !== null && (sealedTo ?? '') < state.sealedTo && world.delivery.kind === 'files';
      if (lost) gaps.push({ from: undefined, to: state.sealedTo as string, why: LOST });
      verdicts.push(reading.verdict());
      const found = gone.filter(({ day, rows }) => !state.gone.some((one) => one.day === day && one.rows >= rows));
      const now = found.map((one) => ({ ...one, found: world.serverNow() }));
      newlyGone.push(...now);
      await save({
        gone: [...state.gone.filter(({ day }) => !now.some((one) => one.day === day)), ...now].slice(-MOST_GONE),
        newest: greater(state.newest, newest),
        oldest: state.oldest ?? oldest ?? null,
        sealedTo: sealedTo ?? state.sealedTo,
        includesDay: state.includesDay || world.through?.includesDay() === true,
        ...sums(began, taking),
        ...change,
        ...(lost ? { spans: [], sealedTo: null } : {}),
      });
    },
    learnGlance: async ({ open, taken }, readAt) => {
      if (open === undefined && taken === undefined) return;
      await save({
        delivered: state.delivered + (taken?.fresh ?? 0),
        newest: greater(state.newest, taken?.newest),
        ...(open === undefined ? {} : { open, readAt, cycles: state.cycles + 1 }),
      });
    },
    collected: (status) => ({
      org,
      status: gaps.length > 0 ? 'unreconciled' : status,
      delivered: state.delivered - before.delivered,
      late: state.late - before.late,
      gone: newlyGone,
      gaps,
      sealedTo: state.sealedTo,
      read: verdicts.reduce((sum, { fetched }) => sum + fetched, 0),
    }),
  };
}

const LOST = 'the destination no longer has what was there: the next cycle brings all of it again';

/** What was delivered in all, once this reading is at the destination as far as it has come. */
function sums({ delivered, late }: OrgState, taking: Taking): Pick<OrgState, 'delivered' | 'late'> {
  const taken = taking.taken();
  return { delivered: delivered + taken.fresh, late: late + taken.late.reduce((sum, { rows }) => sum + rows, 0) };
}

/** Days with entries that went are remembered up to so many. */
const MOST_GONE = 1000;

/** Finds the spans whose counts have changed, and reads them again. */
async function checkHistory(cycle: Cycle, probes: Probes, deep: boolean): Promise<void> {
  const { world, state, confirmed } = cycle;
  const { spans, cycles } = state();
  if (spans.length === 0) return;
  const changed = await changedSpans(spans, probes, chooseCuts(spans, cycles, world.random, deep));
  const at = world.serverNow();
  for (const [index, { to }] of spans.entries()) {
    if (changed.includes(index)) continue;
    const last = confirmed.at(-1);
    const from = index === 0 ? null : addDays((spans[index - 1] as Span).to, 1);
    if (last !== undefined && from === addDays(last.to, 1)) confirmed[confirmed.length - 1] = { ...last, to };
    else confirmed.push({ from, to, at });
  }
  for (const again of rereadings(spans, changed, state().includesDay)) await readAgain(cycle, probes, again);
  await forgetPurged(cycle);
}

async function readAgain(cycle: Cycle, probes: Probes, { from, to, indices }: Rereading): Promise<void> {
  const { world, state } = cycle;
  const began = state();
  const { spans, oldest } = began;
  const first = indices[0] as number;
  const counts = await Promise.all(
    indices.map(async (index) => (await probes.at(spans, index)) - (await probes.at(spans, index - 1))),
  );
  // What is gone from the oldest days that there are was taken by retention.
  const earlier = first === 0 ? 0 : await probes.at(spans, first - 1);
  const atEdge = earlier === 0;
  const range = within(world, from, to);
  const reading = world.read(range);
  const taking = await openTaking(cycle, reading, range, {
    ...(atEdge || oldest === null ? {} : { oldest }),
    atEdge,
  });
  const segments = await drain(cycle, reading, taking, async () => undefined);
  const { notes } = reading.verdict();
  if (notes.length > 0) cycle.doubt({ from, to, why: notes.join('; ') });
  const after = openProbes((world.through as Through).count);
  const renewed = [...spans];
  for (const [at, index] of indices.entries()) {
    const { to: day } = spans[index] as Span;
    const now = (await after.at(spans, index)) - (await after.at(spans, index - 1));
    const note = segments.length === 0 || notes.length > 0 ? notes.join('; ') : undefined;
    renewed[index] = {
      to: day,
      count: note === undefined && now === counts[at] ? now : null,
      ...(note === undefined || note === '' ? {} : { note }),
    };
  }
  await cycle.learn(began, reading, taking, {
    spans: renewed,
    // Files tell how much history there is: after this it is to be told anew.
    ...(world.delivery.kind === 'files' ? { open: null } : {}),
    ...edgeOf(atEdge, oldest, taking),
  });
}

/** Where the oldest entries are gone, the log begins later than it did. */
function edgeOf(atEdge: boolean, oldest: string | null, taking: Taking): Partial<OrgState> {
  const seen = taking.taken().oldest;
  return atEdge && seen !== undefined && oldest !== null && seen > oldest ? { oldest: seen, purgedBefore: seen } : {};
}

/** Spans at the beginning that have become empty are one, and what was remembered of their entries is of no more use. */
async function forgetPurged({ ledger, state, save }: Cycle): Promise<void> {
  const { spans, oldest } = state();
  const full = spans.findIndex(({ count }) => count !== 0);
  if (full < 2 || oldest === null) return;
  const empty = spans[full - 1] as Span;
  const begins = addDays(empty.to, 1);
  // The days of the server begin up to 14 hours before or after those of UTC.
  for (let day = oldest; day < addDays(begins, -2); day = addDays(day, 1)) await ledger.forget(day);
  const moved = begins > oldest ? { oldest: begins, purgedBefore: begins } : {};
  await save({ spans: [{ to: empty.to, count: 0 }, ...spans.slice(full)], ...moved });
}

/** Reads everything from some instant on, the days that are still open among it. */
async function readOn(
  cycle: Cycle,
  countThrough: CountThrough | undefined,
  from: number | undefined,
  deep: boolean,
): Promise<void> {
  const { world, state } = cycle;
  const { closedTo, before } = await closing(world, countThrough, state());
  const readAt = world.serverNow();
  const range = { from, before: undefined };
  if (before === undefined && !deep) {
    const glanced = await glance(world, state(), cycle.ledger, range);
    await cycle.learnGlance(glanced, readAt);
    if (glanced.open !== undefined) return;
  }
  const began = state();
  const { oldest } = began;
  const atEdge = from === undefined || from === world.from || (oldest !== null && utcDay(from) <= oldest);
  const reading = world.read(range);
  const taking = await openTaking(cycle, reading, range, {
    ...(atEdge || oldest === null ? {} : { oldest }),
    ...(cycle.confirmed.length === 0 ? {} : { confirmed: cycle.confirmed }),
    ...historyOf(began.spans, readAt),
    atEdge,
  });
  const segments = await drain(cycle, reading, taking, async (soFar) =>
    countThrough === undefined ? undefined : withSegments(began.spans, soFar, closedTo),
  );
  const { notes } = reading.verdict();
  const isDoubtful = notes.length > 0;
  if (isDoubtful)
    cycle.doubt({ from: from === undefined ? undefined : utcDay(from), to: undefined, why: notes.join('; ') });
  const spans =
    countThrough === undefined
      ? []
      : await closedSpans(began, segments, { closedTo, before, oldest: taking.taken().oldest }, countThrough);
  await cycle.learn(began, reading, taking, {
    spans,
    readAt,
    open: notes.length === 0 && isTold(world, began) ? openDays(segments, readAt) : null,
    cycles: began.cycles + 1,
    ...edgeOf(atEdge, oldest, taking),
  });
}

/** The spans with those days that have closed since they were made, as far as they could be reconciled. */
async function closedSpans(
  { spans: known }: OrgState,
  segments: readonly Segment[],
  { closedTo, before, oldest }: Closing & { readonly oldest: string | undefined },
  countThrough: CountThrough,
): Promise<readonly Span[]> {
  if (known.length > 0 && before === undefined) return known;
  const spans = withSegments(known, segments, closedTo);
  const end = lastDay(spans);
  const open = segments.filter(({ to }) => to === undefined || to > closedTo);
  const note = open.find((one) => one.note !== undefined)?.note;
  if (note !== undefined) return end === closedTo ? spans : [...spans, { to: closedTo, count: null, note }];
  return closeSpans(spans, closedTo, { known: known.length, oldest, before }, countThrough);
}

interface Closing {
  readonly closedTo: string;
  readonly before: number | undefined;
}

/** Whether there was all of history to be told, where files tell it. */
function isTold({ delivery }: OrgWorld, { spans }: OrgState): boolean {
  return delivery.kind !== 'files' || spans.every(({ count }) => count !== null);
}

function historyOf(spans: readonly Span[], at: number): Pick<EndingPart, 'history'> {
  const to = lastDay(spans);
  if (to === undefined || spans.some(({ count }) => count === null)) return {};
  return { history: { to, count: spans.reduce((sum, { count }) => sum + (count ?? 0), 0), at } };
}

/** The last day that is over, by the server's clock, and how many entries there are up to it before any of them is read. */
async function closing(
  { serverNow }: OrgWorld,
  countThrough: CountThrough | undefined,
  { spans }: OrgState,
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

/** Reads to the end. What is durable on the way is remembered: `spansOf` makes the spans of the windows so far. */
async function drain(
  { state, save }: Cycle,
  reading: Reading,
  taking: Taking,
  spansOf: (segments: readonly Segment[]) => Promise<readonly Span[] | undefined>,
): Promise<readonly Segment[]> {
  const began = state();
  const segments: Segment[] = [];
  try {
    for await (const batch of reading.batches) {
      await taking.take(batch);
      if (batch.segmentEnd === undefined) continue;
      segments.push(batch.segmentEnd);
      if (!(await taking.windowEnd(batch.segmentEnd))) continue;
      const spans = await spansOf(segments);
      if (spans !== undefined) await save({ ...sums(began, taking), spans });
    }
    await taking.end();
    return segments;
  } finally {
    await taking.close();
  }
}

async function openTaking(
  { world, ledger, state }: Cycle,
  reading: Reading,
  range: Range,
  { atEdge, oldest, ...known }: Pick<EndingPart, 'oldest' | 'confirmed' | 'history'> & { readonly atEdge: boolean },
): Promise<Taking> {
  const { delivery, org, place, chunk } = world;
  if (delivery.kind === 'files')
    return takeFiles({
      delivery,
      org,
      chunk,
      path: `${orgFolder(place, org)}/entries`,
      files: place.files,
      oldest,
      ...range,
      ending: (part) => world.ending(reading, { ...part, ...known }),
    });
  const { readAt } = state();
  const readTo = readAt === null ? undefined : lastClosedDay(readAt);
  return takeStream({ delivery, ledger, org, readTo, atEdge, whole: wholeDays(world, state(), range) });
}

/** The days of a reading that are over and were read before, in UTC. */
function wholeDays({ from: first }: OrgWorld, { readAt, oldest }: OrgState, { from, before }: Range) {
  if (readAt === null) return undefined;
  const closed = lastClosedDay(readAt);
  const end = before === undefined ? closed : utcDay(before - 1);
  const begin = from === undefined || from === first ? (oldest ?? undefined) : utcDay(from);
  return { from: begin, to: end < closed ? end : closed };
}

/** Where reading on begins. */
function sinceSpans({ from }: OrgWorld, { spans, includesDay }: OrgState): number | undefined {
  const last = spans.at(-1);
  return last === undefined ? from : later(from, dayStart(dayAfter(last, includesDay)));
}

function sinceSettled({ from }: OrgWorld, { readAt }: OrgState, deep: boolean): number | undefined {
  return readAt === null || deep ? from : later(from, dayStart(addDays(utcDay(readAt), -SETTLE_DAYS)));
}

function within({ from: first }: OrgWorld, from: string | undefined, to: string): Range {
  return { from: from === undefined ? first : later(first, dayStart(from)), before: dayStart(addDays(to, 1)) };
}

function later(a: number | undefined, b: number): number {
  return a === undefined ? b : Math.max(a, b);
}

function greater(a: number | null, b: number | undefined): number | null {
  return b === undefined ? a : Math.max(a ?? b, b);
}

/** Once entries were seen to be taken away by their age, it is known how long they are kept: who comes later than that misses some. */
function warnOfRetention({ serverNow, say, org }: OrgWorld, { readAt, purgedBefore }: OrgState): void {
  if (readAt === null || purgedBefore === null) return;
  const kept = readAt - dayStart(purgedBefore);
  const since = serverNow() - readAt;
  if (since > kept / 2)
    say(
      `${joined(org)}warning: the last cycle was ${Math.round(since / 86_400_000)} days ago, and the server keeps entries for about ${Math.round(kept / 86_400_000)}: what came and went in between is never seen`,
    );
}
