import { createHash } from 'node:crypto';
import { usageError } from '../errors.js';
import { type AuditEvent, KINDS, type Kind } from '../event.js';
import { actionWord } from '../providers/actions.js';
import type { Provider } from '../providers/provider.js';
import { lookOf, visible } from '../terminal/lookalike.js';
import { DAY_MS, utcDay, weekdayOf } from '../time.js';
import { COLUMN_NAMES, openRow, parseColumns } from '../view.js';
import { mod } from './periods.js';

export const DIMENSION_NAMES = [
  'action',
  'category',
  'kind',
  'actor',
  'target',
  'resource',
  'source',
  'country',
  'ip',
  'org',
  'day',
  'hour',
  'weekday',
] as const;
type DimensionName = (typeof DIMENSION_NAMES)[number];

export interface DimensionContext {
  readonly provider: Provider;
  /** The local time of an instant. */
  readonly toLocal: (ms: number) => number;
}

export interface Dimension {
  /** The requested name: one of `DIMENSION_NAMES`, or a column. */
  readonly name: string;
  readonly heading: string;
  /** The value that groups events; `org` is the requested one. */
  readonly key: (event: AuditEvent, look: DimensionContext, org: string) => string;
  /** A label for people, made once for each key; not yet safe. Absent: the key. */
  readonly label?: (event: AuditEvent, org: string) => string;
  /** All keys, if their own order matters more than their counts. */
  readonly all?: readonly string[];
  readonly kind?: (key: string, look: DimensionContext) => Kind;
}

export const HOURS: readonly string[] = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));
export const WEEKDAYS: readonly string[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** The key of automated events. No id has its first character. */
export const NOBODY = '\0System';

/** Identifies actors by id, which survives renaming. */
export function actorKey({ actor }: Pick<AuditEvent, 'actor'>): string {
  return actor === undefined ? NOBODY : (actor.id ?? actor.email ?? actor.name ?? '(unknown)');
}

/** The key of events without a value. */
export const NONE = '(none)';

const TABLE: Readonly<Record<DimensionName, Omit<Dimension, 'name'>>> = {
  action: {
    heading: 'Action',
    key: ({ action }) => action || NONE,
    kind: (key, { provider }) => actionWord(provider, key).kind,
  },
  category: { heading: 'Category', key: ({ action }, { provider }) => actionWord(provider, action).category },
  kind: {
    heading: 'Kind',
    key: ({ action }, { provider }) => actionWord(provider, action).kind,
    kind: (key) => KINDS.find((kind) => kind === key) ?? 'other',
  },
  actor: {
    heading: 'Actor',
    key: actorKey,
    label: ({ actor }) => {
      if (actor === undefined) return 'System';
      const { id, email, name } = actor;
      const text = visible(email) ?? visible(name) ?? id ?? '(unknown)';
      return lookOf(text) === 'system' && id !== undefined ? `${text} (${id})` : text;
    },
  },
  target: {
    heading: 'Target',
    key: ({ target }) => (target === undefined ? NONE : (target.id ?? target.email ?? target.name ?? '(unknown)')),
    label: ({ target }) => (target === undefined ? NONE : (target.email ?? target.name ?? target.id ?? '(unknown)')),
  },
  resource: {
    heading: 'Resource',
    key: ({ resource }) => JSON.stringify([resource?.type, resource?.id ?? resource?.name]),
    label: ({ resource }) => {
      const what = resource?.name ?? resource?.id;
      if (what === undefined) return resource?.type ?? NONE;
      return resource?.type === undefined ? what : `${what} (${resource.type})`;
    },
  },
  source: { heading: 'Source', key: ({ source }) => source ?? NONE },
  country: { heading: 'Country', key: ({ country }) => country ?? NONE },
  ip: { heading: 'IP', key: ({ ip }) => ip ?? NONE },
  org: {
    heading: 'Org',
    key: ({ org }, _, asked) => org?.id ?? (asked || NONE),
    label: ({ org }, asked) => org?.name ?? org?.id ?? (asked || NONE),
  },
  day: {
    heading: 'Day',
    key: ({ time }, { toLocal }) => (Number.isNaN(time) ? NONE : utcDay(toLocal(time))),
  },
  hour: {
    heading: 'Hour',
    key: ({ time }, { toLocal }) =>
      Number.isNaN(time) ? NONE : (HOURS[Math.floor(mod(toLocal(time), DAY_MS) / 3_600_000)] ?? NONE),
    all: HOURS,
  },
  weekday: {
    heading: 'Weekday',
    key: ({ time }, { toLocal }) =>
      Number.isNaN(time) ? NONE : (WEEKDAYS[weekdayOf(Math.floor(toLocal(time) / DAY_MS))] ?? NONE),
    all: WEEKDAYS,
  },
};

/** The dimensions with these names: those of `DIMENSION_NAMES`, columns, and paths of the vendor's entries. Throws a usage error for a misspelt or repeated name. */
export function parseDimensions(names: readonly string[], provider: Provider): readonly Dimension[] {
  return names.map((name, at) => {
    if (names.indexOf(name) !== at) throw usageError(`--by names ${name} twice`);
    const found = DIMENSION_NAMES.find((known) => known === name);
    return found === undefined ? columnDimension(name, provider) : { name, ...TABLE[found] };
  });
}

/** Counts by the text of a cell. */
function columnDimension(name: string, provider: Provider): Dimension {
  const [column] = parseColumns(name, provider, {
    flag: '--by',
    names: [...DIMENSION_NAMES, ...COLUMN_NAMES.filter((column) => column !== 'extra')],
  });
  const read = openRow(column === undefined ? [] : [column], (text) => text);
  return { name, heading: name, key: (event) => shortened(read(event)[0] || NONE) };
}

const LONGEST = 1000;

/** Shortens texts for a tally, which holds many of them, and keeps different ones different. */
function shortened(text: string): string {
  if (text.length <= LONGEST) return text;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return `${text.slice(0, LONGEST)}… (${text.length} characters, ${hash})`;
}
