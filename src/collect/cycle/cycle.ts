import { type Context, Stopped } from '../../context.js';
import { openReading } from '../../engine/reading.js';
import { AuditlogError, EXIT, type ExitCode } from '../../errors.js';
import { keyScrubber } from '../../http/redact.js';
import { EVERYTHING } from '../../query.js';
import type { CollectorFolder } from '../paths.js';
import { type LastRun, loadLastRun, type RunOrg, saveLastRun } from '../state/run.js';
import { type CollectorRun, orgWorld } from './live.js';
import { collectOrg } from './org.js';

/** `interval`: ms; undefined: it is the only cycle. */
export interface CycleOptions {
  readonly deep: boolean;
  /** Whether to deliver once more what the destination refused. */
  readonly retry?: boolean;
  readonly interval?: number | undefined;
}

export interface CycleResult {
  readonly orgs: readonly RunOrg[];
  readonly exitCode: ExitCode;
  /** Retries included. */
  readonly requests: number;
}

/**
 * One cycle of all organizations of a collector, one after the other; if one of several fails for a reason of its own, the others still run.
 * Saves how the run went, also if it rejects: with the signal's reason, or an error that concerns all of them.
 */
export async function runCycle(
  ctx: Context,
  collecting: CollectorRun,
  { deep, retry = false, interval }: CycleOptions,
): Promise<CycleResult> {
  const { client, connection, folder } = collecting;
  const startedAt = ctx.clock.now();
  const before = client.stats();
  const orgs: RunOrg[] = [];
  let scrub = (text: string): string => text;
  const conclude = async ({ exitCode, message }: RunEnd): Promise<number> => {
    const now = client.stats();
    const requests = now.requests - before.requests;
    await saveLastRun(folder, {
      startedAt,
      endedAt: ctx.clock.now(),
      exitCode,
      message: message === null ? null : scrub(message),
      succeededAt:
        exitCode === EXIT.ok || (message === null && hasAll(orgs))
          ? startedAt
          : ((await loadLastRun(folder))?.succeededAt ?? null),
      interval: interval ?? null,
      requests,
      retries: now.retries - before.retries,
      orgs,
    });
    return requests;
  };
  try {
    const secret = await connection.key();
    scrub = keyScrubber(connection.provider.auth, secret);
    const key = { hint: secret.hint, scrub };
    await rejectTwins(ctx, collecting);
    for (const org of connection.orgs) {
      try {
        orgs.push(await collectOrg(orgWorld(ctx, collecting, org, key), { deep, retry }));
      } catch (error) {
        if (connection.orgs.length === 1 || !isOwn(error)) throw error;
        orgs.push({ org, error: scrub(error.message), exitCode: error.exitCode });
      }
    }
  } catch (error) {
    // The first error is the one to report.
    await conclude(endOf(error)).catch(() => {});
    throw error;
  }
  const exitCode = exitOf(orgs);
  return { orgs, exitCode, requests: await conclude({ exitCode, message: null }) };
}

/** Saves that a run ended before any organization was read, unless that run has saved how it went. Never rejects. */
export async function concludeEarly(
  ctx: Context,
  folder: CollectorFolder,
  { startedAt, interval }: { readonly startedAt: number; readonly interval: number | undefined },
  error: unknown,
): Promise<void> {
  const last = await loadLastRun(folder).catch(() => undefined);
  if (last !== undefined && last.startedAt >= startedAt) return;
  await saveLastRun(folder, {
    startedAt,
    endedAt: ctx.clock.now(),
    ...endOf(error),
    succeededAt: last?.succeededAt ?? null,
    interval: interval ?? null,
    requests: 0,
    retries: 0,
    orgs: last?.orgs ?? [],
  }).catch(() => {});
}

type RunEnd = Pick<LastRun, 'exitCode' | 'message'>;

function endOf(error: unknown): RunEnd {
  const exitCode =
    error instanceof AuditlogError ? error.exitCode : error instanceof Stopped ? EXIT.stopped : EXIT.local;
  return { exitCode, message: error instanceof Error ? error.message : String(error) };
}

/** Errors that concern one organization: not found, not allowed, or its server failed. */
function isOwn(error: unknown): error is AuditlogError {
  return error instanceof AuditlogError && OWN.includes(error.exitCode);
}

const OWN: readonly number[] = [EXIT.key, EXIT.usage, EXIT.server];

function exitOf(orgs: readonly RunOrg[]): ExitCode {
  for (const code of OWN) if (orgs.some((one) => 'error' in one && one.exitCode === code)) return code as ExitCode;
  const isClean = hasAll(orgs) && orgs.every((one) => 'error' in one || (one.unacknowledged ?? 0) === 0);
  return isClean ? EXIT.ok : EXIT.unreconciled;
}

/** Whether all that the servers have is delivered; what is gone from them may still be an alarm. */
function hasAll(orgs: readonly RunOrg[]): boolean {
  return orgs.every((one) => !('error' in one) && one.status !== 'unreconciled' && (one.refused ?? 0) === 0);
}

/** Entries to look at. */
const SOME = 100;

/** Rejects with a usage error if two names are of one organization, whose entries would be delivered twice. Checked before the first run only. */
async function rejectTwins(ctx: Context, { client, connection, folder, query: { from } }: CollectorRun): Promise<void> {
  if (connection.orgs.length < 2) return;
  const last = await loadLastRun(folder);
  if (last !== undefined && last.orgs.length > 0) return;
  const reading = openReading(ctx, { client, connection }, { ...EVERYTHING, from }, { ties: 'server', limit: SOME });
  for await (const _ of reading.batches) break;
}
