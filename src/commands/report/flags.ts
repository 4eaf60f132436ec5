import type { Command } from 'commander';
import { usageError } from '../../errors.js';
import type { ColorChoice } from '../../terminal/color.js';
import { colorChoice } from '../flags/everywhere.js';
import { count, flag } from '../flags/flag.js';
import { pathOf } from '../flags/output.js';
import { readSelection, type Selection, type SelectionFlags } from '../flags/selection.js';

export interface ReportFlags extends SelectionFlags {
  readonly output?: string;
  readonly force?: boolean;
  readonly businessHours?: string;
  readonly businessDays?: (typeof BUSINESS_DAYS)[number];
  readonly maxEvents?: number;
  readonly table?: (typeof TABLES)[number];
  readonly title?: string;
  readonly preparedBy?: string;
  readonly access?: boolean;
}

const BUSINESS_DAYS = ['weekdays', 'all'] as const;
const TABLES = ['newest', 'review'] as const;
const USUAL_HOURS = '09:00-18:00';
const USUAL_EVENTS = 50_000;
/** Maximum number of rows that browsers show in one table. */
const MOST_EVENTS = 200_000;

export function addReportFlags(command: Command): void {
  command.optionsGroup('The report:');
  for (const option of [
    flag('-o, --output <file>', 'the HTML file; without it, standard output'),
    flag('--force', 'overwrite the file'),
    flag('--business-hours <hours>', `hours of work, in --tz (default: ${USUAL_HOURS})`),
    flag('--business-days <days>', 'the days of those hours: weekdays (default) or all').choices(BUSINESS_DAYS),
    count('--max-events <n>', `events in the table, the newest (default: ${USUAL_EVENTS}); all are counted`),
    flag('--table <which>', 'events in the table: newest (default), or only those of the review').choices(TABLES),
    flag('--access', 'add who has which role at the end, replayed from the whole log'),
    flag('--title <text>', 'the title of the report (default: Audit log report)'),
    flag('--prepared-by <name>', 'who made it, for the cover'),
  ])
    command.addOption(option);
}

/** What to report, and where to. */
export interface ReportChoice {
  readonly selection: Selection;
  /** Undefined: standard output. */
  readonly path: string | undefined;
  readonly force: boolean;
  /** As written. */
  readonly hours: string;
  readonly weekdays: boolean;
  readonly most: number;
  readonly table: (typeof TABLES)[number];
  readonly title: string;
  readonly madeBy: string | undefined;
  /** Adds who has which role. */
  readonly access: boolean;
  readonly color: ColorChoice;
}

export function readReport(flags: ReportFlags): ReportChoice {
  const { maxEvents: most = USUAL_EVENTS, businessHours: hours = USUAL_HOURS } = flags;
  const path = pathOf(flags.output);
  if (path !== undefined && !/\.html?$/i.test(path))
    throw usageError(`${path}: a report is an HTML file`, `Name it with -o ${path.replace(/\.[^./\\]*$/, '')}.html`);
  if (flags.force === true && path === undefined)
    throw usageError('--force needs -o FILE', 'Name it with -o FILE.html');
  if (most > MOST_EVENTS)
    throw usageError(
      `--max-events ${most}: a browser shows at most ${MOST_EVENTS} rows`,
      'All events are counted, whatever the table holds. For all rows: auditlog export -o FILE.csv',
    );
  return {
    selection: readSelection(flags),
    path,
    force: flags.force === true,
    hours,
    weekdays: flags.businessDays !== 'all',
    most,
    table: flags.table ?? 'newest',
    title: flags.title?.trim() || 'Audit log report',
    madeBy: flags.preparedBy?.trim() || undefined,
    access: flags.access === true,
    color: colorChoice(flags),
  };
}
