import type { Context } from '../../context.js';
import type { ReadingOptions } from '../../engine/source.js';
import { EXIT, type ExitCode } from '../../errors.js';
import type { DimensionContext } from '../../stats/dimensions.js';
import type { Report, ReportQuestion } from '../../stats/report.js';
import type { Counted } from '../../stats/tally.js';
import type { ColorChoice } from '../../terminal/color.js';
import { colorChoice } from '../flags/everywhere.js';
import { readSelection } from '../flags/selection.js';
import { ask } from '../job/ask.js';
import type { Job } from '../job/job.js';
import { type Notes, openNotes } from '../say/notes.js';
import { count as commas } from '../say/numbers.js';
import { hasProgress, openProgress, type ProgressLine, SILENT } from '../say/progress.js';
import { claim } from '../say/verdict.js';
import { isReaderGone } from '../write/deliver.js';
import { readCounting, type StatsFlags } from './flags.js';

/** Counts the events that match, by the server's counts where they can answer. */
export async function countEvents(ctx: Context, flags: StatsFlags): Promise<ExitCode> {
  const notes = openNotes(ctx, flags);
  const [{ parseDimensions }, { splitList }] = await Promise.all([
    import('../../stats/dimensions.js'),
    import('../../providers/warnings.js'),
  ]);
  const { by, every, top, over, exact } = readCounting(flags);
  const dimensions = by === undefined ? [] : parseDimensions(splitList(by, '--by'));
  const selection = readSelection(flags);
  const shape: Shape = { format: flags.format ?? 'table', color: colorChoice(flags) };
  const spins = hasProgress(ctx, flags);
  return ask(ctx, selection, { notes, noteWaits: !spins }, async (job) => {
    const { localTimes } = await import('../../time.js');
    const look: DimensionContext = { provider: job.connection.provider, toLocal: localTimes(job.zone) };
    const periods =
      every === undefined
        ? undefined
        : (await import('../../stats/periods.js')).openPeriods(every, job.zone, look.toLocal);
    const asked: ReportQuestion = { dimensions, periods, top, over };
    const counts = exact ? undefined : await fromCounts(asked, job, notes);
    const progress = async () => (spins ? openProgress(ctx, job.client, shape.color) : SILENT);
    const answer = counts ?? (await fromEntries(asked, job, look, await progress()));
    await write(ctx, shape, { asked, job, look }, answer);
    for (const note of answer.told) notes.say(note);
    for (const note of answer.doubts) notes.insist(note);
    return answer.doubts.length === 0 ? EXIT.ok : EXIT.unreconciled;
  }).catch((error: unknown) => {
    if (isReaderGone(error)) return EXIT.ok;
    throw error;
  });
}

interface Answer {
  readonly counted: Counted;
  readonly answeredBy: 'entries' | 'counts';
  /** What people should know of it. */
  readonly told: readonly string[];
  /** Why it must not be relied on. */
  readonly doubts: readonly string[];
}

/** From the server's own counts of whole days, where they can answer and take fewer requests than reading. */
async function fromCounts(
  { dimensions, periods }: ReportQuestion,
  job: Job,
  notes: Notes,
): Promise<Answer | undefined> {
  const { connection, client, input } = job;
  if (dimensions.length > 0 || periods === undefined || input !== undefined) return undefined;
  const found = await countedByDays(periods, job);
  if (found === undefined) return undefined;
  if (found === 'untrusted')
    notes.say("the server's counts of days do not fit together, so every event is read instead");
  if (typeof found === 'string') return undefined;
  const { requests } = client.stats();
  const time = new Date(found.at).toISOString().replace(/\.\d+Z$/, 'Z');
  const days =
    connection.provider.dates.format === 'day'
      ? '; its days begin at midnight of a zone that it does not tell (--exact reads every event instead)'
      : '';
  const total = `${commas(found.counted.total)} events, counted by the server at ${time}`;
  return {
    counted: found.counted,
    answeredBy: 'counts',
    told: [`${total} in ${commas(requests)} ${requests === 1 ? 'request' : 'requests'}${days}`],
    doubts: [],
  };
}

