import { join } from 'node:path';
import type { Definition } from '../../collect/definition.js';
import { type CollectorFolder, orgFolder } from '../../collect/paths.js';
import type { Context } from '../../context.js';
import type { Destination } from '../../destinations/destination.js';
import type { ExitCode } from '../../errors.js';
import type { Client } from '../../http/client.js';
import type { Hearing } from '../../http/outbound.js';
import type { Wait } from '../../http/retry/waits.js';
import type { Connection } from '../../profile.js';
import type { Schema } from '../../schemas/schema.js';
import type { ColorChoice } from '../../terminal/color.js';
import { formatInstant } from '../../time.js';
import { areRelative } from '../flags/times.js';
import type { Notes } from '../say/notes.js';
import { duration } from '../say/numbers.js';
import { openProgress, SILENT } from '../say/progress.js';
import { noteSkew } from '../say/skew.js';
import { type Connected, connectAs, type Speed } from './definition.js';
import { tellRun } from './tell.js';

/** What is collected, and how a run of it was asked for. */
export interface CollectorJob {
  readonly definition: Definition;
  readonly folder: CollectorFolder;
  readonly notes: Notes;
  readonly speed: Speed;
  readonly spins: boolean;
  readonly color: ColorChoice;
}

/** A collector at work: from its first request to its last the rate is one, however many cycles there are. */
export interface Running extends Connected, CollectorJob {
  readonly client: Client;
}

/** How a cycle is run. `interval`: ms; undefined: it is the only one. */
export interface CycleOptions {
  readonly deep: boolean;
  readonly interval: number | undefined;
}

/** Opens what all cycles have in common, hands it to `use`, and closes it, however `use` ends. Asks no server itself. */
export async function withClient<Result>(
  ctx: Context,
  collecting: CollectorJob,
  use: (running: Running) => Promise<Result>,
): Promise<Result> {
  const { definition, notes, spins, speed } = collecting;
  const { openClient } = await import('../../http/client.js');
  ctx.keepHeapSmall?.();
  const asked = await connectAs(ctx, definition, speed);
  try {
    const client = openClient(ctx, asked.connection, {
      ...(notes.debug === undefined ? {} : { debug: notes.debug }),
      onSkew: (skew) => tellClock(notes, definition, skew),
      onWait: tellWait(ctx, notes, spins, ''),
    });
    try {
      return await use({ ...collecting, ...asked, client });
    } finally {
      await client.close();
    }
  } finally {
    await asked.connection.close();
  }
}

/** One cycle, from opening the destination to telling what came of it. */
export async function oneCycle(ctx: Context, running: Running, cycle: CycleOptions): Promise<ExitCode> {
  const { definition, folder, notes, client, connection, query, spins } = running;
  const { runCycle } = await import('../../collect/cycle/cycle.js');
  const hears = { debug: notes.debug, onWait: tellWait(ctx, notes, spins, 'destination: ') };
  const { destination, schema } = await openDestinationOf(ctx, running, hears);
  await beginAnew(definition, folder, notes);
  const delivery = await destination.open(() => forgetDelivered(definition, folder, notes));
  try {
    const progress = spins ? await openProgress(ctx, client, running.color) : SILENT;
    try {
      const collecting = {
        name: definition.name,
        folder,
        connection,
        client,
        query,
        delivery,
        idempotent: destination.idempotent,
        say: (text: string) => notes.insist(text),
        begin: progress.begin,
      };
      const ran = await runCycle(ctx, collecting, cycle);
      progress.stop();
      tellRun(notes, definition, ran, schema);
      return ran.exitCode;
    } finally {
      progress.stop();
    }
  } finally {
    await delivery.close();
  }
}

/** Where a collector begins was settled by this machine's clock, when it was made. */
function tellClock(notes: Notes, { name, from }: Definition, skew: number): void {
  noteSkew(notes, skew);
  if (from !== null && areRelative({ from: from.written }))
    notes.insist(
      `${name} begins with ${formatInstant(from.at)}, which --from ${from.written} was by this machine's clock when it was made: if that is wrong, make another one with a date`,
    );
}

/** Says that somebody makes us wait; a progress line shows it already. */
function tellWait(ctx: Context, notes: Notes, spins: boolean, who: string) {
  return (wait: Wait | undefined): void => {
    if (wait !== undefined && !spins) notes.say(`${who}${wait.why}, waiting ${duration(wait.until - ctx.clock.now())}`);
  };
}

/** A directory that was filled and is empty, or gone: what is remembered of it is worth nothing. */
async function beginAnew(definition: Definition, folder: CollectorFolder, notes: Notes): Promise<void> {
  const { dest } = definition;
  const [{ schemeOf }, { orgFolders }] = await Promise.all([
    import('../../destinations/index.js'),
    import('../../archive/orgs.js'),
  ]);
  if (schemeOf(dest) === '' && (await orgFolders(dest)).length === 0) await forgetDelivered(definition, folder, notes);
}

/** Nothing that was delivered is at the destination any more: all of it is to be brought again, which is told. */
async function forgetDelivered({ dest, connection }: Definition, folder: CollectorFolder, notes: Notes): Promise<void> {
  const { forgetOrgCheckpoint } = await import('../../collect/state/checkpoint.js');
  const forgotten = await Promise.all(
    connection.orgs.map((org) => forgetOrgCheckpoint(folder.files, orgFolder(folder, org))),
  );
  if (forgotten.includes(true)) notes.insist(`${dest} holds nothing any more: all of it is brought again`);
}

/** Asks nobody yet. Rejects with a usage error for a destination that cannot be. */
export async function openDestinationOf(
  ctx: Context,
  { definition, folder, connection }: Pick<Running, 'definition' | 'folder' | 'connection'>,
  hears?: Hearing,
): Promise<{ readonly destination: Destination; readonly schema: Schema | undefined }> {
  const { dest, schema: chosen } = definition;
  const { provider } = connection;
  const { findDestination, openDestination } = await import('../../destinations/index.js');
  const { schema: own } = findDestination(dest);
  const words = chosen ?? (own === undefined ? null : { name: own, version: null });
  const schema = words === null ? undefined : await openSchemaOf(words, provider);
  const directory = join(folder.path, 'destination');
  return { destination: await openDestination(ctx, dest, { provider, schema, directory, hears }), schema };
}

async function openSchemaOf(
  { name, version }: NonNullable<Definition['schema']>,
  provider: Connection['provider'],
): Promise<Schema> {
  const { openSchema } = await import('../../schemas/index.js');
  return openSchema(name, { provider, version: version ?? undefined });
}
