import type { AccessAnswer } from '../../access/answer.js';
import { BREAK_COLUMNS, CHANGE_COLUMNS, ROW_COLUMNS } from '../../access/columns.js';
import { type AccessLook, breaksText, changesTable, rowsTable, unknownTable } from '../../access/table.js';
import { type AccessFacts, accessCsv, accessDocument, accessNdjson } from '../../access/text.js';
import type { Context } from '../../context.js';
import type { Verdict } from '../../engine/source.js';
import { type ColorChoice, colorLevel, painter } from '../../terminal/color.js';
import type { AccessChoice } from './flags.js';

interface Shown {
  /** The requested part. */
  readonly answer: AccessAnswer;
  readonly choice: AccessChoice;
  readonly color: ColorChoice;
  readonly facts: Omit<AccessFacts, 'verdict'>;
  readonly verdict: Verdict;
}

/** Formats an answer. */
export async function accessText(ctx: Context, { answer, choice, color, facts, verdict }: Shown): Promise<string> {
  const { format, view, path } = choice;
  const { zone } = facts;
  if (format === 'json') return accessDocument(answer, { ...facts, verdict: verdict.status });
  if (format === 'table') {
    const isTTY = ctx.stdout.isTTY && path === undefined;
    const level = path === undefined ? colorLevel(ctx.env, ctx.stdout, color) : 0;
    const look = { chalk: await painter(level), isTTY, width: ctx.stdout.columns(), zone };
    return tableText(answer, choice, look);
  }
  const write = {
    csv: { members: accessCsv, changes: accessCsv, breaks: accessCsv },
    ndjson: { members: accessNdjson, changes: accessNdjson, breaks: accessNdjson },
  }[format];
  if (view === 'changes') return write.changes(CHANGE_COLUMNS, answer.changes, zone);
  if (view === 'breaks') return write.breaks(BREAK_COLUMNS, answer.breaks, zone);
  return write.members(ROW_COLUMNS, [...answer.rows, ...(choice.role === undefined ? answer.unknown : [])], zone);
}

async function tableText(
  answer: AccessAnswer,
  { view, isRange, role }: AccessChoice,
  look: AccessLook,
): Promise<string> {
  const { rows, unknown, changes } = answer;
  const breaks = breaksText(answer, look);
  if (view === 'breaks') return breaks === '' ? 'no breaks: no two events of the log contradict each other\n' : breaks;
  if (view === 'changes') return [await changesTable(changes, look), ...(breaks === '' ? [] : ['\n', breaks])].join('');
  const title = look.chalk.bold('Role unknown: no event says it');
  const isAsked = unknown.length > 0 && role === undefined;
  return [
    await rowsTable(rows, isRange, look),
    ...(isAsked ? ['\n', `${title}\n`, await unknownTable(unknown, look)] : []),
    ...(breaks === '' ? [] : ['\n', breaks]),
  ].join('');
}
