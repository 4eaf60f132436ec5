import { join } from 'node:path';
import type { Ran } from '../collect/cycle.js';
import { createDefinition, type Definition, loadDefinition } from '../collect/definition.js';
import { LOCK, orgFolder, type Place, placeOf } from '../collect/place.js';
import { type Context, Stopped } from '../context.js';
import type { Destination } from '../destinations/destination.js';
import { AuditlogError, EXIT, type ExitCode, usageError } from '../errors.js';
import type { Hearing } from '../http/outbound.js';
import type { Wait } from '../http/waits.js';
import type { Connection } from '../profile.js';
import type { Schema } from '../schemas/schema.js';
import { type CollectFlags, connectAs, partsOf, refuseOther, toDefinition, toInterval } from './collectdefine.js';
import { tellRun } from './collecttell.js';
import { type Notes, openNotes } from './notes.js';
import { duration } from './pace.js';
import { colorChoice } from './program.js';
import { canSpin, openProgress, SILENT } from './progress.js';

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
  const place = placeOf(ctx, name);
  if (flags.create === true) return create(ctx, flags, name, place);
  if (flags.delete === true) {
    await (await import('./collectremove.js')).removeCollector(ctx, flags, name);
    return EXIT.ok;
  }
  const definition = await loadDefinition(ctx, place, name);
  await refuseOther(ctx, definition, flags);
  const { takeLock } = await import('../output/lock.js');
  const lock = await takeLock(ctx, join(place.path, LOCK), name);
  try {
    const { interval } = flags;
    if (interval !== undefined) return await runOn(ctx, flags, definition, place, await toInterval(interval));
    return await runOnce(ctx, flags, definition, place);
  } finally {
    await lock.release();
  }
}

async function create(ctx: Context, flags: CollectFlags, name: string, place: Place): Promise<ExitCode> {
  const definition = await toDefinition(ctx, name, flags, ctx.clock.now());
  const { connection, warnings } = await connectAs(ctx, definition, flags);
  try {
    // What cannot be is told now, and not by the first run.
    await openDestinationOf(ctx, definition, place, connection);
    await createDefinition(place, definition);
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

async function runOnce(ctx: Context, flags: CollectFlags, definition: Definition, place: Place): Promise<ExitCode> {
  const notes = openNotes(ctx, flags);
  try {
    return await oneCycle(ctx, flags, { definition, place, notes, interval: undefined });
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    throw new AuditlogError(
      'stopped; what has arrived at the destination is remembered',
      EXIT.stopped,
      `To go on: auditlog collect ${definition.name}`,
      error,
    );
  }
}

/** What the next cycle may well find gone. */
const PASSING: readonly number[] = [EXIT.server, EXIT.local, EXIT.stopped];

/** Until the run is told to stop, which is a good end at any moment: what has arrived is remembered. */
async function runOn(
  ctx: Context,
  flags: CollectFlags,
  definition: Definition,
  place: Place,
  interval: number,
): Promise<ExitCode> {
  const notes = openNotes(ctx, flags);
  try {
    for (let deep = flags.deep === true; ; deep = false) {
      const began = ctx.clock.monotonic();
      const rest = () => Math.max(1000, interval - (ctx.clock.monotonic() - began));
      try {
        await oneCycle(ctx, { ...flags, deep }, { definition, place, notes, interval });
      } catch (error) {
        if (!(error instanceof AuditlogError) || !PASSING.includes(error.exitCode)) throw error;
        notes.insist(`${error.message}, trying again in ${duration(rest())}`);
      }
      await ctx.clock.sleep(rest(), ctx.signal);
    }
  } catch (error) {
    if (error instanceof Stopped) return EXIT.ok;
    throw error;
  }
}

interface Running {
  readonly definition: Definition;
  readonly place: Place;
  readonly notes: Notes;
  /** ms; undefined: this is the only cycle. */
  readonly interval: number | undefined;
}

async function oneCycle(
  ctx: Context,
  flags: CollectFlags,
  { definition, place, notes, interval }: Running,
): Promise<ExitCode> {
  const [{ openClient }, { runCycle }] = await Promise.all([
    import('../http/client.js'),
    import('../collect/cycle.js'),
  ]);
  ctx.keepHeapSmall?.();
  const spins = flags.quiet !== true && flags.debug !== true && canSpin(ctx);
  const { connection, query } = await connectAs(ctx, definition, flags);
  try {
    const tellWait = (who: string) => (wait: Wait | undefined) => {
      if (wait !== undefined && !spins)
        notes.say(`${who}${wait.why}, waiting ${duration(wait.until - ctx.clock.now())}`);
    };
    const hears = { debug: notes.debug, onWait: tellWait('destination: ') };
    const { destination, schema } = await openDestinationOf(ctx, definition, place, connection, hears);
    await beginAnew(definition, place, notes);
    const delivery = await destination.open();
    try {
      const client = openClient(ctx, connection, {
        ...(notes.debug === undefined ? {} : { debug: notes.debug }),
        onWait: tellWait(''),
      });
      const progress = spins ? await openProgress(ctx, client, colorChoice(flags)) : SILENT;
      try {
        const collecting = {
          name: definition.name,
          place,
          connection,
          client,
          query,
          delivery,
          say: (text: string) => notes.insist(text),
          ...(progress.begin === undefined ? {} : { begin: progress.begin }),
        };
        const ran: Ran = await runCycle(ctx, collecting, { deep: flags.deep === true, interval });
        progress.stop();
        tellRun(notes, definition, ran, client.stats(), schema);
        return ran.exitCode;
      } finally {
        progress.stop();
        await client.close();
      }
    } finally {
      await delivery.close();
    }
  } finally {
    await connection.close();
  }
}

/** A directory that was filled and is empty, or gone: what is remembered of it is worth nothing. */
async function beginAnew({ dest, connection }: Definition, place: Place, notes: Notes): Promise<void> {
  const [{ schemeOf }, { orgFolders }, { forgetOrgState }] = await Promise.all([
    import('../destinations/index.js'),
    import('../archive/orgs.js'),
    import('../collect/orgstate.js'),
  ]);
  if (schemeOf(dest) !== '' || (await orgFolders(dest)).length > 0) return;
  const forgotten = await Promise.all(connection.orgs.map((org) => forgetOrgState(place.files, orgFolder(place, org))));
  if (forgotten.includes(true)) notes.insist(`${dest} holds nothing any more: all of it is brought again`);
}

async function openDestinationOf(
  ctx: Context,
  { dest, schema: chosen }: Definition,
  place: Place,
  { provider }: Connection,
  hears?: Hearing,
): Promise<{ readonly destination: Destination; readonly schema: Schema | undefined }> {
  const { findDestination, openDestination } = await import('../destinations/index.js');
  const { schema: own } = findDestination(dest);
  const words = chosen ?? (own === undefined ? null : { name: own, version: null });
  const schema = words === null ? undefined : await openSchemaOf(words, provider);
  const directory = join(place.path, 'destination');
  return { destination: await openDestination(ctx, dest, { provider, schema, directory, hears }), schema };
}

async function openSchemaOf(
  { name, version }: NonNullable<Definition['schema']>,
  provider: Connection['provider'],
): Promise<Schema> {
  const { openSchema } = await import('../schemas/index.js');
  return openSchema(name as Schema['name'], { provider, version: version ?? undefined });
}
