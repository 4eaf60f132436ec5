import { type Context, Stopped } from '../../context.js';
import { openFollowing } from '../../engine/follow/follow.js';
import type { FollowState } from '../../engine/follow/state.js';
import { EXIT, type ExitCode } from '../../errors.js';
import type { Format } from '../../formats/format.js';
import type { Connection } from '../../profile.js';
import { formatInstant } from '../../time.js';
import { withJob } from '../job/open.js';
import { type Notes, openNotes } from '../say/notes.js';
import { count, duration } from '../say/numbers.js';
import { remarks } from '../say/remarks.js';
import { isReaderGone } from '../write/deliver.js';
import { openFormat } from '../write/format.js';
import { type FollowChoice, type FollowFlags, readFollow } from './flags.js';

export async function tail(ctx: Context, flags: FollowFlags): Promise<ExitCode> {
  return followLog(ctx, readFollow(flags), openNotes(ctx, flags));
}

/**
 * Writes events as they arrive until Ctrl-C or until the reader closes the pipe; both are success. Temporary failures are reported and retried;
 * others, such as a rejected key, are thrown.
 */
export async function followLog(
  ctx: Context,
  { selection, output, newest, ...choice }: FollowChoice,
  notes: Notes,
): Promise<ExitCode> {
  const follows = newest === undefined ? 'new' : 'newest';
  let written: Format | undefined;
  try {
    return await withJob(ctx, selection, { notes, follows }, async (job) => {
      const { connection, client, query, zone, resettle } = job;
      const interval = choice.interval ?? usualInterval(connection);
      const format = await openFormat(ctx, output, job);
      written = format;
      await write(ctx, format.open());
      const onState = (state: FollowState) =>
        TELL[state.state](notes, state as never, { interval, at: (ms) => formatInstant(ms, zone) });
      const options = { interval, resettle, onState, ...(newest === undefined ? {} : { newest }) };
      for await (const batch of openFollowing(ctx, { client, connection }, query, options))
        await write(ctx, format.write(batch));
      return EXIT.ok;
    });
  } catch (error) {
    if (isReaderGone(error) || (error instanceof Stopped && error.by === 'SIGINT')) return EXIT.ok;
    throw error;
  } finally {
    if (written !== undefined) for (const fact of remarks(written)) notes.say(fact);
  }
}

/** In ms: uses at most a quarter of the rate. */
function usualInterval({ rate, orgs }: Connection): number {
  const perLook = rate === undefined ? 0 : (orgs.length * 60_000) / (rate / 4);
  return Math.max(10_000, perLook);
}

/** Between the other lines and the last: a reader that has seen enough closes the pipe by then, and the last write fails. */
const PAUSE_MS = 50;

async function write({ stdout, clock, signal }: Context, text: ReturnType<Format['write']>): Promise<void> {
  if (text.length === 0) return;
  const bytes = Buffer.from(text);
  const last = bytes.lastIndexOf(0x0a, bytes.length - 2) + 1;
  if (stdout.isTTY || last === 0) return stdout.write(bytes);
  await stdout.write(bytes.subarray(0, last));
  await clock.sleep(PAUSE_MS, signal);
  await stdout.write(bytes.subarray(last));
}

interface FollowFacts {
  readonly interval: number;
  readonly at: (ms: number) => string;
}

type TellState = {
  readonly [Name in FollowState['state']]: (
    notes: Notes,
    state: Extract<FollowState, { state: Name }>,
    facts: FollowFacts,
  ) => void;
};

const TELL: TellState = {
  following: (notes, _, { interval }) => notes.say(`looking for new events every ${duration(interval)}; Ctrl-C stops`),
  lost: (notes, { why, wait }) => notes.insist(`${why}, retrying in ${duration(wait)}`),
  slow: (notes, { why }) => notes.say(why),
  doubt: (notes, { why }) => notes.insist(`events may be missing: ${why}`),
  back: (notes, { after }) => notes.insist(`connected again after ${duration(after)}; the events of that time follow`),
  judged: (notes, { notes: doubts, remarks: facts }) => {
    for (const doubt of doubts) notes.insist(doubt);
    for (const fact of facts) notes.say(fact);
  },
  late: (notes, { count: late, before }, { at }) => {
    const events = late === 1 ? '1 event' : `${count(late)} events`;
    notes.insist(`${events} from before ${at(before)} arrived late\nTo see them: auditlog list --to ${at(before)}`);
  },
};
