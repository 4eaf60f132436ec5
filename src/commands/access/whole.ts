import { openAccessLog, tellsAccess } from '../../access/answer.js';
import type { Context } from '../../context.js';
import type { Reading } from '../../engine/source.js';
import type { ReportAccess } from '../../report/facts.js';
import type { Selection } from '../flags/selection.js';
import type { Job } from '../job/job.js';
import { withJob } from '../job/open.js';
import { spools } from '../job/spools.js';
import type { Notes } from '../say/notes.js';
import { claimed } from '../say/verdict.js';
import { doubtsOf } from './remarks.js';

/** Who has which role at the end of the range, and whether the log was read completely. */
export interface AccessRead {
  readonly facts: ReportAccess;
  readonly isIncomplete: boolean;
}

/** Replays the whole log up to the end of a range, whatever the filters of the command are. Without rules for the vendor, returns the reason. */
export async function readAccessAt(
  ctx: Context,
  job: Job,
  asked: Selection,
  { before, begin }: { readonly before: number | undefined; readonly begin?: (reading: Reading) => void },
): Promise<AccessRead> {
  const without = (why: string): AccessRead => ({ facts: { why }, isIncomplete: false });
  const { provider } = job.connection;
  if (!tellsAccess(provider))
    return without(`The description of ${provider.title} does not say which actions give, change and take access.`);
  if (asked.input?.path === '-') return without('Standard input can be read once only. Name a file with --input.');
  const selection: Selection = { ...asked, query: { filters: {}, times: {} } };
  return withJob(ctx, selection, { notes: SILENT, wholeLog: true }, async (whole) => {
    const log = openAccessLog(whole.connection.provider, spools(ctx));
    try {
      const reading = await whole.read({ ties: 'server', anyOrder: true }, before === undefined ? {} : { before });
      begin?.(reading);
      for await (const { entries, org, late } of reading.batches)
        for (const entry of entries) log.add(entry, org, late === true);
      const verdict = reading.verdict();
      const answer = log.answer({ before });
      const at = before ?? whole.serverNow();
      const isClean = verdict.status !== 'unreconciled';
      const doubts = [...(isClean ? [] : claimed(verdict).split('\n')), ...doubtsOf(answer, at)];
      return {
        facts: { answer, at, doubts },
        isIncomplete: doubts.length > 0,
      };
    } finally {
      log.close();
    }
  });
}

/** Discards notes: reading the events themselves has printed them. */
const SILENT: Notes = { say: () => {}, insist: () => {}, debug: undefined };
