import type { Context } from '../../context.js';
import { Stopped } from '../../context.js';
import { openReading } from '../../engine/reading.js';
import { AuditlogError, EXIT, type ExitCode } from '../../errors.js';
import { keyScrubber } from '../../http/redact.js';
import { EVERYTHING } from '../../query.js';
import type { CollectorFolder } from '../paths.js';
import { type LastRun, loadLastRun, type RunOrg, saveLastRun } from '../state/run.js';
import { type CollectorRun, orgWorld } from './live.js';
import { collectOrg } from './org.js';

/** A run that came to its end, one way or another. */
export interface CycleResult {
  readonly orgs: readonly RunOrg[];
  readonly exitCode: ExitCode;
  /** Retries included. */
  readonly requests: number;
}

/**
 * One cycle of all organizations of a collector, one after the other; one that fails for a reason of its own does not take the others with it. How it went is
 * written down, also when it rejects: with the signal's reason, or an error that is everybody's.
 */
export async function runCycle(
  ctx: Context,
  collecting: CollectorRun,
  options: { readonly deep: boolean; readonly interval?: number | undefined },
): Promise<CycleResult> {
  const { client, connection } = collecting;
  const startedAt = ctx.clock.now();
  const requestsBefore = client.stats();
  const orgs: RunOrg[] = [];
  let scrub = (text: string): string => text;
  const conclude = async (exitCode: number, message: string | null): Promise<void> => {
    const { requests, retries } = client.stats();
    const last = await loadLastRun(collecting.folder);
    await saveLastRun(collecting.folder, {
      startedAt,
      endedAt: ctx.clock.now(),
      exitCode,
      message,
      succeededAt: exitCode === EXIT.ok ? startedAt : (last?.succeededAt ?? null),
      interval: options.interval ?? null,
      requests: requests - requestsBefore.requests,
      retries: retries - requestsBefore.retries,
      orgs,
    } satisfies LastRun);
  };
  try {
    const secret = await connection.key();
    scrub = keyScrubber(secret);
    const key = { hint: secret.hint, scrub };
    await refuseTwins(ctx, collecting);
    for (const org of connection.orgs) {
      try {
        orgs.push(await collectOrg(orgWorld(ctx, collecting, org, key), options));
      } catch (error) {
        if (connection.orgs.length === 1 || !isOwn(error)) throw error;
        orgs.push({ org, error: scrub(error.message), exitCode: error.exitCode });
      }
    }
  } catch (error) {
    const { exitCode, message } = endOf(error);
    // What went wrong first is what is told.
    await conclude(exitCode, scrub(message)).catch(() => {});
    throw error;
  }
  const exitCode = exitOf(orgs);
  await conclude(exitCode, null);
  return { orgs, exitCode, requests: client.stats().requests - requestsBefore.requests };
}

/**
 * Writes down that a run ended before any organization was asked, such as at a destination that is down: else what was told of the run before would still be
 * told. Nothing happens where the run that began then has written down itself how it went. Never rejects.
 */
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

function endOf(error: unknown): { readonly exitCode: ExitCode; readonly message: string } {
  const exitCode =
    error instanceof AuditlogError ? error.exitCode : error instanceof Stopped ? EXIT.stopped : EXIT.local;
  return { exitCode, message: error instanceof Error ? error.message : String(error) };
}

/** Errors that are one organization's own: not found, not allowed, or its server failed. */
function isOwn(error: unknown): error is AuditlogError {
  return error instanceof AuditlogError && OWN.includes(error.exitCode);
}

const OWN: readonly number[] = [EXIT.key, EXIT.usage, EXIT.server];

function exitOf(orgs: readonly RunOrg[]): ExitCode {
  for (const code of OWN) if (orgs.some((one) => 'error' in one && one.exitCode === code)) return code as ExitCode;
  const isClean = orgs.every((one) => 'error' in one || (one.status !== 'unreconciled' && one.gone.length === 0));
  return isClean ? EXIT.ok : EXIT.unreconciled;
}

const SOME = 100;

/** Two names of one organization would bring its entries twice: looked at before anything is collected for the first time. Rejects with a usage error. */
async function refuseTwins(ctx: Context, { client, connection, folder, query: { from } }: CollectorRun): Promise<void> {
  if (connection.orgs.length < 2) return;
  const last = await loadLastRun(folder);
  if (last !== undefined && last.orgs.length > 0) return;
  const reading = openReading(ctx, client, connection, { ...EVERYTHING, from }, { ties: 'server', limit: SOME });
  for await (const _ of reading.batches) break;
}
