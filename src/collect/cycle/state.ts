import type { Confirmed } from '../../days/gathered.js';
import { lastClosedDay } from '../../engine/plan.js';
import type { Reading, Segment, Verdict } from '../../engine/source.js';
import type { Range } from '../../time.js';
import { utcDay } from '../../time.js';
import { type FileOptions, openFileHandover } from '../deliver/files.js';
import type { Handover } from '../deliver/handover.js';
import { openStreamHandover } from '../deliver/stream.js';
import { orgFolder } from '../paths.js';
import {
  type GoneDay,
  loadOrgCheckpoint,
  newOrgCheckpoint,
  type OrgCheckpoint,
  saveOrgCheckpoint,
} from '../state/checkpoint.js';
import { Ledger } from '../state/ledger.js';
import type { HistorySpan } from '../state/spans.js';
import type { Glanced } from './glance.js';
import { type CollectedOrg, type Gap, joined } from './result.js';
import type { EndingPart, OrgWorld } from './world.js';

/** What a cycle carries along: the state as it is durable, and what is to be told. */
export interface OrgCycle {
  readonly world: OrgWorld;
  readonly ledger: Ledger;
  readonly state: () => OrgCheckpoint;
  readonly save: (change: Partial<OrgCheckpoint>) => Promise<void>;
  readonly doubt: (gap: Gap) => void;
  readonly confirmed: Confirmed[];
  /** Adds up what a reading brought, and remembers it. */
  readonly learn: (
    began: OrgCheckpoint,
    reading: Reading,
    handover: Handover,
    change: Partial<OrgCheckpoint>,
  ) => Promise<void>;
  /** Remembers the newest few entries, and whether there is nothing more than those. */
  readonly learnGlance: (glanced: Glanced, readAt: number) => Promise<void>;
  readonly collected: (status: 'verified' | 'uncounted') => CollectedOrg;
}

/** Finds out how far the collector was. */
export async function openOrgCycle(world: OrgWorld): Promise<OrgCycle> {
  const { folder, org } = world;
  const path = orgFolder(folder, org);
  await folder.makeFolder(path);
  const { state: loaded, damaged } = await loadOrgCheckpoint(folder.files, path);
  if (damaged > 0)
    world.say(
      loaded === undefined
        ? `${org}: both checkpoints are damaged; all history is read again, and nothing is delivered twice`
        : `${org}: a checkpoint is damaged; going on from the other one`,
    );
  let state = loaded ?? newOrgCheckpoint(org);
  const gaps: Gap[] = [];
  const lateBefore = state.late;
  let brought = 0;
  const newlyGone: GoneDay[] = [];
  const verdicts: Verdict[] = [];

  const save = async (change: Partial<OrgCheckpoint>): Promise<void> => {
    state = { ...state, ...change, generation: state.generation + 1 };
    await saveOrgCheckpoint(folder.files, path, state);
  };
  return {
    world,
    ledger: new Ledger(folder.files, path),
    state: () => state,
    save,
    doubt: (gap) => gaps.push(gap),
    confirmed: [],
    learn: async (began, reading, handover, change) => {
      const { fresh, gone, oldest, newest, sealedTo } = handover.result();
      brought += fresh;
      const lost = state.sealedTo !== null && (sealedTo ?? '') < state.sealedTo && world.delivery.kind === 'files';
      if (lost) gaps.push({ from: undefined, to: state.sealedTo as string, why: LOST });
      const verdict = reading.verdict();
      verdicts.push(verdict);
      // What is read again each cycle is not said again.
      if (fresh > 0) for (const fact of verdict.remarks) world.say(`${joined(org)}${fact}`);
      const found = gone.filter(({ day, rows }) => !state.gone.some((one) => one.day === day && one.rows >= rows));
      const now = found.map((one) => ({ ...one, found: world.serverNow() }));
      newlyGone.push(...now);
      await save({
        gone: [...state.gone.filter(({ day }) => !now.some((one) => one.day === day)), ...now].slice(-MOST_GONE),
        newest: greater(state.newest, newest),
        oldest: lesser(state.oldest, oldest),
        sealedTo: sealedTo ?? state.sealedTo,
        includesDay: state.includesDay || world.through?.includesDay() === true,
        ...sums(began, handover),
        ...change,
        ...(lost ? { spans: [], sealedTo: null } : {}),
      });
    },
    learnGlance: async ({ open, taken }, readAt) => {
      if (open === undefined && taken === undefined) return;
      brought += taken?.fresh ?? 0;
      await save({
        delivered: state.delivered + (taken?.fresh ?? 0),
        newest: greater(state.newest, taken?.newest),
        ...(open === undefined ? {} : { open, readAt, cycles: state.cycles + 1 }),
      });
    },
    collected: (status) => ({
      org,
      status: gaps.length > 0 ? 'unreconciled' : status,
      delivered: brought,
      late: state.late - lateBefore,
      gone: newlyGone,
      gaps,
      unconfirmed: state.spans.filter(({ count }) => count === null).length,
      sealedTo: state.sealedTo,
      read: verdicts.reduce((sum, { fetched }) => sum + fetched, 0),
    }),
  };
}

