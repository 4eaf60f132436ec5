import { usageError } from './errors.js';
import { KINDS, type Kind } from './event.js';
import { FILTERS, type FilterRow, perFilter } from './filters.js';
import { suggest } from './suggest.js';
import { describeHours, describeRange, type Hours, type Zone } from './time.js';

type FilterKey = FilterRow['key'];
type KindKey = Extract<FilterKey, 'kinds' | 'notKinds'>;
type ResourceKey = Extract<FilterKey, 'resources' | 'notResources'>;

/** Which events are wanted. Commands make it from flags; the engine splits it into server-side filters and filters applied here. */
export type Query = Readonly<Record<Exclude<FilterKey, KindKey | ResourceKey>, readonly string[]>> & {
  readonly [Key in KindKey]: readonly Kind[];
} & {
  readonly [Key in ResourceKey]: readonly ResourceFilter[];
} & {
  /** First instant included, epoch ms; undefined: from the beginning. */
  readonly from: number | undefined;
  /** First instant after the range, epoch ms; undefined: no end. The range is half-open. */
  readonly before: number | undefined;
  /** Only entries with one of these ids; absent: any id. */
  readonly ids?: readonly string[];
  /** Only entries whose id begins with this; absent: any id. */
  readonly idPrefix?: string;
  /** Hours of the day to exclude; absent: none. */
  readonly outside?: Hours;
};

/** A type alone includes every resource of it and of its subtypes: `email` includes `email.domain`. */
export interface ResourceFilter {
  readonly type: string;
  readonly id: string | undefined;
}

/** The query for the whole log. */
export const EVERYTHING: Query = {
  ...perFilter(() => []),
  from: undefined,
  before: undefined,
};

/** Parses `assistant` or `member:mem_1`; an id may contain colons. Throws a usage error if a part is empty. */
export function parseResource(text: string, flag = '--resource'): ResourceFilter {
  const colon = text.indexOf(':');
  const type = colon < 0 ? text : text.slice(0, colon);
  const id = colon < 0 ? undefined : text.slice(colon + 1);
  if (type === '' || id === '') {
    throw usageError(`${flag} ${text}: a part is empty`, `Write ${flag} assistant, or ${flag} member:mem_1`);
  }
  return { type, id };
}

/** One of `KINDS`, in any case. Throws a usage error that suggests the nearest. */
export function parseKind(text: string, flag = '--kind'): Kind {
  const found = KINDS.find((kind) => kind === text.toLowerCase());
  if (found !== undefined) return found;
  const near = suggest(text, KINDS);
  throw usageError(
    `invalid ${flag} "${text}": expected create, update, delete or other`,
    near === undefined ? undefined : `Did you mean ${near}?`,
  );
}

/** The query in one line, for stderr and manifests. */
export function describeQuery(query: Query, zone: Zone): string {
  const asked = PARTS.flatMap(([words, read]) => {
    const values = read(query);
    return values.length === 0 ? [] : [`${words} ${values.join(', ')}`];
  });
  const when = query.from === undefined && query.before === undefined ? [] : [describeRange({ ...query }, zone)];
  return [...when, ...asked].join('; ') || 'everything';
}

/** Times as written, such as `7d`, and their zone. */
export interface WrittenTimes {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly zone: string;
}

/**
 * The query as canonical JSON: equal texts select the same entries, whatever the order of flags. With `written` the range is that text, so that
 * `--from 7d` is the same query a day later; a resumed run keeps the first run's instants.
 */
export function queryIdentity(query: Query, written?: WrittenTimes): string {
  const lists = PARTS.map(([words, read]) => [words, [...new Set(read(query))].sort()] as const);
  const times = written
    ? { from: written.from ?? null, to: written.to ?? null, zone: written.zone }
    : { from: query.from ?? null, before: query.before ?? null };
  return JSON.stringify({ ...times, ...Object.fromEntries(lists.filter(([, values]) => values.length > 0)) });
}

/** Every part of a query but its range, with the words before it. Order and words are part of the identity. */
const PARTS: readonly (readonly [words: string, read: (query: Query) => readonly string[]])[] = [
  ...FILTERS.map(({ words, key }) => [words, (query: Query) => textsOf(query, key)] as const),
  ['id', (query) => query.ids ?? []],
  ['id from', (query) => (query.idPrefix === undefined ? [] : [query.idPrefix])],
  ['outside', (query) => (query.outside === undefined ? [] : [describeHours(query.outside)])],
];

function textsOf(query: Query, key: FilterKey): readonly string[] {
  if (key === 'search' || key === 'notSearch') return query[key].map((text) => JSON.stringify(text));
  if (key !== 'resources' && key !== 'notResources') return query[key];
  return query[key].map(({ type, id }) => (id === undefined ? type : `${type}:${id}`));
}
