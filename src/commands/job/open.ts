import type { Context } from '../../context.js';
import { askClock } from '../../engine/clock/ask.js';
import { openReading } from '../../engine/reading.js';
import { EXIT } from '../../errors.js';
import { settledZone } from '../../profile/local.js';
import { type Connection, connect } from '../../profile.js';
import type { Query } from '../../query.js';
import { openZone } from '../../time.js';
import type { Selection } from '../flags/selection.js';
import { areRelative, writtenRange } from '../flags/times.js';
import { noteSkew } from '../say/skew.js';
import { openNotingClient } from './client.js';
import type { Job, JobOptions } from './job.js';
import { pseudonymized } from './pseudonyms.js';
import { toQuery } from './query.js';
import { openRange } from './range.js';

/** Connects the selection, passes the job to `use`, and closes everything after any outcome. Sends no request itself. */
export async function withJob<Result>(
  ctx: Context,
  selection: Selection,
  options: JobOptions,
  use: (job: Job) => Promise<Result>,
): Promise<Result> {
  const { input, pseudonyms, ...plain } = selection;
  if (pseudonyms !== undefined)
    return withJob(ctx, { ...plain, input }, options, async (job) => use(await pseudonymized(ctx, job, pseudonyms)));
  // The readers of earlier exports are loaded only if needed.
  if (input !== undefined)
    return (await import('./file.js')).withFileJob(ctx, { ...selection, input }, options.notes, use);
  const connection = await connect(ctx, selection.where);
  try {
    return await withApiJob(ctx, connection, { ...options, query: selection.query }, use);
  } finally {
    await connection.close();
  }
}

async function withApiJob<Result>(
  ctx: Context,
  connection: Connection,
  { query: written, notes, noteWaits, follows, wholeLog }: JobOptions & Pick<Selection, 'query'>,
  use: (job: Job) => Promise<Result>,
): Promise<Result> {
  const { provider } = connection;
  const { times } = written;
  const zone = await openZone(await settledZone(ctx, connection.zone, notes.say));
  const when = { provider, zone, now: ctx.clock.now() };
  const { query: asked, warnings } = toQuery(written, when);
  for (const warning of warnings) notes.say(`warning: ${warning}`);
  const range = openRange(times, { ...when, notes, onlyNew: follows === 'new', wholeLog: wholeLog === true });
  // If the range does not depend on the clock, skew is reported at the end, and not at all if the reader closes the pipe.
  const isPressing = follows !== undefined || areRelative(times) || range.now().from !== asked.from;
  let skewed: number | undefined;
  const client = openNotingClient(ctx, connection, notes, {
    ...(noteWaits === undefined ? {} : { noteWaits }),
    onSkew: (skew) => {
      if (isPressing) noteSkew(notes, skew);
      else skewed = skew;
    },
  });
  const serverNow = (): number => ctx.clock.now() + client.stats().skew;
  try {
    const result = await use({
      connection,
      client,
      zone,
      written: writtenRange(times),
      resettle: range.settle,
      serverNow,
      get query() {
        return { ...asked, ...range.now() };
      },
      async settleClock() {
        if (areRelative(times) && (await askClock(client, connection, range.now(), ctx.clock.now())))
          range.settle(serverNow());
      },
      read: async (options, more) =>
        openReading(
          ctx,
          { client, connection },
          { ...asked, ...range.now(), ...more },
          // A range that differs from the written one does not follow the clock.
          { say: notes.say, ...options, ...(hasRange(more) ? {} : { resettle: range.settle }) },
        ),
    });
    if (skewed !== undefined && !Object.is(result, EXIT.readerGone)) noteSkew(notes, skewed);
    return result;
  } finally {
    await client.close();
  }
}

function hasRange(more: Partial<Query> | undefined): boolean {
  return more !== undefined && ('from' in more || 'before' in more);
}
