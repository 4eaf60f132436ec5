import type { Context } from '../context.js';
import type { Reading, ReadingOptions, Verdict } from '../engine/source.js';
import type { Client } from '../http/client.js';
import type { Connection } from '../profile.js';
import type { Query } from '../query.js';
import type { Zone } from '../time.js';
import type { InputFlags } from './earlier.js';
import type { Notes } from './notes.js';
import { type ConnectionFlags, type QueryFlags, toQuery } from './options.js';
import { count, duration } from './pace.js';
import type { GlobalFlags } from './program.js';

export type AskingFlags = ConnectionFlags & QueryFlags & InputFlags & GlobalFlags;

/** Everything that a question needs: where to ask it, as whom, and what it is. */
export interface Asking {
  readonly connection: Connection;
  readonly client: Client;
  readonly zone: Zone;
  readonly query: Query;
  /** The earlier export that answers in place of the API; undefined when the API does. */
  readonly input?: string;
  /** Nothing is asked before its batches are iterated. `more` is asked besides what the flags ask. */
  read(options: ReadingOptions, more?: Partial<Query>): Promise<Reading>;
}

export interface Telling {
  readonly notes: Notes;
  /** Whether to say that the server makes us wait; a progress line shows it already. */
  readonly tellWaits: boolean;
}

/** Makes the flags into an open question, hands it to `use`, and closes whatever it opened, however `use` ends. Asks no server itself. */
export async function ask<Result>(
  ctx: Context,
  flags: AskingFlags,
  { notes, tellWaits }: Telling,
  use: (asking: Asking) => Promise<Result>,
): Promise<Result> {
  const { inputFile } = flags;
  if (inputFile !== undefined)
    return (await import('./earlier.js')).askFile(ctx, { ...flags, inputFile }, { notes, tellWaits }, use);
  const [{ connect }, { openClient }, { openZone, describeRange }] = await Promise.all([
    import('../profile.js'),
    import('../http/client.js'),
    import('../time.js'),
  ]);
  const connection = await connect(ctx, flags);
  try {
    const { provider } = connection;
    const zone = await openZone(connection.zone);
    const { query, warnings } = await toQuery(flags, { provider, zone, now: ctx.clock.now() });
    for (const warning of warnings) notes.say(`warning: ${warning}`);
    if (query.from !== undefined || query.before !== undefined) notes.say(`from ${describeRange(query, zone)}`);
    if (query.from === undefined && provider.dates.defaultDays !== undefined)
      notes.say(`without --from ${provider.title} gives the last ${provider.dates.defaultDays} days only`);
    const client = openClient(ctx, connection, {
      ...(notes.debug === undefined ? {} : { debug: notes.debug }),
      onWait: (wait) => {
        if (wait !== undefined && tellWaits)
          notes.say(`${wait.why}, waiting ${duration(wait.until - ctx.clock.now())}`);
      },
    });
    try {
      const read = async (options: ReadingOptions, more?: Partial<Query>) => {
        const { openReading } = await import('../engine/reading.js');
        return openReading(
          ctx,
          client,
          connection,
          { ...query, ...more },
          { say: (fact) => notes.say(fact), ...options },
        );
      };
      return await use({ connection, client, zone, query, read });
    } finally {
      await client.close();
    }
  } finally {
    await connection.close();
  }
}

/** What a finished reading may claim, as a line for people. */
export function claim(reading: Reading): string {
  return claimed(reading.verdict());
}

/** As `claim`, for a verdict alone. */
export function claimed({ status, kept, fetched, counted, at, notes, file }: Verdict): string {
  const events = `${count(kept)} ${kept === 1 ? 'event' : 'events'}`;
  if (file !== undefined) {
    const from = kept === fetched ? `${events} from ${file}` : `${events} from ${file}, chosen from ${count(fetched)}`;
    return [notes.length === 0 ? from : `not certain: ${from}`, ...notes.map((note) => `- ${note}`)].join('\n');
  }
  const time = new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
  if (status === 'uncounted') return `${events}; this vendor tells no count to compare with`;
  if (status === 'verified') {
    const equal = `equal to the server's count at ${time}`;
    return kept === fetched ? `${events}, ${equal}` : `${events}, chosen from ${count(fetched)}, ${equal}`;
  }
  const whole = kept === fetched ? events : `${events}, chosen from ${count(fetched)}`;
  const told = counted === undefined ? '' : `, while the server counts ${count(counted)}`;
  return [`not reconciled with the server: ${whole}${told}, at ${time}`, ...notes.map((note) => `- ${note}`)].join(
    '\n',
  );
}
