import { usageError } from './errors.js';
import { KINDS, type Kind } from './event.js';
import { suggest } from './suggest.js';
import { describeHours, describeRange, type Hours, type Zone } from './time.js';

/** What is asked, as a value. Commands make it from flags; the source splits it into what the server filters and what we filter. */
export interface Query {
  /** Actions wanted: exact names or globs. Empty: all. */
  readonly actions: readonly string[];
  /** Actions not wanted: exact names or globs. */
  readonly notActions: readonly string[];
  /** Groups of the vendor's vocabulary, such as `Members`, in any spelling. */
  readonly categories: readonly string[];
  readonly kinds: readonly Kind[];
  /** First instant wanted, epoch ms; undefined: from the beginning. */
  readonly from: number | undefined;
  /** First instant no longer wanted, epoch ms; undefined: no end. The range is half-open. */
  readonly before: number | undefined;
  /** Who did it: ids or emails. */
  readonly users: readonly string[];
  readonly notUsers: readonly string[];
  /** Who was affected: ids or emails. */
  readonly targets: readonly string[];
  readonly resources: readonly WantedResource[];
  readonly assistants: readonly string[];
  readonly workflows: readonly string[];
  readonly connections: readonly string[];
  readonly accounts: readonly string[];
  readonly tenants: readonly string[];
  readonly sources: readonly string[];
  readonly countries: readonly string[];
  /** Addresses, or networks such as `10.0.0.0/8`. */
  readonly ips: readonly string[];
  /** Text to be found anywhere in the entry, case-insensitive. */
  readonly search: string | undefined;
  /** The entries with one of these ids; absent: whatever their id. */
  readonly ids?: readonly string[];
  /** Hours of the day that are not wanted; absent: all are. */
  readonly outside?: Hours;
}

/** A type alone asks for every resource of it, and of the types below it: `email` for `email.domain` too. */
export interface WantedResource {
  readonly type: string;
  readonly id: string | undefined;
}

/** The query that asks for the whole log. */
export const EVERYTHING: Query = {
  actions: [],
  notActions: [],
  categories: [],
  kinds: [],
  from: undefined,
  before: undefined,
  users: [],
  notUsers: [],
  targets: [],
  resources: [],
  assistants: [],
  workflows: [],
  connections: [],
  accounts: [],
  tenants: [],
  sources: [],
  countries: [],
  ips: [],
  search: undefined,
};

/** `assistant` or `member:mem_1` as a wanted resource; an id may hold colons. Throws a usage error when a part is empty. */
export function parseResource(text: string): WantedResource {
  const colon = text.indexOf(':');
  const type = colon < 0 ? text : text.slice(0, colon);
  const id = colon < 0 ? undefined : text.slice(colon + 1);
  if (type === '' || id === '') {
    throw usageError(`--resource ${text}: a part is empty`, 'Write --resource assistant, or --resource member:mem_1.');
  }
  return { type, id };
}

/** One of `KINDS`, in any case. Throws a usage error that suggests the nearest. */
export function parseKind(text: string): Kind {
  const found = KINDS.find((kind) => kind === text.toLowerCase());
  if (found !== undefined) return found;
  const near = suggest(text, KINDS);
  const meant = near === undefined ? '' : `Did you mean ${near}? `;
  throw usageError(`--kind ${text}: there is no such kind`, `${meant}Kinds: ${KINDS.join(', ')}.`);
}

/** The whole question in one line, for stderr and manifests. */
export function describeQuery(query: Query, zone: Zone): string {
  const asked = PARTS.flatMap(([words, read]) => {
    const values = read(query);
    return values.length === 0 ? [] : [`${words} ${values.join(', ')}`];
  });
  const when = query.from === undefined && query.before === undefined ? [] : [describeRange({ ...query }, zone)];
  return [...when, ...asked].join('; ') || 'everything';
}

/** Times as they were written, such as `7d`, and the zone that they are meant in. */
export interface WrittenTimes {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly zone: string;
}

/**
 * The question as canonical JSON: equal texts ask for the same entries, whatever the order of flags. With `written` the
 * times count as they were written, so that `--from 7d` asked again later is still the same question; who resumes it
 * takes the instants from the first run.
 */
export function queryIdentity(query: Query, written?: WrittenTimes): string {
  const lists = PARTS.map(([words, read]) => [words, [...new Set(read(query))].sort()] as const);
  const times = written
    ? { from: written.from ?? null, to: written.to ?? null, zone: written.zone }
    : { from: query.from ?? null, before: query.before ?? null };
  return JSON.stringify({ ...times, ...Object.fromEntries(lists.filter(([, values]) => values.length > 0)) });
}

/** Every list of a query with the words before it. The order is that of the line; the words are part of the identity. */
const PARTS: readonly (readonly [words: string, read: (query: Query) => readonly string[]])[] = [
  ['actions', (query) => query.actions],
  ['not actions', (query) => query.notActions],
  ['category', (query) => query.categories],
  ['kind', (query) => query.kinds],
  ['by', (query) => query.users],
  ['not by', (query) => query.notUsers],
  ['affecting', (query) => query.targets],
  ['on', (query) => query.resources.map(({ type, id }) => (id === undefined ? type : `${type}:${id}`))],
  ['assistant', (query) => query.assistants],
  ['workflow', (query) => query.workflows],
  ['connection', (query) => query.connections],
  ['account', (query) => query.accounts],
  ['tenant', (query) => query.tenants],
  ['source', (query) => query.sources],
  ['country', (query) => query.countries],
  ['ip', (query) => query.ips],
  ['containing', (query) => (query.search === undefined ? [] : [JSON.stringify(query.search)])],
  ['id', (query) => query.ids ?? []],
  ['outside', (query) => (query.outside === undefined ? [] : [describeHours(query.outside)])],
];