/** Counts by the server's clock: once more where the first answers show that ours is wrong. */
async function countedByDays(
  periods: NonNullable<ReportQuestion['periods']>,
  job: Job,
): Promise<Awaited<ReturnType<typeof import('../../stats/days.js').countByDays>> | undefined> {
  const [{ countByDays }, { openWindowCounter }, { isSkewed }] = await Promise.all([
    import('../../stats/days.js'),
    import('../../engine/count/windows.js'),
    import('../../http/traffic.js'),
  ]);
  const { connection, client, zone } = job;
  for (;;) {
    const { query } = job;
    const counting = openWindowCounter(client, connection, query);
    if (counting === undefined) return undefined;
    const { skew } = client.stats();
    const isRight = (): boolean => !isSkewed(client.stats().skew - skew);
    const size = connection.provider.paging.max;
    try {
      const found = await countByDays(counting, { periods, query, zone, now: job.serverNow(), size });
      if (isRight()) return found;
    } catch (error) {
      if (isRight()) throw error;
    }
    job.resettle(job.serverNow());
  }
}

const WHOLE: ReadingOptions = { ties: 'server', anyOrder: true };

async function fromEntries(
  { dimensions, periods }: ReportQuestion,
  job: Job,
  look: DimensionContext,
  progress: ProgressLine,
): Promise<Answer> {
  const [{ openTally }, { openEventReader }] = await Promise.all([
    import('../../stats/tally.js'),
    import('../../providers/event/reader.js'),
  ]);
  const readEvent = openEventReader(look.provider);
  const tally = openTally(dimensions, periods, look);
  try {
    const reading = await job.read(WHOLE);
    progress.begin(reading);
    for await (const { entries, org } of reading.batches) {
      for (const entry of entries) tally.add(readEvent(entry), org);
    }
    const counted = tally.result();
    const isClean = reading.verdict().status !== 'unreconciled';
    const untimed = counted.untimed > 0 && periods !== undefined;
    return {
      counted,
      answeredBy: 'entries',
      told: [
        ...(isClean ? [claim(reading)] : []),
        ...reading.verdict().remarks,
        ...(untimed ? [`${commas(counted.untimed)} events have no valid time, and are in no ${periods.name}`] : []),
      ],
      doubts: [
        ...(isClean ? [] : [claim(reading)]),
        ...(counted.lumped === 0
          ? []
          : [
              `not exact: there are more groups than can be told apart; ${commas(counted.lumped)} events are counted under other, so the largest groups may not be the ones shown`,
            ]),
      ],
    };
  } finally {
    progress.stop();
  }
}

/** How the result is written. */
interface Shape {
  readonly format: NonNullable<StatsFlags['format']>;
  readonly color: ColorChoice;
}

/** What is counted, in which job, by whose clock and names. */
interface Counting {
  readonly asked: ReportQuestion;
  readonly job: Job;
  readonly look: DimensionContext;
}

async function write(
  ctx: Context,
  shape: Shape,
  { asked, job, look }: Counting,
  { counted, answeredBy }: Answer,
): Promise<void> {
  const [{ toReport }, { formatInstant }] = await Promise.all([
    import('../../stats/report.js'),
    import('../../time.js'),
  ]);
  const { query, zone, connection } = job;
  const now = job.serverNow();
  const range = { from: query.from, before: query.before === undefined ? undefined : Math.min(query.before, now) };
  const report = toReport(asked, counted, range);
  const isVendors = answeredBy === 'counts' && connection.provider.dates.format === 'day';
  const at = (ms: number | undefined) => (ms === undefined ? undefined : formatInstant(ms, zone));
  const facts = { answeredBy, zone: isVendors ? 'vendor' : zone.name, from: at(query.from), before: at(query.before) };
  const { format, color } = shape;
  const text = format === 'table' ? await table(ctx, color, report, look) : await data(format, report, facts);
  await ctx.stdout.write(text);
}

async function table(ctx: Context, color: ColorChoice, report: Report, look: DimensionContext): Promise<string> {
  const [{ reportTable }, { colorLevel, painter }] = await Promise.all([
    import('../../stats/table.js'),
    import('../../terminal/color.js'),
  ]);
  const { isTTY } = ctx.stdout;
  const chalk = await painter(colorLevel(ctx.env, ctx.stdout, color));
  return reportTable(report, { chalk, isTTY, width: ctx.stdout.columns(), look });
}

async function data(
  format: 'json' | 'ndjson' | 'csv',
  report: Report,
  facts: Parameters<typeof import('../../stats/text.js').reportJson>[1],
): Promise<string> {
  const { reportCsv, reportJson, reportNdjson } = await import('../../stats/text.js');
  return { json: () => reportJson(report, facts), ndjson: () => reportNdjson(report), csv: () => reportCsv(report) }[
    format
  ]();
}
