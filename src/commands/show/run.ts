import type { Context } from '../../context.js';
import type { Reading } from '../../engine/source.js';
import { EXIT, type ExitCode, usageError } from '../../errors.js';
import type { Entry } from '../../event.js';
import { toEvent } from '../../providers/event/normalize.js';
import { type ColorChoice, colorLevel, painter } from '../../terminal/color.js';
import { colorChoice } from '../flags/everywhere.js';
import { readSelection, type SelectionFlags } from '../flags/selection.js';
import type { Job } from '../job/job.js';
import { withJob } from '../job/open.js';
import { type Notes, openNotes } from '../say/notes.js';
import { count } from '../say/numbers.js';
import { claim } from '../say/verdict.js';
import { eventPage } from './page.js';

export type ShowFlags = SelectionFlags & {
  readonly latest?: boolean;
  readonly format?: 'text' | 'json';
};

/** Shows the event with this id, or the newest that matches. */
export async function showEvent(ctx: Context, flags: ShowFlags, id: string | undefined): Promise<ExitCode> {
  if (id === undefined && flags.latest !== true)
    throw usageError('which event?', 'Name its id: auditlog show ID. Or take the newest: auditlog show --latest');
  if (id !== undefined && flags.latest === true)
    throw usageError('--latest is the newest event, and an id names another', 'Leave out one of them.');
  const notes = openNotes(ctx, flags);
  const selection = readSelection(flags);
  const { format } = flags;
  const color = colorChoice(flags);
  return withJob(ctx, selection, { notes }, async (job) => {
    const reading = await job.read({ ties: 'server', limit: 1 }, id === undefined ? {} : { ids: [id] });
    const entry = await firstOf(reading);
    if (entry === undefined) return missing(notes, job, reading, id);
    if (id !== undefined) notes.say(`found among the ${howFar(reading)}`);
    const { status, notes: doubts, remarks } = reading.verdict();
    for (const fact of remarks) notes.say(fact);
    await ctx.stdout.write(format === 'json' ? `${entry.raw}\n` : await page(ctx, color, job, entry));
    // An event found by its id is right, whatever the verdict on the log.
    if (id !== undefined) {
      for (const doubt of doubts) notes.say(doubt);
      return EXIT.ok;
    }
    if (status !== 'unreconciled') return EXIT.ok;
    notes.insist(claim(reading));
    return EXIT.unreconciled;
  });
}

async function firstOf(reading: Reading): Promise<Entry | undefined> {
  let found: Entry | undefined;
  for await (const { entries } of reading.batches) found ??= entries[0];
  return found;
}

async function page(
  ctx: Context,
  color: ColorChoice,
  { connection, zone, serverNow }: Job,
  entry: Entry,
): Promise<string> {
  const { provider } = connection;
  const chalk = await painter(colorLevel(ctx.env, ctx.stdout, color));
  return eventPage(toEvent(provider, entry), { provider, zone, now: serverNow(), chalk, isTTY: ctx.stdout.isTTY });
}

function missing(notes: Notes, job: Job, reading: Reading, id: string | undefined): ExitCode {
  if (reading.verdict().status === 'unreconciled') {
    notes.insist(claim(reading));
    return EXIT.unreconciled;
  }
  const isWhole = job.query.from === undefined && job.query.before === undefined;
  for (const fact of reading.verdict().remarks) notes.say(fact);
  throw usageError(
    id === undefined
      ? 'no event matches'
      : `no event ${id} among the ${events(reading, isWhole ? '' : 'of these times ')}`,
    isWhole
      ? 'Is it the log of another organization (--org), or of another profile?'
      : 'Was it at another time? Give another --from and --to, or none.',
  );
}

/** How much of the log was searched. */
function howFar(reading: Reading): string {
  const { fetched } = reading.progress();
  const { count: total } = reading.total();
  return total !== undefined && total > fetched
    ? `${count(fetched)} newest of ${count(total)} events`
    : events(reading);
}

function events(reading: Reading, which = ''): string {
  const { fetched } = reading.progress();
  return `${count(fetched)} ${fetched === 1 ? 'event' : 'events'} ${which}that were looked at`;
}
