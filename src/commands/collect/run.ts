import { join } from 'node:path';
import { type CycleOptions, concludeEarly } from '../../collect/cycle/cycle.js';
import { createDefinition, loadDefinition } from '../../collect/definition.js';
import { type CollectorFolder, collectorFolder, LOCK } from '../../collect/paths.js';
import { type Context, Stopped } from '../../context.js';
import { AuditlogError, EXIT, type ExitCode, usageError } from '../../errors.js';
import { takeLock } from '../../files/lock.js';
import { colorChoice } from '../flags/everywhere.js';
import { only } from '../flags/flag.js';
import { readInterval } from '../flags/interval.js';
import { openNotes } from '../say/notes.js';
import { duration } from '../say/numbers.js';
import { hasProgress } from '../say/progress.js';
import { type CollectorJob, oneCycle, withClient } from './cycle.js';
import { connectAs, toDefinition } from './definition.js';
import { openDestinationOf } from './destination.js';
import { type CollectFlags, readCollector } from './flags.js';
import { partsOf, rejectChange } from './parts.js';
import { removeCollector } from './remove.js';
import { replay } from './replay.js';

/** `auditlog collect NAME`: creates, removes or runs a collector. */
export async function performCollect(
  ctx: Context,
  flags: CollectFlags,
  name: string | undefined,
): Promise<ExitCode | undefined> {
  if (name === undefined)
    throw usageError('missing name of a collector', 'See: auditlog collect list\nOr: auditlog collect --help');
  const folder = collectorFolder(ctx, name);
  if (flags.create === true) return create(ctx, flags, name, folder);
  if (flags.delete === true) {
    await removeCollector(ctx, flags, name);
    return EXIT.ok;
  }
  const definition = await loadDefinition(ctx, folder, name);
  const given = readCollector(flags);
  const { times } = given.query;
  const window = flags.replay === true ? { ...times, from: undefined, to: undefined } : times;
  await rejectChange(ctx, definition, { ...given, query: { ...given.query, times: window } });
  const interval = flags.interval === undefined ? undefined : readInterval(flags.interval);
  const job: CollectorJob = {
    definition,
    folder,
    notes: openNotes(ctx, flags),
    speed: only(flags, ['rate', 'maxWait', 'timeout']),
    spins: hasProgress(ctx, flags),
    color: colorChoice(flags),
  };
  if (flags.replay === true) return replay(ctx, job, times);
  const first = { deep: flags.deep === true, retry: flags.retryRefused === true };
  const lock = await takeLock(ctx, join(folder.path, LOCK), name).catch((error: unknown) => {
    throw first.deep ? skippedDeep(name, error) : error;
  });
  const startedAt = ctx.clock.now();
  try {
    return interval === undefined ? await runOnce(ctx, job, first) : await runOn(ctx, job, first, interval);
  } catch (error) {
    await concludeEarly(ctx, folder, { startedAt, interval }, error);
    throw error;
  } finally {
    await lock.release();
  }
}

/** Warns that the requested comparison was skipped: the other run may not compare. */
function skippedDeep(name: string, error: unknown): unknown {
  if (!(error instanceof AuditlogError) || error.exitCode !== EXIT.usage) return error;
  return new AuditlogError(
    `${error.message}: the deep comparison was skipped`,
    error.exitCode,
    `Run it again when the other run has ended: auditlog collect ${name} --deep\n${error.hint ?? ''}`.trim(),
    error,
  );
}

async function create(ctx: Context, flags: CollectFlags, name: string, folder: CollectorFolder): Promise<ExitCode> {
  const definition = await toDefinition(ctx, name, readCollector(flags), ctx.clock.now());
  const { connection, warnings } = await connectAs(ctx, definition, only(flags, ['rate', 'maxWait', 'timeout']));
  try {
    // Reports an impossible destination now instead of in the first run.
    await openDestinationOf(ctx, { definition, folder }, connection.provider);
    await createDefinition(folder, definition);
  } finally {
    await connection.close();
  }
  const notes = openNotes(ctx, flags);
  for (const warning of warnings) notes.say(`warning: ${warning}`);
  notes.say(`Made collector ${name}:`);
  for (const [part, text] of Object.entries(partsOf(definition))) notes.say(`  ${part}: ${text}`);
  notes.say(
    `To run it: auditlog collect ${name}${definition.interval === null ? '' : ` --interval ${definition.interval}`}`,
  );
  return EXIT.ok;
}

async function runOnce(ctx: Context, job: CollectorJob, first: CycleOptions): Promise<ExitCode> {
  try {
    return await withClient(ctx, job, (running) => oneCycle(ctx, running, first));
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    throw new AuditlogError(
      'stopped: delivered events are recorded',
      EXIT.stopped,
      `To resume: auditlog collect ${job.definition.name}`,
      error,
    );
  }
}

/** Failures that may pass by the next cycle. */
const PASSING: readonly number[] = [EXIT.server, EXIT.local, EXIT.stopped];

/** Runs cycles until a signal, which is always a success: what was delivered is remembered. `interval`: ms. `first`: for the first cycle. */
async function runOn(ctx: Context, job: CollectorJob, first: CycleOptions, interval: number): Promise<ExitCode> {
  const { folder, notes } = job;
  try {
    return await withClient(ctx, job, async (running) => {
      for (let isFirst = true; ; isFirst = false) {
        const began = ctx.clock.monotonic();
        const startedAt = ctx.clock.now();
        const rest = () => Math.max(1000, interval - (ctx.clock.monotonic() - began));
        try {
          await oneCycle(ctx, running, { ...(isFirst ? first : { deep: false }), interval });
        } catch (error) {
          if (!(error instanceof AuditlogError) || !PASSING.includes(error.exitCode)) throw error;
          await concludeEarly(ctx, folder, { startedAt, interval }, error);
          notes.insist(`${error.message}, trying again in ${duration(rest())}`);
        }
        await ctx.clock.sleep(rest(), ctx.signal);
      }
    });
  } catch (error) {
    if (error instanceof Stopped) return EXIT.ok;
    throw error;
  }
}
