import { join } from 'node:path';
import type { Context } from '../context.js';
import { EXIT } from '../errors.js';
import { isLocked } from '../files/lock.js';
import { parseDuration } from '../time.js';
import { type Definition, loadDefinition } from './definition.js';
import { type CollectorFolder, collectorFolder, LOCK, orgFolder } from './paths.js';
import { type Acknowledged, loadAcknowledged, unacknowledged } from './state/acknowledged.js';
import { loadOrgCheckpoint, newOrgCheckpoint, type OrgCheckpoint } from './state/checkpoint.js';
import { countRefused } from './state/refused.js';
import { type LastRun, loadLastRun } from './state/run.js';

/** All that is known of a collector on this machine. */
export interface CollectorState {
  readonly definition: Definition;
  readonly folder: CollectorFolder;
  readonly last: LastRun | undefined;
  readonly orgs: readonly KnownOrg[];
  readonly isRunning: boolean;
}

/** How far the collector got with one organization, and which gone entries somebody has acknowledged. */
export interface KnownOrg extends OrgCheckpoint {
  readonly acknowledged?: Acknowledged;
  /** Entries that the destination rejects. */
  readonly refused?: number;
}

/** Sends no request. */
export async function loadCollector(ctx: Context, name: string): Promise<CollectorState> {
  const folder = collectorFolder(ctx, name);
  const definition = await loadDefinition(ctx, folder, name);
  const orgs = await Promise.all(
    definition.connection.orgs.map(async (org): Promise<KnownOrg> => {
      const path = orgFolder(folder, org);
      const { checkpoint } = await loadOrgCheckpoint(folder.files, path);
      return {
        ...(checkpoint ?? newOrgCheckpoint(org)),
        acknowledged: await loadAcknowledged(folder.files, path),
        refused: await countRefused(path),
      };
    }),
  );
  const isRunning = await isLocked(ctx, join(folder.path, LOCK), folder.files);
  return { definition, folder, orgs, isRunning, last: await loadLastRun(folder) };
}

interface DeliveryStatus {
  readonly events: number;
  readonly late: number;
  readonly newestEvent: string | null;
  /** The last day up to which everything was read and confirmed, in all organizations. */
  readonly confirmedTo: string | null;
  readonly sealedTo: string | null;
  /** Entries that are gone from the server and not acknowledged. */
  readonly unacknowledged: number;
  /** Entries that the destination rejects, and that are kept until it takes them. */
  readonly refused: number;
}

/** The status of a collector, for people and machines. Times are RFC 3339 or null. */
export interface CollectorStatus extends DeliveryStatus {
  readonly name: string;
  readonly state: 'running' | 'ok' | 'gone' | 'refused' | 'unreconciled' | 'stopped' | 'failing' | 'never run';
  readonly lastRun: string | null;
  readonly lastExitCode: number | null;
  readonly message: string | null;
  readonly lastSuccess: string | null;
  /** Seconds since the last success began: later events may not be at the destination yet. Null: no success yet. */
  readonly lagSeconds: number | null;
  readonly nextRun: string | null;
  readonly destination: string;
  readonly orgs: readonly CollectorOrgStatus[];
}

export interface CollectorOrgStatus extends DeliveryStatus {
  readonly org: string;
  readonly purgedBefore: string | null;
  readonly gone: number;
}

/** `now`: our clock, epoch ms. */
export function statusOf(collector: CollectorState, now: number): CollectorStatus {
  const { definition, folder, last, orgs, isRunning } = collector;
  const isUnsaved = hasUnsavedRun(collector);
  const interval = last?.interval ?? plannedInterval(definition);
  const own = orgs.map(orgStatus);
  const state = isUnsaved ? 'failing' : last === undefined ? 'never run' : (STATES[last.exitCode] ?? 'failing');
  const refused = own.reduce((sum, one) => sum + one.refused, 0);
  const missing = own.reduce((sum, one) => sum + one.unacknowledged, 0);
  const stands = missing > 0 ? 'gone' : refused > 0 ? 'refused' : undefined;
  const alarm = state === 'failing' ? undefined : stands;
  return {
    name: definition.name,
    state: alarm ?? (isRunning ? 'running' : state),
    refused,
    unacknowledged: missing,
    lastRun: instant(last?.startedAt),
    lastExitCode: last?.exitCode ?? null,
    message: isUnsaved ? unsaved(folder) : (last?.message ?? null),
    lastSuccess: instant(last?.succeededAt),
    lagSeconds: last?.succeededAt == null ? null : Math.max(0, Math.round((now - last.succeededAt) / 1000)),
    events: own.reduce((sum, one) => sum + one.events, 0),
    late: own.reduce((sum, one) => sum + one.late, 0),
    newestEvent:
      own
        .flatMap(({ newestEvent }) => newestEvent ?? [])
        .sort()
        .at(-1) ?? null,
    confirmedTo: earliest(own.map((one) => one.confirmedTo)),
    sealedTo: earliest(own.map((one) => one.sealedTo)),
    nextRun: interval === undefined || last === undefined ? null : instant(last.startedAt + interval),
    destination: definition.dest,
    orgs: own,
  };
}

/** Whether it has run, and how that went is not known: the disk of its state was full, most likely. */
export function hasUnsavedRun({ last, orgs }: Pick<CollectorState, 'last' | 'orgs'>): boolean {
  return last === undefined && orgs.some(({ generation }) => generation > 0);
}

function unsaved({ path }: CollectorFolder): string {
  return `the result of the last run could not be written to ${path}`;
}

/** Whether the last success, or else the making, is more than `limit` ms ago. One that far in the future does not count: a clock was wrong. */
export function isSilent({ definition, last }: CollectorState, limit: number, now: number): boolean {
  return Math.abs(now - (last?.succeededAt ?? definition.created)) > limit;
}

/** The organizations whose newest event is more than `limit` ms old; without any event, the making of the collector counts. */
export function withoutEvents({ definition, orgs }: CollectorState, limit: number, now: number): readonly KnownOrg[] {
  return orgs.filter(({ newest }) => now - (newest ?? definition.created) > limit);
}

/** How often it is planned to run, ms. */
export function plannedInterval({ interval }: Definition): number | undefined {
  return interval === null ? undefined : parseDuration(interval, '--interval');
}

const STATES: Readonly<Record<number, CollectorStatus['state']>> = {
  [EXIT.ok]: 'ok',
  [EXIT.unreconciled]: 'unreconciled',
  [EXIT.stopped]: 'stopped',
};

function orgStatus(known: KnownOrg): CollectorOrgStatus {
  const { org, delivered, late, newest, spans, sealedTo, purgedBefore, gone, acknowledged = [], refused = 0 } = known;
  const doubtful = spans.findIndex(({ count }) => count === null);
  return {
    org,
    events: delivered,
    late,
    newestEvent: instant(newest),
    confirmedTo: (doubtful < 0 ? spans.at(-1) : spans[doubtful - 1])?.to ?? null,
    sealedTo,
    purgedBefore,
    gone: gone.reduce((sum, { rows }) => sum + rows, 0),
    unacknowledged: unacknowledged(gone, acknowledged),
    refused,
  };
}

/** Null if any of them is. */
function earliest(days: readonly (string | null)[]): string | null {
  return days.reduce((a, b) => (a === null || b === null ? null : a < b ? a : b), days[0] ?? null);
}

export function instant(ms: number | null | undefined): string | null {
  return ms == null ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
