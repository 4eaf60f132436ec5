import { changesOf } from '../../diff/read.js';
import { summary } from '../../diff/show.js';
import type { AuditEvent, Person, Resource } from '../../event.js';
import { actionWord } from '../../providers/actions.js';
import type { ColumnView, Provider } from '../../providers/provider.js';
import { formatInstant, relativeTime, type Zone } from '../../time.js';
import type { Sizes } from './draw.js';

export interface TableContext {
  readonly provider: Provider;
  readonly isTTY: boolean;
  readonly live?: boolean | undefined;
  readonly zone: Zone;
  readonly now: number;
}

/** What a column shows of an event; not yet safe. */
export interface View {
  readonly sizes: Sizes;
  /** Whether its colour shows the kind of the action. */
  readonly coloured?: boolean;
  readonly text: (event: AuditEvent, look: TableContext) => string;
}

export const VIEWS: Readonly<Record<ColumnView, View>> = {
  time: {
    sizes: { comfortable: 10, tight: 10, least: 10 },
    text: (event, { isTTY, live, zone, now }) => {
      if (!isTTY) return instant(event, zone);
      return live === true ? moment(event, zone) : age(event, now, zone);
    },
  },
  actor: {
    sizes: { comfortable: 28, tight: 18, least: 10 },
    text: ({ actor }) => (actor === undefined ? 'System' : personText(actor) || '(unknown)'),
  },
  event: {
    sizes: { comfortable: 24, tight: 20, least: 14 },
    coloured: true,
    text: ({ action }, { provider }) => actionWord(provider, action).label,
  },
  category: {
    sizes: { comfortable: 16, tight: 12, least: 6 },
    text: ({ action }, { provider }) => actionWord(provider, action).category,
  },
  resource: {
    sizes: { comfortable: 24, tight: 14, least: 8 },
    text: ({ resource }) => resourceText(resource),
  },
  target: {
    sizes: { comfortable: 24, tight: 14, least: 8 },
    text: ({ target }) => (target === undefined ? '' : personText(target)),
  },
  source: { sizes: { comfortable: 6, tight: 6, least: 4 }, text: ({ source }) => source ?? '' },
  location: {
    sizes: { comfortable: 14, tight: 8, least: 4 },
    text: ({ country, ip }) => [country, ip].filter((part) => part !== undefined).join(' '),
  },
  details: {
    sizes: { comfortable: 40, tight: 24, least: 12 },
    text: (event) => {
      const whom = event.target?.email ?? event.target?.name ?? event.target?.id ?? '';
      return [whom, resourceText(event.resource), summary(changesOf(event))].filter((part) => part !== '').join('; ');
    },
  },
};

/** The org that an entry names, or the one that was asked. */
export function orgText({ org }: AuditEvent, asked: string): string {
  return org?.name ?? org?.id ?? asked;
}

function personText({ name, email, id }: Person): string {
  if (name !== undefined && email !== undefined) return `${name} <${email}>`;
  return name ?? email ?? id ?? '';
}

/** The name first, as the end is cut first. */
function resourceText(resource: Resource | undefined): string {
  const what = resource?.name ?? resource?.id;
  if (resource?.type === undefined) return what ?? '';
  return what === undefined ? resource.type : `${what} (${resource.type})`;
}

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;

/** `just now`, `3h ago`, `2d ago`; the date after a week. */
function age(event: AuditEvent, now: number, zone: Zone): string {
  const passed = now - event.time;
  if (Math.abs(passed) < MINUTE_MS) return 'just now';
  if (passed > 0 && passed < WEEK_MS) return relativeTime(event.time, now);
  return instant(event, zone).slice(0, passed > 0 ? 'YYYY-MM-DD'.length : undefined);
}

/** A time that stays on the screen for hours. It is about now, so it needs no year. */
function moment(event: AuditEvent, zone: Zone): string {
  const text = formatInstant(event.time, zone);
  return text === '' ? event.timeText : `${text.slice(5, 10)} ${text.slice(11, 19)}`;
}

/** Room for `03-01 09:30:00`. */
export const MOMENT_SIZES: Sizes = { comfortable: 14, tight: 14, least: 14 };

/** The time in the zone; the vendor's own text if it is not valid. */
function instant(event: AuditEvent, zone: Zone): string {
  return formatInstant(event.time, zone) || event.timeText;
}
