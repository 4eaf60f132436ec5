import type { AuditEvent, Kind } from '../event.js';
import { actionWord } from '../providers/actions.js';
import { openEventReader } from '../providers/event/reader.js';
import { kindPaints, painter } from '../terminal/color.js';
import { cut } from '../terminal/text.js';
import { emptyPaths, type Format, type FormatOptions, NOTHING_CHANGED } from './format.js';
import { tableView } from './table/columns.js';
import { SeenNames } from './table/names.js';
import { openRows, USUAL_WIDTH } from './table/rows.js';
import { shortLength } from './table/shortid.js';
import type { Parts } from './table/views.js';

interface HeldRow {
  readonly action: string;
  readonly cells: readonly Parts[];
}

/** Maximum cells of an invalid time, which may be any text: a third of the line. */
const LONGEST_TIME = 30;
const LEAST_TIME = 12;

/**
 * A table for people: one row a line, whatever the entries contain, except that changes may take more lines. On a terminal it fits the width, see
 * `layout.ts`; elsewhere nothing is cut. The first batch fixes the widths, so that rows appear as they arrive. A later batch that does not fit fixes
 * them again, below a header of its own.
 */
export async function openTable(options: FormatOptions): Promise<Format> {
  const { provider, colorLevel, isTTY, resumedAfter, columns: asked = [] } = options;
  const { columns, read } = tableView(options);
  const rows = openRows(columns, options);
  const paint = colorLevel === 0 ? PLAIN : await paintsOf(colorLevel);
  const idAt = columns.findIndex(({ role, heading }) => role === 'id' && heading.main === 'Id');
  const hasShortIds = isTTY && idAt >= 0 && options.columns === undefined;
  /** The headings of columns that are not empty. */
  const filled = new Set<string>();
  const names = new SeenNames();
  const readEvent = openEventReader(provider);
  const longestTime = Math.max(LEAST_TIME, Math.min(LONGEST_TIME, Math.floor((options.width || USUAL_WIDTH) / 3)));
  let isSettled = false;
  /** Number of ambiguous names when the widths were fixed. */
  let sharedNames = 0;
  let isFirst = resumedAfter === undefined;
  let idLength = 0;
  let count = 0;
  let held: HeldRow[] = [];

  const looked = (event: AuditEvent, { main, beside, who }: Parts, at: number): Parts => {
    const text = rows.look(main);
    const isTime = isTTY && columns[at]?.role === 'time' && Number.isNaN(event.time);
    return {
      main: isTime ? cut(text, longestTime) : text,
      ...(beside === undefined ? {} : { beside: rows.look(beside) }),
      ...(who === undefined ? {} : { who: rows.look(who) }),
    };
  };
  const cellOf = ({ main, beside = '', who }: Parts, at: number) => {
    if (hasShortIds && at === idAt) return { main: main.slice(0, idLength), beside: '' };
    return isTTY && who !== undefined && names.isShared(main) ? { main, beside: who, keeps: true } : { main, beside };
  };
  const draw = ({ action, cells }: HeldRow): string => {
    const row = cells.map(cellOf);
    const { kind } = actionWord(provider, action);
    return rows.row(row, { main: (at) => (columns[at]?.coloured ? paint[kind] : undefined), beside: paint.beside });
  };
  const flush = (): string => {
    const ready = held;
    held = [];
    if (ready.length === 0) return '';
    const isNewName = isTTY && names.shared > sharedNames;
    if (!isSettled || isNewName || ready.some(({ cells }) => rows.isOverfull(cells.map(cellOf)))) {
      if (hasShortIds)
        idLength = shortLength(
          ready.map(({ cells }) => cells[idAt]?.main ?? ''),
          idLength,
        );
      rows.settle(ready.map(({ cells }) => cells.map(cellOf)));
      isSettled = true;
      sharedNames = names.shared;
      const heading = isFirst ? rows.heading(paint.heading) : '';
      isFirst = true;
      return heading + ready.map(draw).join('');
    }
    return ready.map(draw).join('');
  };

  return {
    name: 'table',
    open: () => '',
    write: ({ entries, org, more }) => {
      for (const entry of entries) {
        const event = readEvent(entry);
        const cells = read(event, org).map((parts, at) => looked(event, parts, at));
        for (const [at, { main, who }] of cells.entries()) {
          if (main !== '') filled.add(columns[at]!.heading.main);
          if (who !== undefined) names.see(main, who);
        }
        held.push({ action: event.action, cells });
        count += 1;
      }
      // Batches of several organizations that have arrived fix the widths together.
      return more === true && !isSettled ? '' : flush();
    },
    close: flush,
    facts: () => ({
      ...NOTHING_CHANGED,
      rows: count,
      emptyPaths: emptyPaths(asked, new Set(asked.flatMap(({ name }, at) => (filled.has(name) ? [at] : [])))),
      hidden: [...rows.hidden],
      ...(hasShortIds && rows.shows(idAt) ? { shortId: idLength } : {}),
    }),
  };
}

type Paints = Readonly<Record<Kind | 'heading' | 'beside', ((text: string) => string) | undefined>>;

const PLAIN: Paints = {
  heading: undefined,
  beside: undefined,
  create: undefined,
  update: undefined,
  delete: undefined,
  other: undefined,
};

async function paintsOf(level: FormatOptions['colorLevel']): Promise<Paints> {
  const chalk = await painter(level);
  return { ...kindPaints(chalk), heading: chalk.bold.underline, beside: chalk.dim, other: undefined };
}