const LOST = 'the destination no longer has what was there: the next cycle brings all of it again';

/** What was delivered in all, once this reading is at the destination as far as it has come. */
function sums({ delivered, late }: OrgCheckpoint, handover: Handover): Pick<OrgCheckpoint, 'delivered' | 'late'> {
  const taken = handover.result();
  const all = Math.max(delivered + taken.fresh, taken.held);
  return { delivered: all, late: late + taken.late.reduce((sum, { rows }) => sum + rows, 0) };
}

/** Days with entries that went are remembered up to so many. */
const MOST_GONE = 1000;

/** Reads to the end. What is durable on the way is remembered: `spansOf` makes the spans of the windows so far. */
export async function drain(
  { state, save }: OrgCycle,
  reading: Reading,
  handover: Handover,
  spansOf: (segments: readonly Segment[]) => Promise<readonly HistorySpan[] | undefined>,
): Promise<readonly Segment[]> {
  const began = state();
  const segments: Segment[] = [];
  try {
    for await (const batch of reading.batches) {
      await handover.take(batch);
      if (batch.segmentEnd === undefined) continue;
      segments.push(batch.segmentEnd);
      if (!(await handover.windowEnd(batch.segmentEnd))) continue;
      const spans = await spansOf(segments);
      if (spans !== undefined) await save({ ...sums(began, handover), spans });
    }
    await handover.end();
    return segments;
  } finally {
    await handover.close();
  }
}

/** Opens the way to the destination for one reading. */
export async function openHandover(
  { world, ledger, state }: OrgCycle,
  reading: Reading,
  range: Range,
  { purgedTo, oldest, ...known }: Pick<EndingPart, 'oldest' | 'confirmed' | 'history'> & Pick<FileOptions, 'purgedTo'>,
): Promise<Handover> {
  const { delivery, org, folder, chunk, flushRows } = world;
  if (delivery.kind === 'files')
    return openFileHandover({
      delivery,
      org,
      chunk,
      path: `${orgFolder(folder, org)}/entries`,
      files: folder.files,
      oldest,
      purgedTo,
      ...range,
      ending: (part) => world.ending(reading, { ...part, ...known }),
    });
  const { readAt } = state();
  const readTo = readAt === null ? undefined : lastClosedDay(readAt);
  return openStreamHandover({
    delivery,
    ledger,
    org,
    flushRows,
    readTo,
    purgedTo,
    whole: wholeDays(world, state(), range),
  });
}

/** The days of a reading that are over and were read before, in UTC. */
function wholeDays({ from: first }: OrgWorld, { readAt, oldest }: OrgCheckpoint, { from, before }: Range) {
  if (readAt === null) return undefined;
  const closed = lastClosedDay(readAt);
  const end = before === undefined ? closed : utcDay(before - 1);
  const begin = from === undefined || from === first ? (oldest ?? undefined) : utcDay(from);
  return { from: begin, to: end < closed ? end : closed };
}

function lesser(a: string | null, b: string | undefined): string | null {
  return a === null || (b !== undefined && b < a) ? (b ?? null) : a;
}

function greater(a: number | null, b: number | undefined): number | null {
  return b === undefined ? a : Math.max(a ?? b, b);
}

/** Where the oldest entries are gone, the log begins later than it did. */
export function edgeOf(atEdge: boolean, oldest: string | null, handover: Handover): Partial<OrgCheckpoint> {
  const seen = handover.result().oldest;
  return atEdge && seen !== undefined && oldest !== null && seen > oldest ? { oldest: seen, purgedBefore: seen } : {};
}
