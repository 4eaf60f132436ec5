import { join } from 'node:path';
import { createDefinition, loadDefinition } from '../../collect/definition.js';
import { type CollectorFolder, collectorFolder, LOCK } from '../../collect/paths.js';
import { type Context, Stopped } from '../../context.js';
import { AuditlogError, EXIT, type ExitCode, usageError } from '../../errors.js';
import { colorChoice } from '../flags/everywhere.js';
import { only } from '../flags/flag.js';
import { readInterval } from '../flags/interval.js';
import { openNotes } from '../say/notes.js';
import { duration } from '../say/numbers.js';
import { hasProgress } from '../say/progress.js';
import { type CollectorJob, type CycleOptions, oneCycle, openDestinationOf, withClient } from './cycle.js';
import { connectAs, toDefinition } from './definition.js';
import { type CollectFlags, readCollector } from './flags.js';
import { partsOf, rejectChange } from './parts.js';
import { removeCollector } from './remove.js';

/** `auditlog collect NAME`: makes a collector, forgets it, or runs it, once or on and on. */
export async function performCollect(
  ctx: Context,
  flags: CollectFlags,
  name: string | undefined,
): Promise<ExitCode | undefined> {
  if (name === undefined)
    throw usageError(
      'no collector is named',
      'See those there are: auditlog collect list. Or: auditlog collect --help',
    );
  const folder = collectorFolder(ctx, name);
  if (flags.create === true) return create(ctx, flags, name, folder);
  if (flags.delete === true) {
    await removeCollector(ctx, flags, name);
    return EXIT.ok;
  }
  const definition = await loadDefinition(ctx, folder, name);
  await rejectChange(ctx, definition, readCollector(flags));
  const interval = flags.interval === undefined ? undefined : readInterval(flags.interval);
  const { takeLock } = await import('../../output/lock.js');
  const lock = await takeLock(ctx, join(folder.path, LOCK), name);
  const startedAt = ctx.clock.now();
  const deep = flags.deep === true;
  const collecting: CollectorJob = {
    definition,
    folder,
    notes: openNotes(ctx, flags),
    speed: only(flags, ['rate', 'maxWait']),
    spins: hasProgress(ctx, flags),
    color: colorChoice(flags),
  };
  try {
    if (interval !== undefined) return await runOn(ctx, collecting, { deep, interval });
    return await runOnce(ctx, collecting, deep);
  } catch (error) {
    await (await import('../../collect/cycle/cycle.js')).concludeEarly(ctx, folder, { startedAt, interval }, error);
    throw error;
  } finally {
    await lock.release();
  }
}

async function create(ctx: Context, flags: CollectFlags, name: string, folder: CollectorFolder): Promise<ExitCode> {
  const definition = await toDefinition(ctx, name, readCollector(flags), ctx.clock.now());
  const { connection, warnings } = await connectAs(ctx, definition, only(flags, ['rate', 'maxWait']));
  try {
    // What cannot be is told now, and not by the first run.
    await openDestinationOf(ctx, { definition, folder, connection });
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

async function runOnce(ctx: Context, collecting: CollectorJob, deep: boolean): Promise<ExitCode> {
  try {
    return await withClient(ctx, collecting, (running) => oneCycle(ctx, running, { deep, interval: undefined }));
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    throw new AuditlogError(
      'stopped; what has arrived at the destination is remembered',
      EXIT.stopped,
      `To go on: auditlog collect ${collecting.definition.name}`,
      error,
    );
  }
}

/** What the next cycle may well find gone. */
const PASSING: readonly number[] = [EXIT.server, EXIT.local, EXIT.stopped];

/** Until the run is told to stop, which is a good end at any moment: what has arrived is remembered. */
async function runOn(
  ctx: Context,
  collecting: CollectorJob,
  first: CycleOptions & { readonly interval: number },
): Promise<ExitCode> {
  const { folder, notes } = collecting;
  const { interval } = first;
  try {
    return await withClient(ctx, collecting, async (running) => {
      for (let { deep } = first; ; deep = false) {
        const began = ctx.clock.monotonic();
        const startedAt = ctx.clock.now();
        const rest = () => Math.max(1000, interval - (ctx.clock.monotonic() - began));
        try {
          await oneCycle(ctx, running, { deep, interval });
        } catch (error) {
          if (!(error instanceof AuditlogError) || !PASSING.includes(error.exitCode)) throw error;
          await (await import('../../collect/cycle/cycle.js')).concludeEarly(
            ctx,
            folder,
            { startedAt, interval },
            error,
          );
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
