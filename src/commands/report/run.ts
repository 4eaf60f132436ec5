import { type Context, Stopped } from '../../context.js';
import { EXIT, type ExitCode, usageError } from '../../errors.js';
import { originOf } from '../../manifest/record.js';
import { actionWord } from '../../providers/actions.js';
import { openEventReader } from '../../providers/event/reader.js';
import { describeQuery } from '../../query.js';
import type { Completeness, ReportFacts } from '../../report/facts.js';
import { openGathering, type ReportNumbers } from '../../report/gather.js';
import { openKept } from '../../report/kept.js';
import { type ReportParts, writeReport } from '../../report/write.js';
import { NONE } from '../../stats/dimensions.js';
import { type Hours, parseHours, UTC } from '../../time.js';
import { VERSION } from '../../version.js';
import { readAccessAt } from '../access/whole.js';
import { type Job, recordedQuery } from '../job/job.js';
import { withJob } from '../job/open.js';
import { openNotes } from '../say/notes.js';
import { count, size } from '../say/numbers.js';
import { hasProgress, openProgress, type ProgressLine, SILENT } from '../say/progress.js';
import { claimed, coverageText } from '../say/verdict.js';
import { isReaderGone } from '../write/deliver.js';
import { readBefore } from './before.js';
import { openReportFile, type ReportFile } from './file.js';
import { type ReportChoice, type ReportFlags, readReport } from './flags.js';

/** Writes an HTML report of the events that match. */
export async function makeReport(ctx: Context, flags: ReportFlags): Promise<ExitCode> {
  const notes = openNotes(ctx, flags);
  const choice = readReport(flags);
  const { path, selection, color } = choice;
  if (path === undefined && ctx.stdout.isTTY)
    throw usageError(
      'a report cannot be shown on a terminal: it is an HTML page',
      'Name a file: auditlog report -o FILE.html',
    );
  ctx.keepHeapSmall?.();
  const spins = hasProgress(ctx, flags);
  return withJob(ctx, selection, { notes, noteWaits: !spins }, async (job) => {
    if (job.input === undefined) await job.connection.key();
    const file = await openReportFile(ctx, path, choice.force);
    const progress = spins ? await openProgress(ctx, job.client, color) : SILENT;
    try {
      const { parts, remarks, isIncomplete } = await gatherParts(ctx, job, choice, progress);
      progress.stop();
      const written = await writeAll(file, parts);
      for (const remark of remarks) notes.say(remark);
      (isIncomplete ? notes.insist : notes.say)(parts.facts.claims.join('\n'));
      if (parts.which !== 'all')
        notes.say(`the table of the report holds ${count(parts.kept.length)} of ${count(parts.gathered.total)} events`);
      if (path !== undefined)
        notes.say(
          `wrote ${path}: ${count(parts.gathered.total)} events, ${size(written.bytes)}, SHA-256 ${written.sha256}`,
        );
      return isIncomplete ? EXIT.unreconciled : EXIT.ok;
    } catch (error) {
      progress.stop();
      await file.abandon();
      if (isReaderGone(error)) return EXIT.readerGone;
      if (error instanceof Stopped) notes.insist('stopped: no report was written');
      throw error;
    }
  });
}

async function writeAll(file: ReportFile, parts: ReportParts): ReturnType<ReportFile['finish']> {
  for await (const block of writeReport(parts)) await file.write(block);
  return file.finish();
}

interface ReportRead {
  readonly parts: ReportParts;
  readonly remarks: readonly string[];
  readonly isIncomplete: boolean;
}

