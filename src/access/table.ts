import type { ChalkInstance } from 'chalk';
import { type Cell, type DrawnColumn, loadTable } from '../formats/table/draw.js';
import { lookOf } from '../terminal/lookalike.js';
import { safe } from '../terminal/text.js';
import { formatInstant, type Zone } from '../time.js';
import { type AccessAnswer, type AccessBreak, type AccessChange, type AccessRow, personText } from './answer.js';
import { BREAK_MEANS, breakText, byText, WORDS } from './columns.js';
import type { EventMark } from './people.js';

export interface AccessLook {
  readonly chalk: ChalkInstance;
  readonly isTTY: boolean;
  readonly width: number;
  readonly zone: Zone;
}

interface AccessTableColumn<Row> {
  readonly heading: string;
  readonly read: (row: Row) => string;
  readonly least: number;
  readonly paint?: (text: string) => string;
}

/** Who has which role, or had it in a range. */
export function rowsTable(rows: readonly AccessRow[], isRange: boolean, look: AccessLook): Promise<string> {
  const { chalk, zone } = look;
  const length = timeLength(look);
  const earlier = length === DAY ? 'earlier' : 'before the log';
  return drawn(
    rows,
    [
      { heading: 'Person', read: namesOf(rows), least: 12 },
      ...shared(rows),
      { heading: 'Role', read: ({ role }) => role ?? 'unknown', least: ROLE, paint: chalk.bold },
      { heading: 'Since', read: ({ since }) => when(since, zone, length) || earlier, least: length },
      ...(isRange
        ? [{ heading: 'Until', read: ({ until }: AccessRow) => when(until, zone, length) || 'still', least: length }]
        : []),
      { heading: 'Given by', read: ({ since }) => byText(since) ?? '', least: 10 },
      ...(isRange ? [{ heading: 'Ended by', read: ({ until }: AccessRow) => byText(until) ?? '', least: 8 }] : []),
      { heading: 'Last seen acting', read: ({ lastActed }) => when(lastActed, zone, length) || 'never', least: 16 },
    ],
    look,
  );
}

/** Members whose role no event names. */
export function unknownTable(rows: readonly AccessRow[], look: AccessLook): Promise<string> {
  const { zone } = look;
  const length = timeLength(look);
  return drawn(
    rows,
    [
      { heading: 'Person', read: namesOf(rows), least: 12 },
      ...shared(rows),
      { heading: 'First seen', read: ({ seen }) => when(seen, zone, length), least: length },
      { heading: 'By', read: ({ seen }) => seen.action, least: 10 },
      { heading: 'Last seen acting', read: ({ lastActed }) => when(lastActed, zone, length) || 'never', least: 16 },
    ],
    look,
  );
}

/** Who got or lost what, oldest first. */
export function changesTable(rows: readonly AccessChange[], look: AccessLook): Promise<string> {
  const { chalk, zone } = look;
  return drawn(
    rows,
    [
      { heading: 'When', read: ({ mark }) => when(mark, zone), least: 16 },
      { heading: 'Person', read: namesOf(rows), least: 12 },
      ...shared(rows),
      { heading: 'Change', read: ({ does }) => WORDS[does], least: ROLE },
      { heading: 'Old role', read: ({ before }) => before ?? '', least: ROLE, paint: chalk.dim },
      { heading: 'New role', read: ({ after }) => after ?? '', least: ROLE, paint: chalk.bold },
      { heading: 'By', read: ({ mark }) => byText(mark) ?? '', least: 8 },
      // Ids are shown whole or not at all.
      { heading: 'Event', read: ({ mark }) => mark.id ?? '', least: 256, paint: chalk.dim },
    ],
    look,
  );
}

