import type { Context } from '../../context.js';
import { EXIT, type ExitCode } from '../../errors.js';
import { writesDays } from '../../providers/instants.js';
import { splitList } from '../../providers/warnings.js';
import { type DimensionContext, parseDimensions } from '../../stats/dimensions.js';
import { openPeriods } from '../../stats/periods.js';
import { type ReportQuestion, toReport } from '../../stats/report.js';
import { reportTable } from '../../stats/table.js';
import { reportCsv, reportJson, reportNdjson } from '../../stats/text.js';
import { unfitColumns } from '../../stats/unfit.js';
import { colorLevel, painter } from '../../terminal/color.js';
import { formatInstant, localTimes } from '../../time.js';
import { colorChoice } from '../flags/everywhere.js';
import { readSelection } from '../flags/selection.js';
import type { Job } from '../job/job.js';
import { withJob } from '../job/open.js';
import { openNotes } from '../say/notes.js';
import { nothingMatched } from '../say/nothing.js';
import { hasProgress, openProgress, SILENT } from '../say/progress.js';
import { isReaderGone } from '../write/deliver.js';
import { countEntries, countOnServer, type StatsResult } from './count.js';
import { readStats, type StatsFlags } from './flags.js';

/** Counts the events that match, by the server's counts if possible. */
export async function countEvents(ctx: Context, flags: StatsFlags): Promise<ExitCode> {
  const notes = openNotes(ctx, flags);
  const { by, every, top, over, exact, format } = readStats(flags);
  const names = by === undefined ? [] : splitList(by, '--by');
  const color = colorChoice(flags);
  const spins = hasProgress(ctx, flags);
  return withJob(ctx, readSelection(flags), { notes, noteWaits: !spins }, async (job) => {
    const dimensions = parseDimensions(names, job.connection.provider);
    const look: DimensionContext = { provider: job.connection.provider, toLocal: localTimes(job.zone) };
    const periods = every === undefined ? undefined : openPeriods(every, job.zone, look.toLocal);
    const asked: ReportQuestion = { dimensions, periods, top, over };
    const byServer = exact ? undefined : await countOnServer(asked, job, notes);
    const progress = async () => (spins ? openProgress(ctx, job.client, color) : SILENT);
    const result = byServer ?? (await countEntries(asked, job, look, await progress()));
    const { report, facts } = reportOf(asked, job, result);
    const { isTTY, columns } = ctx.stdout;
    const write = {
      table: async () => {
        const chalk = await painter(colorLevel(ctx.env, ctx.stdout, color));
        return reportTable(report, { chalk, isTTY, width: columns(), look });
      },
      json: () => reportJson(report, facts),
      ndjson: () => reportNdjson(report),
      csv: () => reportCsv(report, isTTY),
    };
    await ctx.stdout.write(await write[format]());
    if (result.counted.total === 0) for (const line of nothingMatched(job)) notes.say(line);
    for (const warning of unfitColumns(dimensions, result.counted)) notes.say(warning);
    for (const note of result.notes) notes.say(note);
    for (const doubt of result.doubts) notes.insist(doubt);
    return result.doubts.length === 0 ? EXIT.ok : EXIT.unreconciled;
  }).catch((error: unknown) => {
    if (isReaderGone(error)) return EXIT.ok;
    throw error;
  });
}

function reportOf(asked: ReportQuestion, job: Job, { counted, answeredBy }: StatsResult) {
  const { query, zone, connection } = job;
  const before = query.before === undefined ? undefined : Math.min(query.before, job.serverNow());
  const isVendors = answeredBy === 'counts' && writesDays(connection.provider.dates);
  const at = (ms: number | undefined) => (ms === undefined ? undefined : formatInstant(ms, zone));
  return {
    report: toReport(asked, counted, { from: query.from, before }),
    facts: { answeredBy, zone: isVendors ? 'vendor' : zone.name, from: at(query.from), before: at(query.before) },
  };
}