/** Reads the events and the period before. */
async function gatherParts(ctx: Context, job: Job, choice: ReportChoice, progress: ProgressLine): Promise<ReportRead> {
  const { provider } = job.connection;
  const { zone } = job;
  const hours = parseHours(choice.hours, '--business-hours', { weekdays: choice.weekdays, zone });
  const readEvent = openEventReader(provider);
  const gathering = openGathering({ provider, zone, hours, from: job.query.from, before: job.query.before });
  const kept = openKept(choice.most);
  const reading = await job.read({ ties: 'canonical', anyOrder: true, seesCoverage: true });
  progress.begin(reading);
  for await (const { entries, org } of reading.batches) {
    ctx.signal.throwIfAborted();
    for (const entry of entries) {
      const sections = gathering.add(readEvent(entry), org);
      if (choice.table === 'newest' || sections !== 0) kept.add(entry, org, sections);
    }
  }
  const verdict = reading.verdict();
  const gathered = gathering.result();
  if (gathered.total !== verdict.kept)
    throw new Error(`${gathered.total} events were counted where ${verdict.kept} were read`);
  const pseudonyms = pseudonymsOf(job);
  // By the server's clock, which is known now.
  const { from, before } = job.query;
  const range = { from, before };
  const earlier = await readBefore(ctx, job, { range, selection: choice.selection, verdict });
  const access = choice.access ? await readAccessAt(ctx, job, choice.selection, { before }) : undefined;
  const entries = kept.take();
  const facts = await factsOf(ctx, job, { choice, gathered, hours, range });
  const isIncomplete = verdict.status === 'unreconciled' || earlier.isIncomplete || access?.isIncomplete === true;
  const asked = describeQuery(recordedQuery(job), UTC);
  const which = entries.length === gathered.total ? 'all' : choice.table;
  const completeness = COMPLETENESS[verdict.status];
  const told = claimed(verdict)
    .split('\n')
    .filter((line) => line !== '');
  const claims = [
    ...(told.length > 0 ? told : [ofExport(choice.selection.input?.path, job.input)]),
    ...pseudonyms,
    ...(earlier.isIncomplete ? ['- the period before is incomplete: what is new may not be'] : []),
    ...(access?.isIncomplete === true ? ['- who has access is not certain: see Access'] : []),
  ];
  return {
    parts: {
      facts: {
        ...facts,
        range,
        readAt: job.input === undefined ? verdict.at || job.serverNow() : undefined,
        coverage: coverageText(verdict.coverage),
        completeness,
        claims,
        before: earlier.facts,
        access: access?.facts,
      },
      provider,
      gathered,
      kept: entries,
      which,
      readEvent,
      asked,
    },
    remarks: verdict.remarks,
    isIncomplete,
  };
}

/** Which key the pseudonyms are of, and the hash of the events read so far without them. */
function pseudonymsOf({ pseudonyms }: Job): readonly string[] {
  if (pseudonyms === undefined) return [];
  const { fingerprint, originals } = pseudonyms;
  return [
    `People have pseudonyms, of the key ${fingerprint}. SHA-256 of the original events, as NDJSON: ${originals()}`,
  ];
}

/** Of an export, the report knows only its events. */
function ofExport(path: string | undefined, name = 'the export'): string {
  return path === '-'
    ? 'Whether standard input is complete is not known.'
    : `Whether ${name} is complete is recorded in its manifest: check it with auditlog verify.`;
}

const COMPLETENESS: Readonly<Record<'verified' | 'unreconciled' | 'uncounted', Completeness>> = {
  verified: 'complete',
  unreconciled: 'incomplete',
  uncounted: 'uncounted',
};

interface FactsQuestion {
  readonly choice: ReportChoice;
  readonly gathered: ReportNumbers;
  readonly hours: Hours;
  readonly range: ReportFacts['range'];
}

async function factsOf(
  ctx: Context,
  job: Job,
  { choice, gathered, hours }: FactsQuestion,
): Promise<Omit<ReportFacts, 'range' | 'readAt' | 'coverage' | 'completeness' | 'claims' | 'before' | 'access'>> {
  const { connection, zone } = job;
  const filters = describeQuery({ ...recordedQuery(job), from: undefined, before: undefined }, zone);
  const { USER, USERNAME, LOGNAME } = ctx.env;
  return {
    title: choice.title,
    vendor: connection.provider.title,
    labelOf: (action) => (action === NONE ? action : actionWord(connection.provider, action).label),
    organizations: organizationsOf(gathered, connection.orgs),
    zone,
    filters: filters === 'everything' ? undefined : filters,
    hours,
    source: job.input ?? `${originOf(connection)}, with the key ${(await connection.key()).hint}`,
    madeBy: choice.madeBy ?? (USER || USERNAME || LOGNAME || undefined),
    madeAt: Math.floor(ctx.clock.now() / 1000) * 1000,
    version: VERSION,
  };
}

const MOST_ORGANIZATIONS = 50;

/** The organizations that the events name, or else the requested ones. */
function organizationsOf({ counts }: ReportNumbers, orgs: readonly string[]): readonly string[] {
  const named = counts.orgs.groups
    .map(({ labels: [label = ''] }) => label)
    .filter((label) => label !== '' && label !== NONE)
    .sort();
  return (named.length > 0 ? named : orgs.filter((org) => org !== '')).slice(0, MOST_ORGANIZATIONS);
}