/** Each break with the two events around it. */
export function breaksText({ breaks, breakCount }: AccessAnswer, { chalk, zone }: AccessLook): string {
  if (breakCount === 0) return '';
  const head = `${breakCount} ${breakCount === 1 ? 'break' : 'breaks'} in the log`;
  const more = breakCount > breaks.length ? [`and ${breakCount - breaks.length} more`] : [];
  return `${[chalk.bold(chalk.red(head)), ...breaks.flatMap((one) => breakLines(one, zone)), ...more, BREAK_MEANS].join('\n')}\n`;
}

function breakLines(found: AccessBreak, zone: Zone): readonly string[] {
  const line = (side: string, { time, id, action }: EventMark): string =>
    `    ${side.padEnd(6)} ${formatInstant(time, zone)}  ${safe(action)}${id === undefined ? '' : `  ${safe(id)}`}`;
  return [
    `  ${safe(personText(found.person))}: ${safe(breakText(found))}`,
    line('before', found.before),
    line('after', found.after),
  ];
}

/** Columns that are shown only if an answer needs them. */
function shared<Row extends { readonly org: string; readonly scope: string }>(
  rows: readonly Row[],
): readonly AccessTableColumn<Row>[] {
  return [
    ...(rows.some(({ org }) => org !== rows[0]?.org)
      ? [{ heading: 'Organization', read: ({ org }: Row) => org, least: 8 }]
      : []),
    ...(rows.some(({ scope }) => scope !== '') ? [{ heading: 'In', read: ({ scope }: Row) => scope, least: 8 }] : []),
  ];
}

/** People by their names; two whose names look alike with their emails or ids. */
function namesOf<Row extends { readonly person: AccessRow['person'] }>(rows: readonly Row[]): (row: Row) => string {
  const known = new Map<string, string>();
  const twice = new Set<string>();
  for (const { person } of rows) {
    const key = JSON.stringify([person.id ?? person.email ?? person.name]);
    const look = lookOf(personText(person));
    if ((known.get(look) ?? key) !== key) twice.add(look);
    known.set(look, key);
  }
  return ({ person }) => {
    const text = personText(person);
    const more = person.email ?? person.id;
    return twice.has(lookOf(text)) && more !== undefined && more !== text ? `${text} (${more})` : text;
  };
}

/** Maximum cells of a change before it is cut. */
const ROLE = 24;

/** Narrower terminals show days instead of times, because times are never cut. */
const NARROW = 100;
const MINUTE = '2026-09-30 14:05'.length;
const DAY = '2026-09-30'.length;

/** `2026-09-30 14:05`, in the zone. */
function when(mark: EventMark | undefined, zone: Zone, length = MINUTE): string {
  return mark === undefined ? '' : formatInstant(mark.time, zone).slice(0, length).replace('T', ' ');
}

function timeLength({ isTTY, width }: AccessLook): number {
  return isTTY && width < NARROW ? DAY : MINUTE;
}

async function drawn<Row>(
  rows: readonly Row[],
  columns: readonly AccessTableColumn<Row>[],
  { chalk, isTTY, width }: AccessLook,
): Promise<string> {
  const drawnColumns: readonly DrawnColumn[] = columns.map(({ heading, least }) => ({
    heading,
    sizes: { comfortable: Math.max(least, 20), tight: least, least },
  }));
  const table = await loadTable(drawnColumns, { isTTY, width });
  const texts = rows.map((row) => columns.map(({ read }) => table.look(read(row))));
  const hidden = columns.slice(table.settle(texts).length).map(({ heading }) => heading);
  const plain = (row: readonly string[], paints: readonly Cell['paint'][]): string =>
    table.line(row.map((text, at) => ({ text, paint: paints[at] })));
  return [
    plain(
      table.headings,
      columns.map(() => chalk.bold),
    ),
    ...texts.map((row) =>
      plain(
        row,
        columns.map(({ paint }) => paint),
      ),
    ),
    ...(hidden.length === 0 ? [] : [`${chalk.dim(`Hidden, as the terminal is narrow: ${hidden.join(', ')}`)}\n`]),
  ].join('');
}
