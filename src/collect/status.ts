import { join } from 'node:path';
import type { Context } from '../context.js';
import { lastClosedDay } from '../engine/plan.js';
import { EXIT } from '../errors.js';
import { isLocked } from '../output/lock.js';
import { addDays, DAY_MS, parseDuration, utcDay } from '../time.js';
import { type Definition, loadDefinition } from './definition.js';
import { type CollectorFolder, collectorFolder, LOCK, orgFolder } from './paths.js';
import { loadOrgCheckpoint, newOrgCheckpoint, type OrgCheckpoint } from './state/checkpoint.js';
import { type LastRun, loadLastRun } from './state/run.js';
import type { HistorySpan } from './state/spans.js';

/** All that is known of a collector on this machine. Asks no server. */
export interface CollectorState {
  readonly definition: Definition;
  readonly folder: CollectorFolder;
  readonly last: LastRun | undefined;
  readonly orgs: readonly OrgCheckpoint[];
  readonly isRunning: boolean;
}

export async function loadCollector(ctx: Context, name: string): Promise<CollectorState> {
  const folder = collectorFolder(ctx, name);
  const definition = await loadDefinition(ctx, folder, name);
  const orgs = await Promise.all(
    definition.connection.orgs.map(
      async (org) =>
        (await loadOrgCheckpoint(folder.files, orgFolder(folder, org))).checkpoint ?? newOrgCheckpoint(org),
    ),
  );
  const isRunning = await isLocked(ctx, join(folder.path, LOCK), folder.files);
  return { definition, folder, orgs, isRunning, last: await loadLastRun(folder) };
}

/** How a collector is doing, in facts for people and machines. Times are RFC 3339 or null. */
export interface CollectorStatus {
  readonly name: string;
  readonly state: 'running' | 'ok' | 'unreconciled' | 'stopped' | 'failing' | 'never run';
  readonly lastRun: string | null;
  readonly lastExitCode: number | null;
  readonly message: string | null;
  readonly lastSuccess: string | null;
  /** Seconds since the last success began: what happened after that need not be at the destination yet. Null: there was none. */
  readonly lagSeconds: number | null;
  readonly events: number;
  readonly late: number;
  readonly newestEvent: string | null;
  /** The last day of which everything was read and confirmed, in all organizations. */
  readonly confirmedTo: string | null;
  readonly sealedTo: string | null;
  readonly nextRun: string | null;
  readonly destination: string;
  readonly orgs: readonly CollectorOrgStatus[];
}

export interface CollectorOrgStatus {
  readonly org: string;
  readonly events: number;
  readonly late: number;
  readonly newestEvent: string | null;
  readonly confirmedTo: string | null;
  readonly sealedTo: string | null;
  readonly purgedBefore: string | null;
  readonly gone: number;
}

/** `now`: our clock, epoch ms. */
export function statusOf({ definition, last, orgs, isRunning }: CollectorState, now: number): CollectorStatus {
  const interval = last?.interval ?? meantInterval(definition);
  const own = orgs.map(orgStatus);
  return {
    name: definition.name,
    state: isRunning ? 'running' : stateOf(last),
    lastRun: instant(last?.startedAt),
    lastExitCode: last?.exitCode ?? null,
    message: last?.message ?? null,
    lastSuccess: instant(last?.succeededAt),
    lagSeconds: last?.succeededAt == null ? null : Math.max(0, Math.round((now - last.succeededAt) / 1000)),
    events: own.reduce((sum, one) => sum + one.events, 0),
    late: own.reduce((sum, one) => sum + one.late, 0),
    newestEvent: own.reduce<string | null>(
      (a, { newestEvent: b }) => (b !== null && (a === null || b > a) ? b : a),
      null,
    ),
    confirmedTo: least(own.map((one) => one.confirmedTo)),
    sealedTo: least(own.map((one) => one.sealedTo)),
    nextRun: interval === undefined || last === undefined ? null : instant(last.startedAt + interval),
    destination: definition.dest,
    orgs: own,
  };
}

/**
 * Whether a collector has not succeeded for longer than that; one that never has, since it was made. A success that lies as far ahead is none to go by: a
 * clock was wrong, and would keep the collector from being silent for as long.
 */
export function isSilent({ definition, last }: CollectorState, limit: number, now: number): boolean {
  return Math.abs(now - (last?.succeededAt ?? definition.created)) > limit;
}

