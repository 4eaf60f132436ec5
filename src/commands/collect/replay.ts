import { join } from 'node:path';
import { runReplay } from '../../collect/cycle/replay.js';
import { LOCK } from '../../collect/paths.js';
import type { Context } from '../../context.js';
import { EXIT, type ExitCode, usageError } from '../../errors.js';
import { takeLock } from '../../files/lock.js';
import { openZone, type Range } from '../../time.js';
import type { Times } from '../flags/times.js';
import { timesOf } from '../job/query.js';
import { count } from '../say/numbers.js';
import { type CollectorJob, withClient, withDelivery } from './cycle.js';

/** `auditlog collect NAME --replay --from A --to B`: delivers the events of a range once more. */
export async function replay(ctx: Context, job: CollectorJob, times: Times): Promise<ExitCode> {
  const { definition, folder, notes } = job;
  const { name, connection } = definition;
  const range = await rangeOf(ctx, job, times);
  const lock = await takeLock(ctx, join(folder.path, LOCK), name);
  try {
    return await withClient(ctx, job, (running) =>
      withDelivery(ctx, running, async (collecting, { stop }) => {
        const replayed = await runReplay(ctx, collecting, range);
        stop();
        for (const { org, rows, notes: doubts, refused } of replayed) {
          const who = connection.orgs.length > 1 ? `${name}, ${org}` : name;
          notes.say(`${who}: delivered ${count(rows)} ${rows === 1 ? 'event' : 'events'} once more`);
          for (const why of doubts) notes.insist(`${who}: incomplete: ${why}`);
          if (refused > 0)
            notes.insist(
              `${who}: the destination rejects ${count(refused)} ${refused === 1 ? 'event' : 'events'}\nTo try again: auditlog collect ${name} --retry-refused`,
            );
        }
        const isWhole = replayed.every((one) => one.notes.length === 0 && one.refused === 0);
        return isWhole ? EXIT.ok : EXIT.unreconciled;
      }),
    );
  } finally {
    await lock.release();
  }
}

async function rangeOf(ctx: Context, { definition }: CollectorJob, { from, to }: Times): Promise<Range> {
  const { name, connection } = definition;
  if (from === undefined || to === undefined)
    throw usageError(
      '--replay needs --from and --to',
      `Example: auditlog collect ${name} --replay --from 2026-11-01 --to 2026-11-07`,
    );
  return timesOf({ from, to })({ zone: await openZone(connection.tz), now: ctx.clock.now() });
}
