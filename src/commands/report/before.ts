import type { Context } from '../../context.js';
import type { Verdict } from '../../engine/source.js';
import { openEventReader } from '../../providers/event/reader.js';
import { openSeen, periodBefore } from '../../report/before.js';
import type { BeforeFacts } from '../../report/facts.js';
import { rangeText } from '../../report/html/words.js';
import type { Zone } from '../../time.js';
import type { Selection } from '../flags/selection.js';
import type { Job } from '../job/job.js';
import { withJob } from '../job/open.js';
import type { Notes } from '../say/notes.js';
import { claimed } from '../say/verdict.js';

/** The period before, and whether reading it left doubts. */
export interface BeforeRead {
  readonly facts: BeforeFacts;
  readonly isIncomplete: boolean;
}

interface BeforeQuestion {
  readonly range: { readonly from: number | undefined; readonly before: number | undefined };
  readonly selection: Selection;
  /** From the report's own reading. */
  readonly verdict: Verdict;
}

/** Reads the period before the report's from the same source, or returns why there is none. */
export async function readBefore(
  ctx: Context,
  job: Job,
  { range, selection, verdict }: BeforeQuestion,
): Promise<BeforeRead> {
  const without = (why: string): BeforeRead => ({ facts: { why }, isIncomplete: false });
  const before = periodBefore({ from: range.from, before: range.before ?? job.serverNow() }, job.zone);
  if (before === undefined)
    return without('The range has no beginning, so there is no period before it to compare with.');
  const { coverage } = verdict;
  if (coverage?.reachesBack === false) {
    const since = coverage.oldest === null ? '' : ` It begins on ${dateText(coverage.oldest, job.zone)}.`;
    return without(`The log has nothing from before this period.${since} What is new cannot be told.`);
  }
  if (selection.input?.path === '-')
    return without('Standard input can be read once only: what is new cannot be told. Name a file with --input.');
  const read = await readSeen(ctx, job, selection, before);
  const words = rangeText(before, job.zone);
  const isIncomplete = read.verdict.status === 'unreconciled';
  if (read.seen.total === 0 && !isIncomplete)
    return without(`There are no events from the period before, ${words}: what is new cannot be told.`);
  return { facts: { seen: read.seen, range: before, doubts: doubtsOf(read, before, job.zone) }, isIncomplete };
}

type SeenRead = Awaited<ReturnType<typeof readSeen>>;

async function readSeen(
  ctx: Context,
  job: Job,
  selection: Selection,
  { from, before }: { readonly from: number; readonly before: number },
) {
  const read = async (within: Job) => {
    const { provider } = within.connection;
    const seen = openSeen(provider);
    const readEvent = openEventReader(provider);
    const reading = await within.read({ ties: 'server', anyOrder: true, seesCoverage: true }, { from, before });
    for await (const { entries, org } of reading.batches) for (const entry of entries) seen.add(readEvent(entry), org);
    return { seen: seen.result(), verdict: reading.verdict() };
  };
  // Reads the file from its beginning again.
  return job.input === undefined ? read(job) : withJob(ctx, selection, { notes: SILENT }, read);
}

/** Discards notes: the first reading has printed them. */
const SILENT: Notes = { say: () => {}, insist: () => {}, debug: undefined };

function doubtsOf(
  { seen, verdict }: SeenRead,
  { from, before }: { from: number; before: number },
  zone: Zone,
): string[] {
  const { coverage, status } = verdict;
  const doubts: string[] = [];
  if (status === 'unreconciled') doubts.push(`The period before is incomplete: ${claimed(verdict)}`);
  if (seen.isPartial) doubts.push('The period before has more values than can be compared: what is new may not be.');
  const begins = coverage?.reachesBack === false ? (coverage.oldest ?? seen.oldest) : undefined;
  if (begins !== undefined)
    doubts.push(`The log begins on ${dateText(begins, zone)}, within the period before: what is new may be older.`);
  else if (verdict.file !== undefined && seen.oldest !== undefined && seen.oldest - from > (before - from) / 10)
    doubts.push(
      `The oldest event of the period before is of ${dateText(seen.oldest, zone)}: what is new may be older.`,
    );
  return doubts;
}

function dateText(ms: number, zone: Zone): string {
  return new Date(ms + zone.offsetAt(ms)).toISOString().slice(0, 10);
}
