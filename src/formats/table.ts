import type { Kind } from '../event.js';
import { actionWord } from '../providers/actions.js';
import { openEventReader } from '../providers/event/reader.js';
import { kindPaints, painter } from '../terminal/color.js';
import { emptyPaths, type Format, type FormatOptions, NOTHING_CHANGED } from './format.js';
import { tableView } from './table/columns.js';
import { type Cell, loadTable } from './table/draw.js';

interface HeldRow {
  readonly action: string;
  readonly texts: readonly string[];
}

/**
 * A table for people: one row a line, whatever the entries hold. On a terminal it fits the width and cuts the right columns first;
 * elsewhere nothing is cut. The first batch settles the widths, so that rows appear as they arrive.
 */
export async function openTable(options: FormatOptions): Promise<Format> {
  const { provider, colorLevel, live, resumedAfter } = options;
  const { columns, read } = tableView(options);
  const drawn = columns.map((column) => (live === true ? { ...column, atLeast: column.sizes.comfortable } : column));
  const [{ look, headings, settle, line }, paint] = await Promise.all([
    loadTable(drawn, options),
    colorLevel === 0 ? PLAIN : paintsOf(colorLevel),
  ]);
  const filled = new Set<number>();
  const readEvent = openEventReader(provider);
  let isSettled = false;
  let rows = 0;
  let held: HeldRow[] = [];

  /** Settles the widths for these rows. */
  const begin = (texts: readonly (readonly string[])[]): string => {
    settle(texts);
    isSettled = true;
    return resumedAfter === undefined ? line(headings.map((text) => ({ text, paint: paint.heading }))) : '';
  };
  const draw = ({ action, texts }: HeldRow): string => {
    const { kind } = actionWord(provider, action);
    return line(columns.map(({ coloured }, at) => ({ text: texts[at]!, paint: coloured ? paint[kind] : undefined })));
  };
  const flush = (): string => {
    const ready = held;
    held = [];
    if (ready.length === 0) return '';
    return (isSettled ? '' : begin(ready.map(({ texts }) => texts))) + ready.map(draw).join('');
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
      // Batches of several organizations that are there already settle the widths together.
      return more === true && !isSettled ? '' : flush();
    },
    close: flush,
    facts: () => ({ ...NOTHING_CHANGED, rows, emptyPaths: emptyPaths(options.columns ?? [], filled) }),
  };
}

type Paints = Readonly<Record<Kind | 'heading', Cell['paint']>>;

const PLAIN: Paints = { heading: undefined, create: undefined, update: undefined, delete: undefined, other: undefined };

async function paintsOf(level: FormatOptions['colorLevel']): Promise<Paints> {
  const chalk = await painter(level);
  return { ...kindPaints(chalk), heading: chalk.bold, other: undefined };
}
