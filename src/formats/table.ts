import type { Kind } from '../event.js';
import { actionWord } from '../providers/actions.js';
import { openEventReader } from '../providers/event/reader.js';
import { kindPaints, painter } from '../terminal/color.js';
import { cut, safe, width } from '../terminal/text.js';
import { emptyPaths, type Format, type FormatOptions, NOTHING_CHANGED } from './format.js';
import { type TableColumn, tableView } from './table/columns.js';
import { fitWidths } from './table/fit.js';
import { type DrawRow, GAP, loadRows } from './table/row.js';

/** Cells of a terminal that does not tell its width. */
const USUAL_WIDTH = 80;
/** In plain text a column is padded no further than this: what is longer moves the rest of its row to the right. */
const WIDEST_PADDING = 60;
/** More of a cell's text is never looked at on a terminal. */
const LONGEST_LOOK = 20_000;

/**
 * A table for people: one row a line, whatever the entries hold. On a terminal it fits the width, cutting the right
 * columns first; elsewhere nothing is cut. The first batch decides the widths, so that rows can be shown as they come.
 */
export async function openTable(options: FormatOptions): Promise<Format> {
  const { provider, isTTY, colorLevel, resumedAfter } = options;
  const { columns, read } = tableView(options);
  const room = options.width > 0 ? options.width : USUAL_WIDTH;
  const look = (text: string) => (isTTY ? cut(safe(text.slice(0, LONGEST_LOOK)), room) : safe(text));
  const headings = columns.map(({ heading }) => look(heading));
  const [openRows, paint] = await Promise.all([loadRows(), colorLevel === 0 ? PLAIN : paintsOf(colorLevel)]);
  const filled = new Set<number>();
  const readEvent = openEventReader(provider);
  let draw: DrawRow | undefined;
  let rows = 0;

  /** The heading's line, and from now on the widths that fit these rows. */
  const begin = (texts: readonly (readonly string[])[]): string => {
    const natural = headings.map((heading, at) => {
      const least = options.live === true ? columns[at]!.sizes.comfortable : 0;
      return texts.reduce((widest, row) => Math.max(widest, width(row[at]!)), Math.max(least, width(heading)));
    });
    const widths = isTTY
      ? fitWidths(
          columns.map(({ sizes }, at) => ({ natural: natural[at]!, ...sizes })),
          room,
          GAP,
        )
      : natural.map((cells) => Math.min(cells, WIDEST_PADDING));
    draw = openRows(widths, isTTY);
    if (resumedAfter !== undefined) return '';
    return `${draw(headings.map((text) => ({ text, paint: paint.heading })))}\n`;
  };

  const line = ({ action, texts }: HeldRow): string => {
    const { kind } = actionWord(provider, action);
    const paintOf = ({ coloured }: TableColumn) => (coloured ? paint[kind] : undefined);
    return `${draw?.(columns.map((column, at) => ({ text: texts[at]!, paint: paintOf(column) })))}\n`;
  };

  let held: HeldRow[] = [];
  const flush = (): string => {
    const lines = held;
    held = [];
    if (lines.length === 0) return '';
    const heading = draw === undefined ? begin(lines.map(({ texts }) => texts)) : '';
    return heading + lines.map(line).join('');
  };

  return {
    name: 'table',
    open: () => '',
    write: ({ entries, org, more }) => {
      for (const entry of entries) {
        const event = readEvent(entry);
        const texts = read(event, org).map(look);
        for (const [at, text] of texts.entries()) if (text !== '') filled.add(at);
        held.push({ action: event.action, texts });
        rows += 1;
      }
      // Rows that are there already decide the widths together, though they come from several organizations.
      return more === true && draw === undefined ? '' : flush();
    },
    close: flush,
    facts: () => ({ ...NOTHING_CHANGED, rows, emptyPaths: emptyPaths(options.columns ?? [], filled) }),
  };
}

interface HeldRow {
  readonly action: string;
  readonly texts: readonly string[];
}

type Paint = ((text: string) => string) | undefined;
type Paints = Readonly<Record<Kind | 'heading', Paint>>;

const PLAIN: Paints = { heading: undefined, create: undefined, update: undefined, delete: undefined, other: undefined };

async function paintsOf(level: FormatOptions['colorLevel']): Promise<Paints> {
  const chalk = await painter(level);
  return { ...kindPaints(chalk), heading: chalk.bold, other: undefined };
}
