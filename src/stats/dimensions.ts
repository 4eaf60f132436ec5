import { usageError } from '../errors.js';
import { type AuditEvent, KINDS, type Kind } from '../event.js';
import { actionWord } from '../providers/actions.js';
import type { Provider } from '../providers/provider.js';
import { suggest } from '../suggest.js';
import { DAY_MS, weekdayOf } from '../time.js';
import { mod } from './periods.js';

export const DIMENSION_NAMES = [
  'action',
  'category',
  'kind',
  'actor',
  'resource',
  'source',
  'country',
  'ip',
  'org',
  'hour',
  'weekday',
] as const;
export type DimensionName = (typeof DIMENSION_NAMES)[number];

export interface DimensionContext {
  readonly provider: Provider;
  /** The local time of an instant. */
  readonly toLocal: (ms: number) => number;
}

export interface Dimension {
  readonly name: DimensionName;
  readonly heading: string;
  /** The value that groups events; `org` is the one that was asked. */
  readonly key: (event: AuditEvent, look: DimensionContext, org: string) => string;
  /** For people, made once for each key; not yet safe. Absent: the key. */
  readonly label?: (event: AuditEvent, org: string) => string;
  /** All keys, if their own order matters more than their counts. */
  readonly all?: readonly string[];
  readonly kind?: (key: string, look: DimensionContext) => Kind;
}

export const HOURS: readonly string[] = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));
export const WEEKDAYS: readonly string[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** For events without a value. */
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
    // By the id, which survives renaming.
    key: ({ actor }) => (actor === undefined ? 'System' : (actor.id ?? actor.email ?? actor.name ?? '(unknown)')),
    label: ({ actor }) => (actor === undefined ? 'System' : (actor.email ?? actor.name ?? actor.id ?? '(unknown)')),
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

/** The dimensions with these names. Throws a usage error for an unknown or repeated name. */
export function parseDimensions(names: readonly string[]): readonly Dimension[] {
  return names.map((name, at) => {
    const found = DIMENSION_NAMES.find((known) => known === name);
    if (found === undefined) {
      const near = suggest(name, DIMENSION_NAMES);
      const meant = near === undefined ? '' : `Did you mean ${near}? `;
      throw usageError(`--by ${name}: events cannot be counted by that`, `${meant}Use ${DIMENSION_NAMES.join(', ')}.`);
    }
    if (names.indexOf(name) !== at) throw usageError(`--by names ${name} twice`);
    return { name: found, ...TABLE[found] };
  });
}
