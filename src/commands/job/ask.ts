import type { Context } from '../../context.js';
import type { Resettle } from '../../engine/clock.js';
import type { Reading, ReadingOptions } from '../../engine/source.js';
import { EXIT } from '../../errors.js';
import type { Client } from '../../http/client.js';
import type { Connection } from '../../profile.js';
import type { Query } from '../../query.js';
import type { Zone } from '../../time.js';
import type { ConnectionFlags } from '../flags/connection.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import type { InputFlags } from '../flags/input.js';
import { type QueryFlags, toQuery } from '../flags/query.js';
import { openRange } from '../flags/range.js';
import { areRelative } from '../flags/times.js';
import type { Notes } from '../say/notes.js';
import { duration } from '../say/numbers.js';
import { tellSkew } from '../say/skew.js';

export type AskingFlags = ConnectionFlags & QueryFlags & InputFlags & GlobalFlags;

/** Everything that a question needs: where to ask it, as whom, and what it is. */
export interface Asking {
  readonly connection: Connection;
  readonly client: Client;
  readonly zone: Zone;
  /** With the range by the server's clock, once that is known to be another. */
  readonly query: Query;
  /** Settles the range by the server's clock, epoch ms. */
  readonly resettle: Resettle;
  /** Where the times depend on what time it is: finds out the server's, with one request, and settles the range by it. */
  settleClock(): Promise<void>;
  /** The server's clock as far as it is known, epoch ms. */
  serverNow(): number;
  /** The earlier export that answers in place of the API; undefined when the API does. */
  readonly input?: string;
  /** Nothing is asked before its batches are iterated. `more` is asked besides what the flags ask. */
  read(options: ReadingOptions, more?: Partial<Query>): Promise<Reading>;
}

export interface Telling {
  readonly notes: Notes;
  /** Whether to say that the server makes us wait; a progress line shows it already. */
  readonly tellWaits: boolean;
  /** The run has no end. `new`: without --from nothing of the past is wanted. */
  readonly follows?: 'new' | 'newest';
}

/** Makes the flags into an open question, hands it to `use`, and closes whatever it opened, however `use` ends. Asks no server itself. */
export async function ask<Result>(
  ctx: Context,
  flags: AskingFlags,
  { notes, tellWaits, follows }: Telling,
  use: (asking: Asking) => Promise<Result>,
): Promise<Result> {
  const { inputFile } = flags;
  if (inputFile !== undefined)
    return (await import('./file.js')).askFile(ctx, { ...flags, inputFile }, { notes, tellWaits }, use);
  const [{ connect }, { openClient }, { openZone }] = await Promise.all([
    import('../../profile.js'),
    import('../../http/client.js'),
    import('../../time.js'),
  ]);
  const connection = await connect(ctx, flags);
  try {
    const { provider } = connection;
    const zone = await openZone(connection.zone);
    const now = ctx.clock.now();
    const { query: asked, warnings } = await toQuery(flags, { provider, zone, now });
    for (const warning of warnings) notes.say(`warning: ${warning}`);
    const range = await openRange(flags, { provider, zone, now, notes, onlyNew: follows === 'new' });
    // Where the range does not go by the clock, it is said in the end: a reader that goes away hears nothing of it.
    const isPressing = follows !== undefined || areRelative(flags) || range.now().from !== asked.from;
    let skewed: number | undefined;
    const client = openClient(ctx, connection, {
      ...(notes.debug === undefined ? {} : { debug: notes.debug }),
      onSkew: (skew) => {
        if (isPressing) tellSkew(notes, skew);
        else skewed = skew;
      },
      onWait: (wait) => {
        if (wait !== undefined && tellWaits)
          notes.say(`${wait.why}, waiting ${duration(wait.until - ctx.clock.now())}`);
      },
    });
    try {
      const resettle: Resettle = (serverNow) => range.settle(serverNow);
      const serverNow = (): number => ctx.clock.now() + client.stats().skew;
      const result = await use({
        connection,
        client,
        zone,
        resettle,
        serverNow,
        get query() {
          return { ...asked, ...range.now() };
        },
        async settleClock() {
          if (!areRelative(flags)) return;
          const { askClock } = await import('../../engine/askclock.js');
          if (await askClock(client, connection, range.now(), ctx.clock.now())) resettle(serverNow());
        },
        async read(options, more) {
          const { openReading } = await import('../../engine/reading.js');
          return openReading(
            ctx,
            client,
            connection,
            { ...asked, ...range.now(), ...more },
            { say: (fact) => notes.say(fact), ...options, resettle },
          );
        },
      });
      if (skewed !== undefined && !Object.is(result, EXIT.readerGone)) tellSkew(notes, skewed);
      return result;
    } finally {
      await client.close();
    }
  } finally {
    await connection.close();
  }
}
