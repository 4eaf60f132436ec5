import type { Context } from '../../context.js';
import type { ReadingOptions } from '../../engine/source.js';
import { EXIT, type ExitCode } from '../../errors.js';
import type { Look } from '../../stats/dimensions.js';
import type { Asked, Report } from '../../stats/report.js';
import type { Counted } from '../../stats/tally.js';
import { colorChoice } from '../flags/everywhere.js';
import { type Asking, ask } from '../job/ask.js';
import { type Notes, openNotes } from '../say/notes.js';
import { count as commas } from '../say/numbers.js';
import { canSpin, openProgress, type ProgressLine, SILENT } from '../say/progress.js';
import { claim } from '../say/verdict.js';
import { isReaderGone } from '../write/deliver.js';
import { type StatsFlags, topOf } from './flags.js';

/** Counts the events that match, by the server's counts where they can answer. */
export async function countEvents(ctx: Context, flags: StatsFlags): Promise<ExitCode> {
  const notes = openNotes(ctx, flags);
  const [{ parseDimensions }, { splitList }] = await Promise.all([
    import('../../stats/dimensions.js'),
    import('../../providers/actions.js'),
  ]);
  // Over time alone everything together is a sensible question; otherwise it takes something to count by.
  const names = flags.by ?? (flags.every === undefined ? ['action'] : undefined);
  const dimensions = names === undefined ? [] : parseDimensions(splitList(names, '--by'));
  const spins = flags.quiet !== true && flags.debug !== true && canSpin(ctx);
  return ask(ctx, flags, { notes, tellWaits: !spins }, async (asking) => {
    const { localTimes } = await import('../../time.js');
    const look: Look = { provider: asking.connection.provider, toLocal: localTimes(asking.zone) };
    const periods =
      flags.every === undefined
        ? undefined
        : (await import('../../stats/periods.js')).openPeriods(flags.every, asking.zone, look.toLocal);
    const asked: Asked = { dimensions, periods, top: topOf(flags), over: flags.over };
    const answer =
      (await fromCounts(flags, asked, asking, notes)) ?? (await fromEntries(ctx, flags, asked, asking, look, spins));
    await write(ctx, flags, asked, asking, look, answer);
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
  flags: StatsFlags,
  { dimensions, periods }: Asked,
  asking: Asking,
  notes: Notes,
): Promise<Answer | undefined> {
  const { connection, client, input } = asking;
  if (dimensions.length > 0 || periods === undefined || flags.exact === true || input !== undefined) return undefined;
  const found = await countedByDays(periods, asking);
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
  periods: NonNullable<Asked['periods']>,
  asking: Asking,
): Promise<Awaited<ReturnType<typeof import('../../stats/fromcounts.js').countByDays>> | undefined> {
  const [{ countByDays }, { openCounting }, { isSkewed }] = await Promise.all([
    import('../../stats/fromcounts.js'),
    import('../../engine/count/windows.js'),
    import('../../http/tally.js'),
  ]);
  const { connection, client, zone } = asking;
  for (;;) {
    const { query } = asking;
    const counting = openCounting(client, connection, query);
    if (counting === undefined) return undefined;
    const { skew } = client.stats();
    const isRight = (): boolean => !isSkewed(client.stats().skew - skew);
    const size = connection.provider.paging.max;
    try {
      const found = await countByDays(counting, { periods, query, zone, now: asking.serverNow(), size });
      if (isRight()) return found;
    } catch (error) {
      if (isRight()) throw error;
    }
    asking.resettle(asking.serverNow());
  }
}

const WHOLE: ReadingOptions = { ties: 'server', anyOrder: true };

async function fromEntries(
  ctx: Context,
  flags: StatsFlags,
  { dimensions, periods }: Asked,
  asking: Asking,
  look: Look,
  spins: boolean,
): Promise<Answer> {
  const [{ openTally }, { openEventReader }] = await Promise.all([
    import('../../stats/tally.js'),
    import('../../providers/eventreader.js'),
  ]);
  const readEvent = openEventReader(look.provider);
  const tally = openTally(dimensions, periods, look);
  const progress: ProgressLine = spins ? await openProgress(ctx, asking.client, colorChoice(flags)) : SILENT;
  try {
    const reading = await asking.read(WHOLE);
    progress.begin?.(reading);
    for await (const { entries, org } of reading.batches) {
      for (const entry of entries) tally.add(readEvent(entry), org);
      progress.each?.();
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

async function write(
  ctx: Context,
  flags: StatsFlags,
  asked: Asked,
  { query, zone, connection, serverNow }: Asking,
  look: Look,
  { counted, answeredBy }: Answer,
): Promise<void> {
  const [{ toReport }, { formatInstant }] = await Promise.all([
    import('../../stats/report.js'),
    import('../../time.js'),
  ]);
  const now = serverNow();
  const range = { from: query.from, before: query.before === undefined ? undefined : Math.min(query.before, now) };
  const report = toReport(asked, counted, range);
  const isVendors = answeredBy === 'counts' && connection.provider.dates.format === 'day';
  const at = (ms: number | undefined) => (ms === undefined ? undefined : formatInstant(ms, zone));
  const facts = { answeredBy, zone: isVendors ? 'vendor' : zone.name, from: at(query.from), before: at(query.before) };
  const format = flags.format ?? 'table';
  const text = format === 'table' ? await table(ctx, flags, report, look) : await data(format, report, facts);
  await ctx.stdout.write(text);
}

async function table(ctx: Context, flags: StatsFlags, report: Report, look: Look): Promise<string> {
  const [{ reportTable }, { colorLevel, painter }] = await Promise.all([
    import('../../stats/table.js'),
    import('../../terminal/color.js'),
  ]);
  const { isTTY } = ctx.stdout;
  const chalk = await painter(colorLevel(ctx.env, ctx.stdout, colorChoice(flags)));
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
