import { changesOf } from '../../diff/read.js';
import { summary } from '../../diff/show.js';
import type { AuditEvent } from '../../event.js';
import type { Provider, ProviderColumn } from '../../providers/provider.js';
import { type Column, openRow } from '../../view.js';
import type { FormatOptions } from '../format.js';
import { briefSummary } from './brief.js';
import type { Sizes } from './draw.js';
import { type ColumnRole, orgText, type Parts, type SecondPart, type TableContext, VIEWS } from './views.js';
import { zoneWord } from './when.js';

export interface TableColumn {
  readonly heading: Parts;
  readonly sizes: Sizes;
  /** Whether its colour shows the kind of the action. */
  readonly coloured?: boolean;
  readonly role?: ColumnRole | undefined;
  /** The meaning of the second part of its cells. */
  readonly beside?: SecondPart | undefined;
  /** Shown only if there is room for everything else. */
  readonly isOptional?: boolean;
}

export interface TableView {
  readonly columns: readonly TableColumn[];
  /** The cells of an event from the requested org, by column; not yet safe. */
  readonly read: (event: AuditEvent, org: string) => readonly Parts[];
  /** The position of the column with changes: next to the changed thing. */
  readonly changeAt: number;
}

type TableOptions = TableContext & Pick<FormatOptions, 'columns' | 'diff' | 'orgs' | 'ids'>;

/** The requested columns, or those of the vendor's own page, or those that its entries can fill. */
export function tableView(look: TableOptions): TableView {
  const { columns, provider, orgs, ids, isTTY, live } = look;
  const isOwn = columns === undefined;
  let view = isOwn ? ownView(look) : askedView(columns);
  if (isOwn && provider.logs !== undefined) view = inserted(view, 1, LOG, ({ entry }) => entry.log ?? '');
  if (isOwn && (orgs?.length ?? 0) > 1) view = inserted(view, 1, ORG, orgText);
  if (look.diff === true) {
    const text = isTTY ? briefSummary : summary;
    view = inserted(view, view.changeAt, CHANGE, (event) => text(changesOf(event)));
  }
  const mayShowIds = isOwn && isTTY && live !== true && provider.fields.id !== undefined;
  if (ids !== true && !mayShowIds) return view;
  return inserted(view, 0, ids === true ? ID : { ...ID, isOptional: true }, ({ id }) => id ?? '');
}

const ANY_SIZE: Sizes = { comfortable: 24, tight: 14, least: 6 };

const ID: TableColumn = { heading: { main: 'Id' }, sizes: { comfortable: 8, tight: 8, least: 8 }, role: 'id' };
const ORG: TableColumn = { heading: { main: 'Org' }, sizes: { comfortable: 16, tight: 12, least: 6 } };
const LOG: TableColumn = { heading: { main: 'Log' }, sizes: { comfortable: 12, tight: 10, least: 5 } };
const CHANGE: TableColumn = {
  heading: { main: 'Change' },
  sizes: { comfortable: 40, tight: 24, least: 24 },
  role: 'change',
};

function askedView(columns: readonly Column[]): TableView {
  const read = openRow(columns, (text) => text);
  return {
    columns: columns.map(({ name, field }) => ({
      heading: { main: name },
      sizes: ANY_SIZE,
      coloured: field === 'action',
      role: field === 'time' ? 'time' : isIdName(name) ? 'id' : undefined,
    })),
    read: (event) => read(event).map((main) => ({ main })),
    changeAt: 4,
  };
}

/** Whether a column has ids, which are useless when cut. */
function isIdName(name: string): boolean {
  return /(?:^|[._])id$|[a-z]Id$/.test(name);
}

function ownView(look: TableOptions): TableView {
  const own = look.provider.columns ?? usualColumns(look.provider);
  const paths = own.map(({ shows }) => (shows.startsWith('.') ? shows.slice(1) : undefined));
  const readPaths = openRow(
    paths.flatMap((path) => (path === undefined ? [] : [{ name: path, field: undefined, places: [path] }])),
    (text) => text,
  );
  const views = own.map(({ shows }) => VIEWS[shows as keyof typeof VIEWS]);
  return {
    columns: own.map(({ heading, coloured, shows }, at) => {
      const view = views[at];
      return {
        heading: view?.beside === 'zone' ? { main: heading, ...zonePart(look) } : { main: heading },
        sizes: view?.sizes ?? ANY_SIZE,
        coloured: coloured ?? view?.coloured ?? false,
        role: view === undefined ? pathRole(shows, look.provider) : view.role,
        beside: view?.beside,
      };
    }),
    read: (event) => {
      const cells = readPaths(event);
      let next = 0;
      return views.map((view) => (view === undefined ? { main: cells[next++] ?? '' } : view.read(event, look)));
    },
    changeAt: own.findIndex(({ shows }) => shows === 'resource') + 1 || 4,
  };
}

/** Half an id or half an address is useless. */
function pathRole(path: string, { fields }: Provider): ColumnRole | undefined {
  if (fields.ip !== undefined && [fields.ip].flat().includes(path.slice(1))) return 'location';
  return isIdName(path) ? 'whole' : undefined;
}

/** A full time names its zone itself. */
function zonePart(look: TableOptions): Pick<Parts, 'beside'> {
  const hasZone = look.isTTY && look.time !== 'iso' && look.time !== 'relative';
  return hasZone ? { beside: `(${zoneWord(look)})` } : {};
}

/** For a vendor without columns of its own. */
function usualColumns({ fields }: Provider): readonly ProviderColumn[] {
  const { source, ip, country } = fields;
  return [
    { heading: 'Time', shows: 'time' },
    { heading: 'Actor', shows: 'actor' },
    { heading: 'Event', shows: 'event' },
    { heading: 'Resource', shows: 'resource' },
    ...(source === undefined ? [] : [{ heading: 'Source', shows: 'source' } as const]),
    ...(ip === undefined && country === undefined ? [] : [{ heading: 'Location', shows: 'location' } as const]),
  ];
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
    read: (event, org) => read(event, org).toSpliced(at, 0, { main: text(event, org) }),
    changeAt: changeAt < at ? changeAt : changeAt + 1,
  };
}
