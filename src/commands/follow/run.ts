import { type Context, Stopped } from '../../context.js';
import type { FollowState } from '../../engine/follow/follow.js';
import { EXIT, type ExitCode, usageError } from '../../errors.js';
import type { Format } from '../../formats/format.js';
import type { Connection } from '../../profile.js';
import { formatInstant } from '../../time.js';
import { readInterval } from '../flags/interval.js';
import { readOutput, type WritingFlags } from '../flags/output.js';
import { readSelection } from '../flags/selection.js';
import { ask } from '../job/ask.js';
import { type Notes, openNotes } from '../say/notes.js';
import { count, duration } from '../say/numbers.js';
import { remarks } from '../say/remarks.js';
import { isReaderGone } from '../write/deliver.js';
import { openFormat } from '../write/format.js';

export type FollowFlags = WritingFlags & { readonly interval?: string };

const USUAL_INTERVAL = 10_000;
/** The part of the rate that looking may take unasked. */
const SHARE = 0.25;

/**
 * Writes events as they come until Ctrl-C, which is a good end; so is a reader that goes away. `newest`: so many of the newest first. Whatever passes is
 * waited for and told; what does not pass, such as a key that is no longer accepted, is thrown.
 */
export async function followLog(ctx: Context, flags: FollowFlags, newest: number | undefined): Promise<ExitCode> {
  refuseEnd(flags);
  const notes = openNotes(ctx, flags);
  const output = readOutput(flags, 'table');
  if (output.format === 'json' || output.format === 'parquet')
    throw usageError(
      `what is followed has no end, and neither would ${output.format === 'json' ? 'a JSON array' : 'Parquet'}`,
      'Write a line for each event: --format ndjson',
    );
  if (output.path !== undefined)
    throw usageError(
      'what is followed has no end, so there is never a whole file',
      'Write to standard output: ... > FILE',
    );
  let written: Format | undefined;
  try {
    return await ask(
      ctx,
      readSelection(flags),
      { notes, follows: newest === undefined ? 'new' : 'newest' },
      async (job) => {
        const { connection, client, query, zone, resettle } = job;
        const interval = await toInterval(flags.interval, connection);
        const { openFollowing } = await import('../../engine/follow/follow.js');
        const format = await openFormat(ctx, { ...output, live: true }, job);
        written = format;
        await write(ctx, format.open());
        const tell = (state: FollowState) =>
          TELL[state.state](notes, state as never, { interval, at: (ms) => formatInstant(ms, zone) });
        const options = { interval, resettle, ...(newest === undefined ? {} : { newest }) };
        for await (const batch of openFollowing(ctx, client, connection, query, options, tell))
          await write(ctx, format.write(batch));
        return EXIT.ok;
      },
    );
  } catch (error) {
    if (isReaderGone(error) || (error instanceof Stopped && error.by === 'SIGINT')) return EXIT.ok;
    throw error;
  } finally {
    if (written !== undefined) for (const fact of remarks(written)) notes.say(fact);
  }
}

function refuseEnd({ to, until, around, inputFile }: FollowFlags): void {
  if (to !== undefined || until !== undefined) throw usageError('what is followed has no end: leave --to out');
  if (around !== undefined) throw usageError('what is followed has no end: --around is a range', 'Begin with --from.');
  if (inputFile !== undefined) throw usageError('a file does not grow by itself: --input cannot be followed');
}

async function toInterval(interval: string | undefined, { rate, orgs }: Connection): Promise<number> {
  if (interval === undefined) {
    const perLook = rate === undefined ? 0 : (orgs.length * 60_000) / (rate * SHARE);
    return Math.max(USUAL_INTERVAL, perLook);
  }
  return readInterval(interval);
}

/** A pause after all but the last line: a reader that has seen enough is gone by then, and is noticed. */
const PAUSE = 50;

async function write({ stdout, clock, signal }: Context, text: ReturnType<Format['write']>): Promise<void> {
  if (text.length === 0) return;
  const bytes = Buffer.from(text);
  const last = bytes.lastIndexOf(0x0a, bytes.length - 2) + 1;
  if (stdout.isTTY || last === 0) return stdout.write(bytes);
  await stdout.write(bytes.subarray(0, last));
  await clock.sleep(PAUSE, signal);
  await stdout.write(bytes.subarray(last));
}

interface Telling {
  readonly interval: number;
  readonly at: (ms: number) => string;
}

type TellState = {
  readonly [Name in FollowState['state']]: (
    notes: Notes,
    state: Extract<FollowState, { state: Name }>,
    telling: Telling,
  ) => void;
};

const TELL: TellState = {
  following: (notes, _, { interval }) =>
    notes.say(`looking for new events every ${duration(interval)}; Ctrl-C ends it`),
  lost: (notes, { why, wait }) => notes.insist(`${why}, trying again in ${duration(wait)}`),
  slow: (notes, { why }) => notes.say(why),
  doubt: (notes, { why }) => notes.insist(`events may be missing: ${why}`),
  back: (notes, { after }) => notes.insist(`back after ${duration(after)}; what happened meanwhile follows`),
  judged: (notes, { notes: doubts, remarks: facts }) => {
    for (const doubt of doubts) notes.insist(doubt);
    for (const fact of facts) notes.say(fact);
  },
  late: (notes, { count: late, before }, { at }) => {
    const events = late === 1 ? '1 event has' : `${count(late)} events have`;
    notes.insist(
      `${events} turned up that happened before ${at(before)}, too late to be shown here: auditlog list --to ${at(before)}`,
    );
  },
};
