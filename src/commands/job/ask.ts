import type { Context } from '../../context.js';
import type { Resettle } from '../../engine/source.js';
import { EXIT } from '../../errors.js';
import { toQuery } from '../flags/query.js';
import type { Question } from '../flags/question.js';
import { openRange } from '../flags/range.js';
import { areRelative, writtenRange } from '../flags/times.js';
import { duration } from '../say/numbers.js';
import { tellSkew } from '../say/skew.js';
import { askFile } from './file.js';
import type { Job, Telling } from './job.js';

/** Makes a job of the question, hands it to `use`, and closes whatever it opened, however `use` ends. Asks no server itself. */
export async function ask<Result>(
  ctx: Context,
  question: Question,
  { notes, tellWaits, follows }: Telling,
  use: (job: Job) => Promise<Result>,
): Promise<Result> {
  const { where, wanted, input } = question;
  if (input !== undefined) return askFile(ctx, { where, wanted, input }, notes, use);
  const [{ connect }, { openClient }, { openZone }] = await Promise.all([
    import('../../profile.js'),
    import('../../http/client.js'),
    import('../../time.js'),
  ]);
  const connection = await connect(ctx, where);
  try {
    const { provider } = connection;
    const zone = await openZone(connection.zone);
    const now = ctx.clock.now();
    const { query: asked, warnings } = await toQuery(wanted, { provider, zone, now });
    for (const warning of warnings) notes.say(`warning: ${warning}`);
    const range = await openRange(wanted.times, { provider, zone, now, notes, onlyNew: follows === 'new' });
    // Where the range does not go by the clock, it is said in the end: a reader that goes away hears nothing of it.
    const isPressing = follows !== undefined || areRelative(wanted.times) || range.now().from !== asked.from;
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
        written: writtenRange(wanted.times),
        resettle,
        serverNow,
        get query() {
          return { ...asked, ...range.now() };
        },
        async settleClock() {
          if (!areRelative(wanted.times)) return;
          const { askClock } = await import('../../engine/clock/ask.js');
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
