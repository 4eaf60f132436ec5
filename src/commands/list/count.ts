import type { Context } from '../../context.js';
import { openWindowCounter } from '../../engine/count/windows.js';
import { EXIT, type ExitCode } from '../../errors.js';
import type { Selection } from '../flags/selection.js';
import type { Job } from '../job/job.js';
import { withJob } from '../job/open.js';
import type { Notes } from '../say/notes.js';
import { nothingMatched } from '../say/nothing.js';
import { count as commas } from '../say/numbers.js';
import { claimed } from '../say/verdict.js';

/** `list --count`: prints the number of events that match, and nothing else. Exits with 3 if it could not be confirmed. */
export async function countMatching(
  ctx: Context,
  selection: Selection,
  notes: Notes,
  failsIfAny: boolean,
): Promise<ExitCode> {
  return withJob(ctx, selection, { notes }, async (job) => {
    const found = (await byServer(job)) ?? (await byReading(job));
    await ctx.stdout.write(`${found.number}\n`);
    (found.isSure ? notes.say : notes.insist)(found.words);
    if (found.number === 0) for (const line of nothingMatched(job)) notes.say(line);
    if (failsIfAny && found.number > 0) return EXIT.found;
    return found.isSure ? EXIT.ok : EXIT.unreconciled;
  });
}

interface CountedMatches {
  readonly number: number;
  readonly isSure: boolean;
  readonly words: string;
}

/** For the whole log: two pages of different sizes whose counts agree. Undefined: the events have to be read. */
async function byServer({ query, client, connection, input }: Job): Promise<CountedMatches | undefined> {
  if (input !== undefined || query.from !== undefined || query.before !== undefined) return undefined;
  const extent = await openWindowCounter(client, connection, query)?.extent({ from: undefined, to: undefined });
  if (extent === undefined) return undefined;
  const events = extent.count === 1 ? 'event' : 'events';
  return { number: extent.count, isSure: true, words: `The server reports ${commas(extent.count)} ${events}.` };
}

async function byReading(job: Job): Promise<CountedMatches> {
  const reading = await job.read({ ties: 'server', anyOrder: true });
  for await (const _ of reading.batches) {
    // Reads and judges, and discards the events.
  }
  const verdict = reading.verdict();
  return { number: verdict.kept, isSure: verdict.status !== 'unreconciled', words: claimed(verdict, 'Counted') };
}
