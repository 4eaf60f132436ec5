import { type CycleOptions, runCycle } from '../../collect/cycle/cycle.js';
import type { CollectorRun } from '../../collect/cycle/live.js';
import type { Definition } from '../../collect/definition.js';
import type { CollectorFolder } from '../../collect/paths.js';
import type { Context } from '../../context.js';
import type { ExitCode } from '../../errors.js';
import { type Client, openClient } from '../../http/client.js';
import type { Wait } from '../../http/retry/waits.js';
import type { Schema } from '../../schemas/schema.js';
import type { ColorChoice } from '../../terminal/color.js';
import { formatInstant } from '../../time.js';
import { areRelative } from '../flags/times.js';
import type { Notes } from '../say/notes.js';
import { duration } from '../say/numbers.js';
import { openProgress, SILENT } from '../say/progress.js';
import { noteRotation } from '../say/rotation.js';
import { noteSkew } from '../say/skew.js';
import { type Connected, connectAs, type Speed } from './definition.js';
import { forgetDelivered, forgetIfEmptied, openDestinationOf } from './destination.js';
import { tellRun } from './tell.js';

/** A run of a collector, from its flags. */
export interface CollectorJob {
  readonly definition: Definition;
  readonly folder: CollectorFolder;
  readonly notes: Notes;
  readonly speed: Speed;
  readonly spins: boolean;
  readonly color: ColorChoice;
}

/** A run with its client: the rate limit covers all of its cycles. */
export interface Running extends Connected, CollectorJob {
  readonly client: Client;
}

/** Opens what all cycles share, passes it to `use`, and closes it after any outcome. Sends no request itself. */
export async function withClient<Result>(
  ctx: Context,
  job: CollectorJob,
  use: (running: Running) => Promise<Result>,
): Promise<Result> {
  const { definition, notes, spins, speed } = job;
  ctx.keepHeapSmall?.();
  const connected = await connectAs(ctx, definition, speed);
  try {
    const client = openClient(ctx, connected.connection, {
      ...(notes.debug === undefined ? {} : { debug: notes.debug }),
      onRotation: () => noteRotation(notes, connected.connection.provider.title),
      onSkew: (skew) => tellClock(notes, definition, skew),
      onWait: tellWait(ctx, notes, spins, ''),
    });
    try {
      return await use({ ...job, ...connected, client });
    } finally {
      await client.close();
    }
  } finally {
    await connected.connection.close();
  }
}

/** One cycle, from opening the destination to the last message. */
export function oneCycle(ctx: Context, running: Running, options: CycleOptions): Promise<ExitCode> {
  return withDelivery(ctx, running, async (collecting, { stop, schema }) => {
    const ran = await runCycle(ctx, collecting, options);
    stop();
    tellRun(running.notes, running.definition, ran, schema);
    return ran.exitCode;
  });
}

interface Delivered {
  /** Ends the progress line, before anything is printed. */
  readonly stop: () => void;
  readonly schema: Schema | undefined;
}

/** Opens the destination, passes what a run needs to `use`, and closes it after any outcome. */
export async function withDelivery(
  ctx: Context,
  running: Running,
  use: (collecting: CollectorRun, delivered: Delivered) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { definition, folder, notes, client, connection, query, spins } = running;
  const hears = { debug: notes.debug, onWait: tellWait(ctx, notes, spins, 'destination: ') };
  const { destination, schema } = await openDestinationOf(ctx, running, connection.provider, hears);
  await forgetIfEmptied(running);
  const delivery = await destination.open(() => forgetDelivered(running));
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
      return await use(collecting, { stop: () => progress.stop(), schema });
    } finally {
      progress.stop();
    }
  } finally {
    await delivery.close();
  }
}

/** A relative --from was settled by this machine's clock when the collector was made. */
function tellClock(notes: Notes, { name, from }: Definition, skew: number): void {
  noteSkew(notes, skew);
  if (from !== null && areRelative({ from: from.written }))
    notes.insist(
      `${name} starts at ${formatInstant(from.at)}: --from ${from.written} by this machine's clock when the collector was created\nIf that clock was wrong, create another collector with a date: --from 2026-03-01`,
    );
}

/** Reports a wait and its reason, unless a progress line shows it. */
function tellWait(ctx: Context, notes: Notes, spins: boolean, who: string) {
  return (wait: Wait | undefined): void => {
    if (wait !== undefined && !spins) notes.say(`${who}${wait.why}, waiting ${duration(wait.until - ctx.clock.now())}`);
  };
}
