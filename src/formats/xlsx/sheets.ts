import { changesOf } from '../../diff/read.js';
import { isBare, shownValue } from '../../diff/show.js';
import type { AuditEvent } from '../../event.js';
import { actionWord } from '../../providers/actions.js';
import type { Provider } from '../../providers/provider.js';
import type { Zone } from '../../time.js';
import { type Column, openRow, peopleColumns, personWords, subjectWords } from '../../view.js';
import type { SheetCell, SheetColumn } from './sheet.js';

/** The facts of a workbook after its events were written. */
export interface WorkbookFacts {
  readonly events: number;
  readonly changes: number;
  /** Cells that were cut at the maximum length. */
  readonly cutCells: number;
  /** SHA-256 of the same events as NDJSON, in hex. */
  readonly ndjson: string;
  /** The organizations' names, or their ids. */
  readonly organizations: readonly string[];
}

/** The rows of the sheet *About*: a label and a value each. */
export type AboutWorkbook = (facts: WorkbookFacts) => readonly (readonly [label: string, value: SheetCell])[];

/** A sheet besides *Events*, *Changes* and *About*, filled from the same events. */
export interface ExtraSheet {
  readonly name: string;
  readonly columns: readonly SheetColumn[];
  /** Called with each event, in order. */
  see?(event: AuditEvent, org: string): void;
  /** Called once, after the last event. */
  rows(): Iterable<readonly SheetCell[]>;
}

/** How a list of events becomes rows. */
interface EventRows {
  readonly columns: readonly SheetColumn[];
  read(event: AuditEvent, org: string): readonly SheetCell[];
}

/** The options that rows depend on. */
interface RowsWorld {
  readonly provider: Provider;
  readonly columns?: readonly Column[] | undefined;
  readonly orgs?: readonly string[] | undefined;
  readonly zone: Zone;
}

/** One row an event: the requested columns, or the columns for people. Times are typed. */
export function eventRows({ provider, columns: asked, orgs = [], zone }: RowsWorld): EventRows {
  const columns = asked ?? peopleColumns(provider, { zone, orgs });
  const readRow = openRow(columns, (text) => text);
  const orgAt = columns.findIndex(({ field }) => field === 'org.id');
  const times = columns.map(({ field, isTime }) => isTime === true || field === 'time');
  return {
    columns: columns.map(({ name, read }) => ({ heading: name, ...(read === undefined ? {} : WIDEST) })),
    read: (event, org) => {
      const cells = readRow(event);
      if (orgAt >= 0 && cells[orgAt] === '' && org !== provider.defaultOrg) cells[orgAt] = org;
      return cells.map((text, at) => (times[at] ? { time: event.time, text } : text));
    },
  };
}

/** One row a changed field; none for an event without changes. */
export function changeRows({ provider, zone }: RowsWorld) {
  return {
    columns: CHANGE_COLUMNS.map((heading, at) => ({
      heading: at === 0 ? `Time (${zone.name})` : heading,
      ...(at === 1 || at === 3 ? WIDEST : {}),
    })),
    read: (event: AuditEvent): readonly (readonly SheetCell[])[] => {
      const changes = changesOf(event);
      if (changes.length === 0) return [];
      const { time, timeText, actor, action, id } = event;
      const who = actor === undefined ? 'System' : personWords(actor) || '(unknown)';
      const same = [{ time, text: timeText }, who, actionWord(provider, action).label, subjectWords(event)];
      return changes.map((change) => {
        const values = isBare(change) ? ['', ''] : [shownValue(change.before), shownValue(change.after)];
        return [...same, change.path, ...values, id];
      });
    },
  };
}

const CHANGE_COLUMNS = ['Time', 'Who', 'What happened', 'On what', 'Field', 'Old', 'New', 'Id'];

/** Columns with texts that may be long. */
const WIDEST = { widest: 56 };