/** How often it was said to run, ms. */
function meantInterval({ interval }: Definition): number | undefined {
  return interval === null ? undefined : parseDuration(interval, '--interval');
}

const STATES: Readonly<Record<number, CollectorStatus['state']>> = {
  [EXIT.ok]: 'ok',
  [EXIT.unreconciled]: 'unreconciled',
  [EXIT.stopped]: 'stopped',
};

function stateOf(last: LastRun | undefined): CollectorStatus['state'] {
  if (last === undefined) return 'never run';
  return STATES[last.exitCode] ?? 'failing';
}

function orgStatus({
  org,
  delivered,
  late,
  newest,
  spans,
  sealedTo,
  purgedBefore,
  gone,
}: OrgCheckpoint): CollectorOrgStatus {
  return {
    org,
    events: delivered,
    late,
    newestEvent: instant(newest),
    confirmedTo: confirmedTo(spans),
    sealedTo,
    purgedBefore,
    gone: gone.reduce((sum, { rows }) => sum + rows, 0),
  };
}

function confirmedTo(spans: readonly HistorySpan[]): string | null {
  const doubtful = spans.findIndex(({ count }) => count === null);
  return (doubtful < 0 ? spans.at(-1) : spans[doubtful - 1])?.to ?? null;
}

function least(days: readonly (string | null)[]): string | null {
  return days.reduce((a, b) => (a === null || b === null ? null : a < b ? a : b), days[0] ?? null);
}

function instant(ms: number | null | undefined): string | null {
  return ms == null ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Days of which it is not certain that everything is at the destination, inclusive; null: open. */
export interface UncertainDays {
  readonly org: string;
  readonly kind: 'unread' | 'unreconciled' | 'unconfirmed' | 'gone' | 'purged';
  readonly from: string | null;
  readonly to: string | null;
  /** Entries, where it is known how many. */
  readonly rows: number | null;
  /** May quote the server: neutralise before showing. */
  readonly why: string;
}

/** So long after a cycle nobody need wonder that there was no other. */
const USUAL = 2 * DAY_MS;

export function uncertainDays({ definition, orgs }: CollectorState, now: number): readonly UncertainDays[] {
  const interval = meantInterval(definition) ?? 0;
  return orgs.flatMap((state) => [
    ...unread(state, definition, Math.max(USUAL, 2 * interval), now),
    ...doubtful(state),
    ...state.gone.map(({ day, rows }): UncertainDays => {
      const why = 'delivered once, and no longer on the server';
      return { org: state.org, kind: 'gone', from: day, to: day, rows, why };
    }),
    ...(state.purgedBefore === null
      ? []
      : [
          {
            org: state.org,
            kind: 'purged' as const,
            from: null,
            to: addDays(state.purgedBefore, -1),
            rows: null,
            why: 'too old: the server has no longer any of it',
          },
        ]),
  ]);
}

function unread(
  { org, readAt, spans }: OrgCheckpoint,
  { from }: Definition,
  patience: number,
  now: number,
): readonly UncertainDays[] {
  if (readAt === null) {
    const end = spans.at(-1)?.to;
    const begin = end !== undefined ? addDays(end, 1) : from === null ? null : utcDay(from.at);
    return [{ org, kind: 'unread', from: begin, to: null, rows: null, why: 'no cycle has come to its end yet' }];
  }
  if (now - readAt <= patience) return [];
  return [
    {
      org,
      kind: 'unread',
      from: utcDay(readAt),
      to: utcDay(now),
      rows: null,
      why: `the last cycle was at ${instant(readAt)}`,
    },
  ];
}

function doubtful({ org, spans, readAt }: OrgCheckpoint): readonly UncertainDays[] {
  return spans.flatMap(({ to, count, note }, index): UncertainDays[] => {
    if (count !== null) return [];
    const before = spans[index - 1];
    const from = before === undefined ? null : addDays(before.to, 1);
    if (note !== undefined) return [{ org, kind: 'unreconciled', from, to, rows: null, why: note }];
    const isYoung = readAt !== null && to >= addDays(lastClosedDay(readAt), -1);
    const why = `read, and no count before and after confirms it${isYoung ? ': the next cycle looks again' : ''}`;
    return [{ org, kind: 'unconfirmed', from, to, rows: null, why }];
  });
}
