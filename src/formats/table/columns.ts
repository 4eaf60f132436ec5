import { changesOf } from '../../diff/read.js';
import { summary } from '../../diff/show.js';
import type { AuditEvent } from '../../event.js';
import type { Provider, ProviderColumn } from '../../providers/provider.js';
import { type Column, openRow } from '../../view.js';
import type { FormatOptions } from '../format.js';
import type { Sizes } from './draw.js';
import { MOMENT_SIZES, orgText, type TableContext, VIEWS } from './views.js';

export interface TableColumn {
  readonly heading: string;
  readonly sizes: Sizes;
  /** Whether its colour shows the kind of the action. */
  readonly coloured?: boolean;
}

export interface TableView {
  readonly columns: readonly TableColumn[];
  /** The cells of an event from the org that was asked, by column; not yet safe. */
  readonly read: (event: AuditEvent, org: string) => readonly string[];
  /** The index for a column with the change: beside what was changed, before the columns that are cut first. */
  readonly changeAt: number;
}

type TableOptions = TableContext & Pick<FormatOptions, 'columns' | 'diff' | 'orgs'>;

/** The columns that were asked for, or those of the vendor's own page, or those that its entries can fill. */
export function tableView(look: TableOptions): TableView {
  const view = look.columns === undefined ? ownView(look) : askedView(look.columns);
  const several = look.columns === undefined && (look.orgs?.length ?? 0) > 1;
  const logged = look.columns === undefined && look.provider.logs !== undefined ? withLog(view) : view;
  const placed = several ? withOrg(logged) : logged;
  return look.diff === true ? withChanges(placed) : placed;
}

const ANY_SIZE: Sizes = { comfortable: 24, tight: 14, least: 6 };

function askedView(columns: readonly Column[]): TableView {
  return {
    columns: columns.map(({ name, field }) => ({ heading: name, sizes: ANY_SIZE, coloured: field === 'action' })),
    read: openRow(columns, (text) => text),
    changeAt: 4,
  };
}

function ownView(look: TableOptions): TableView {
  const own = look.provider.columns ?? usualColumns(look.provider, look.isTTY);
  const paths = own.map(({ shows }) => (shows.startsWith('.') ? shows.slice(1) : undefined));
  const readPaths = openRow(
    paths.flatMap((path) => (path === undefined ? [] : [{ name: path, field: undefined, places: [path] }])),
    (text) => text,
  );
  const views = own.map(({ shows }) => VIEWS[shows as keyof typeof VIEWS]);
  return {
    columns: own.map(({ heading, coloured }, at) => ({
      heading,
      sizes: look.live === true && views[at] === VIEWS.time ? MOMENT_SIZES : (views[at]?.sizes ?? ANY_SIZE),
      coloured: coloured ?? views[at]?.coloured ?? false,
    })),
    read: (event) => {
      const cells = readPaths(event);
      let next = 0;
      return views.map((view) => (view === undefined ? (cells[next++] ?? '') : view.text(event, look)));
    },
    changeAt: own.findIndex(({ shows }) => shows === 'resource') + 1 || 4,
  };
}

/** For a vendor without columns of its own. */
function usualColumns({ fields }: Provider, isTTY: boolean): readonly ProviderColumn[] {
  const { source, ip, country } = fields;
  return [
    { heading: isTTY ? 'When' : 'Time', shows: 'time' },
    { heading: 'Actor', shows: 'actor' },
    { heading: 'Event', shows: 'event' },
    { heading: 'Resource', shows: 'resource' },
    ...(source === undefined ? [] : [{ heading: 'Source', shows: 'source' }]),
    ...(ip === undefined && country === undefined ? [] : [{ heading: 'Location', shows: 'location' }]),
  ];
}

/** After the first column, since the last ones are cut first. */
function withOrg(view: TableView): TableView {
  const sizes = { comfortable: 16, tight: 12, least: 6 };
  return inserted(view, 1, { heading: 'Org', sizes }, orgText);
}

function withLog(view: TableView): TableView {
  const sizes = { comfortable: 12, tight: 10, least: 5 };
  return inserted(view, 1, { heading: 'Log', sizes }, ({ entry }) => entry.log ?? '');
}

function withChanges(view: TableView): TableView {
  const sizes = { comfortable: 36, tight: 28, least: 12 };
  return inserted(view, view.changeAt, { heading: 'Change', sizes }, (event) => summary(changesOf(event)));
}

function inserted(
  { columns, read, changeAt }: TableView,
  place: number,
  column: TableColumn,
  text: (event: AuditEvent, org: string) => string,
): TableView {
  const at = Math.min(columns.length, place);
  return {
    columns: columns.toSpliced(at, 0, column),
    read: (event, org) => read(event, org).toSpliced(at, 0, text(event, org)),
    changeAt: changeAt < at ? changeAt : changeAt + 1,
  };
}
