import { BREAK_MEANS } from '../../access/columns.js';
import { accessSheet } from '../../access/sheet.js';
import type { Context } from '../../context.js';
import type { Reading } from '../../engine/source.js';
import type { ReportAccess } from '../../report/facts.js';
import type { Selection } from '../flags/selection.js';
import type { Job } from '../job/job.js';
import { count } from '../say/numbers.js';
import type { WorkbookAccess } from '../write/writing.js';
import { remarksOf } from './remarks.js';
import { readAccessAt } from './whole.js';

/** Who has access at the end of the range of a workbook, and why that may be wrong. */
export interface AccessOfWorkbook extends WorkbookAccess {
  readonly doubts: readonly string[];
}

/** Reads the whole log up to the end of the range, by the server's clock. */
export async function accessForWorkbook(
  ctx: Context,
  job: Job,
  selection: Selection,
  begin: (reading: Reading) => void,
): Promise<AccessOfWorkbook> {
  await job.settleClock();
  const { facts } = await readAccessAt(ctx, job, selection, { before: job.query.before, begin });
  if ('why' in facts) return { sheets: [], words: facts.why, doubts: [`no sheet Access: ${facts.why}`] };
  return {
    sheets: [accessSheet(facts.answer, job.zone)],
    words: wordsOf(facts, job),
    doubts: facts.doubts.map((doubt) => `the sheet Access: ${doubt}`),
  };
}

function wordsOf(
  { answer, at, doubts }: Exclude<ReportAccess, { readonly why: string }>,
  { zone, input }: Job,
): string {
  const { breakCount } = answer;
  const breaks =
    breakCount === 0
      ? 'no two events of the log contradict each other'
      : `${count(breakCount)} ${breakCount === 1 ? 'break' : 'breaks'} in the log, listed by auditlog access --breaks: ${BREAK_MEANS}`;
  return [
    `replayed from ${input === undefined ? 'the whole log' : `all of ${input}`} up to the end of the range, whatever the filters are`,
    ...doubts,
    ...remarksOf(answer, MEMBERS, { zone, from: undefined, at }),
    breaks,
  ].join('\n');
}

const MEMBERS = { view: 'members', isRange: false, person: undefined, role: undefined } as const;
