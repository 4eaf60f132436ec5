import { changesOf, summary } from '../../diff.js';
import type { AuditEvent } from '../../event.js';
import { actionWord } from '../../providers/actions.js';
import { formatInstant, relativeTime, type Zone } from '../../time.js';
import { openRow } from '../../view.js';
import type { FormatOptions } from '../format.js';
import type { Sizes } from './fit.js';

export interface TableColumn {
  readonly heading: string;
  readonly sizes: Sizes;
  /** Whether the colour tells what kind of action it is. */
  readonly coloured?: boolean;
}

/** What a table shows. */
export interface TableView {
  readonly columns: readonly TableColumn[];
  /** The cells of an event, one for each column, as text that is not yet safe. */
  readonly read: (event: AuditEvent) => readonly string[];
}

type Look = Pick<FormatOptions, 'provider' | 'columns' | 'diff' | 'isTTY' | 'zone' | 'now'>;

/** The columns that were asked for, else the table's own: those that this vendor's entries can fill. */
export function tableView(look: Look): TableView {
  const view = plainView(look);
  return look.diff === true ? withChanges(view) : view;
}

function plainView(look: Look): TableView {
  if (look.columns === undefined) {
    const columns = ownColumns(look);
    return { columns, read: (event) => columns.map(({ text }) => text(event)) };
  }
  const columns = look.columns.map(({ name, field }) => ({
    heading: name,
    sizes: ANY_SIZE,
    coloured: field === 'action',
  }));
  return { columns, read: openRow(look.columns, (text) => text) };
}

/** The change stands before the columns that are the first to be cut. */
function withChanges({ columns, read }: TableView): TableView {
  const at = Math.min(columns.length, CHANGE_AT);
  return {
    columns: columns.toSpliced(at, 0, { heading: 'Change', sizes: { comfortable: 36, tight: 28, least: 12 } }),
    read: (event) => read(event).toSpliced(at, 0, summary(changesOf(event))),
  };
}

const CHANGE_AT = 4;

const ANY_SIZE: Sizes = { comfortable: 24, tight: 14, least: 6 };

interface OwnColumn extends TableColumn {
  readonly text: (event: AuditEvent) => string;
}

function ownColumns({ provider, isTTY, zone, now }: Look): readonly OwnColumn[] {
  const { source, ip, country } = provider.fields;
  const when: OwnColumn = {
    heading: isTTY ? 'When' : 'Time',
    sizes: { comfortable: 10, tight: 10, least: 8 },
    text: (event) => (isTTY ? age(event, now, zone) : instant(event, zone)),
  };
  const event: OwnColumn = {
    heading: 'Event',
    sizes: { comfortable: 24, tight: 20, least: 12 },
    text: ({ action }) => actionWord(provider, action).label,
    coloured: true,
  };
  const sourced: OwnColumn = {
    heading: 'Source',
    sizes: { comfortable: 6, tight: 6, least: 4 },
    text: (one) => one.source ?? '',
  };
  const columns = [when, ACTOR, event, RESOURCE];
  if (source !== undefined) columns.push(sourced);
  if (ip !== undefined || country !== undefined) columns.push(LOCATION);
  return columns;
}

const ACTOR: OwnColumn = {
  heading: 'Actor',
  sizes: { comfortable: 28, tight: 18, least: 10 },
  text: ({ actor }) => {
    if (actor === undefined) return 'System';
    const { name, email, id } = actor;
    if (name !== undefined && email !== undefined) return `${name} <${email}>`;
    return name ?? email ?? id ?? '(unknown)';
  },
};

const RESOURCE: OwnColumn = {
  heading: 'Resource',
  sizes: { comfortable: 24, tight: 14, least: 8 },
  text: ({ resource }) => {
    const what = resource?.name ?? resource?.id;
    if (resource?.type === undefined) return what ?? '';
    // The name first: it is what must be left when the column is cut.
    return what === undefined ? resource.type : `${what} (${resource.type})`;
  },
};

const LOCATION: OwnColumn = {
  heading: 'Location',
  sizes: { comfortable: 14, tight: 8, least: 6 },
  text: ({ country, ip }) => [country, ip].filter((part) => part !== undefined).join(' '),
};

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;

/** `just now`, `3h ago`, `2d ago`, and after a week the date. */
function age(event: AuditEvent, now: number, zone: Zone): string {
  const passed = now - event.time;
  if (Math.abs(passed) < MINUTE_MS) return 'just now';
  if (passed > 0 && passed < WEEK_MS) return relativeTime(event.time, now);
  return instant(event, zone).slice(0, passed > 0 ? 'YYYY-MM-DD'.length : undefined);
}

/** The time in the asked zone; the vendor's own text where it is no time. */
function instant(event: AuditEvent, zone: Zone): string {
  return formatInstant(event.time, zone) || event.timeText;
}
