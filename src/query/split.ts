import { usageError } from '../errors.js';
import type { AuditEvent } from '../event.js';
import { spellings } from '../providers/actions.js';
import { isJoined } from '../providers/event/normalize.js';
import { isGlob, matchesAny } from '../providers/glob.js';
import type { Provider, WireFilter } from '../providers/provider.js';
import { resourceTypes } from '../providers/resources.js';
import type { Query } from '../query.js';
import * as by from './match.js';

/** What the server is asked to filter: one value for each of its parameters. The range of days is the reader's. */
export interface Wire {
  readonly filters: Readonly<Partial<Record<WireFilter, string>>>;
}

/** Whether an event is wanted. */
export type Matcher = (event: AuditEvent) => boolean;

/** `per-action`: one stream of requests for each exact action; `unfiltered`: one stream for all, actions filtered here. */
export type Plan = 'per-action' | 'unfiltered';

/** A query, split into what the server filters and what is filtered here. */
export interface QuerySplit {
  /** Every filter of the server that the query can use, the action apart. */
  readonly base: Wire;
  /**
   * The actions asked for, when all are exact and the server filters by action: one stream each is possible. Undefined
   * when it is not. Which plan costs fewer requests is the reader's to find out.
   */
  readonly actionsExact: readonly string[] | undefined;
  /** First instant wanted and first no longer wanted, epoch ms: the reader trims by these, whatever days it asks for. */
  readonly from: number | undefined;
  readonly before: number | undefined;
  /** What to ask; one wire for `unfiltered`. Only ask for `per-action` when `actionsExact` is set. */
  wiresFor(plan: Plan): readonly Wire[];
  /** What is left to filter here, apart from the range; undefined when nothing is, and no event need be made. */
  localFor(plan: Plan): Matcher | undefined;
  /** What holds for every entry of a wire if the server filtered as asked: one that fails shows that it did not. Undefined when nothing was asked. */
  claim(wire: Wire): Matcher | undefined;
}

/** Throws a usage error for a filter that this vendor's entries cannot answer, or a value that it would refuse. */
export function splitQuery(provider: Provider, query: Query): QuerySplit {
  refuse(provider, query);
  const base: Partial<Record<WireFilter, string>> = {};
  const local: Matcher[] = [];
  const asked: readonly Asked[] = [
    { filter: 'user', values: query.users, sendable: isId, matcher: () => by.users(provider, query.users) },
    { filter: 'target', values: query.targets, sendable: isId, matcher: () => by.targets(query.targets) },
    ...THINGS.map(
      ({ thing, values }): Asked => ({
        filter: thing,
        values: values(query),
        sendable: () => true,
        matcher: () => by.things(provider, thing, values(query)),
      }),
    ),
  ];
  for (const { filter, values, sendable, matcher } of asked) {
    const [only, ...more] = new Set(values);
    if (only === undefined) continue;
    if (provider.filters[filter] !== undefined && more.length === 0 && sendable(only)) base[filter] = only;
    else local.push(matcher());
  }
  const type = sendableType(provider, query);
  if (type !== undefined) base.resourceType = type;
  local.push(...alwaysLocal(provider, query));

  const wanted = query.actions.flatMap((action) => spellings(provider, action));
  const unwanted = query.notActions.flatMap((action) => spellings(provider, action));
  if (wanted.length > 0 && wanted.every((name) => !isGlob(name) && matchesAny(unwanted, name))) {
    throw usageError('--not-action excludes every action that --action asks for');
  }
  const actionsExact = exactActions(provider, wanted, unwanted);
  return {
    base: { filters: base },
    actionsExact,
    from: query.from,
    before: query.before,
    wiresFor: (plan) =>
      plan === 'per-action' && actionsExact
        ? actionsExact.map((action) => ({ filters: { ...base, action } }))
        : [{ filters: base }],
    localFor: (plan) => {
      if (plan === 'per-action' || wanted.length + unwanted.length === 0) return every(local);
      return every([by.actions(wanted, unwanted), ...local]);
    },
    claim: ({ filters }) => every(claims(provider, filters)),
  };
}

interface Asked {
  readonly filter: WireFilter;
  readonly values: readonly string[];
  /** Whether the server's filter means the same for this value. */
  readonly sendable: (value: string) => boolean;
  readonly matcher: () => Matcher;
}

const THINGS = [
  { thing: 'assistant', values: (query: Query) => query.assistants },
  { thing: 'workflow', values: (query: Query) => query.workflows },
  { thing: 'connection', values: (query: Query) => query.connections },
  { thing: 'account', values: (query: Query) => query.accounts },
  { thing: 'tenant', values: (query: Query) => query.tenants },
] as const;

/** Servers know people by id: an email is found here. */
function isId(value: string): boolean {
  return !value.includes('@');
}

/** What no server of ours filters. */
function alwaysLocal(provider: Provider, query: Query): readonly Matcher[] {
  const matchers: Matcher[] = [];
  if (query.categories.length > 0) matchers.push(by.categories(provider, query.categories));
  if (query.kinds.length > 0) matchers.push(by.kinds(provider, query.kinds));
  if (query.notUsers.length > 0) matchers.push(by.not(by.users(provider, query.notUsers)));
  if (query.resources.length > 0 && !isWholeType(query, sendableType(provider, query))) {
    matchers.push(by.resources(query.resources));
  }
  if (query.sources.length > 0) matchers.push(by.column('source', query.sources));
  if (query.countries.length > 0) matchers.push(by.column('country', query.countries));
  if (query.ips.length > 0) matchers.push(by.ips(query.ips));
  if (query.search !== undefined) matchers.push(by.search(query.search));
  if (query.ids !== undefined && query.ids.length > 0) matchers.push(by.ids(query.ids));
  if (query.outside !== undefined) matchers.push(by.outside(query.outside));
  return matchers;
}

/** The resource type to send: the only one asked for, when the vendor knows it and has no types below it. */
function sendableType(provider: Provider, query: Query): string | undefined {
  const [type, ...more] = new Set(query.resources.map((wanted) => wanted.type));
  if (provider.filters.resourceType === undefined || type === undefined || more.length > 0) return undefined;
  const types = resourceTypes(provider);
  return types.includes(type) && !types.some((known) => known.startsWith(`${type}.`)) ? type : undefined;
}

function isWholeType(query: Query, sent: string | undefined): boolean {
  return sent !== undefined && query.resources.some((wanted) => wanted.id === undefined);
}

/** Names that are put together from several fields (join) are not what the vendor's own filter takes. */
function exactActions(
  provider: Provider,
  wanted: readonly string[],
  unwanted: readonly string[],
): readonly string[] | undefined {
  if (provider.filters.action === undefined || isJoined(provider.fields.action)) return undefined;
  if (wanted.length === 0 || wanted.some(isGlob)) return undefined;
  return [...new Set(wanted)].filter((name) => !matchesAny(unwanted, name));
}

function claims(provider: Provider, filters: Wire['filters']): readonly Matcher[] {
  const { action, user, target, resourceType } = filters;
  const matchers: Matcher[] = [];
  if (action !== undefined) matchers.push((event) => event.action === action);
  if (user !== undefined) matchers.push(by.users(provider, [user]));
  if (target !== undefined) matchers.push(by.targets([target]));
  if (resourceType !== undefined) matchers.push(by.resources([{ type: resourceType, id: undefined }]));
  for (const { thing } of THINGS) {
    const id = filters[thing];
    if (id !== undefined) matchers.push(by.things(provider, thing, [id]));
  }
  return matchers;
}

function every(matchers: readonly Matcher[]): Matcher | undefined {
  if (matchers.length < 2) return matchers[0];
  return (event) => matchers.every((matches) => matches(event));
}

/** What can be known to be wrong before anything is asked. */
function refuse(provider: Provider, query: Query): void {
  for (const { flag, values, field, isSent } of LIMITED) {
    const asked = values(query);
    if (asked.length === 0) continue;
    if (provider.fields[field] === undefined) {
      const hint = 'Use --search TEXT, or --columns with a path of the entry, to find what this vendor tells.';
      throw usageError(`${provider.title}'s entries tell no ${field}, so ${flag} cannot be answered`, hint);
    }
    if (asked.includes('')) throw usageError(`${flag} has an empty value`);
    const email = asked.find((value) => value.includes('@'));
    if (email !== undefined && (field === 'actor' || field === 'target') && knowsOnlyIds(provider, field))
      throw usageError(
        `${provider.title}'s entries tell no email address there, so ${flag} ${email} cannot be answered`,
        'Ask by id, or use --search.',
      );
    const max = provider.filterMax ?? Number.POSITIVE_INFINITY;
    if (isSent !== undefined && asked.some((value) => isSent(value) && [...value].length > max)) {
      throw usageError(`${flag}: an id is longer than the ${max} characters that ${provider.title} takes`);
    }
  }
  if (query.ids !== undefined && query.ids.length > 0 && provider.fields.id === undefined)
    throw usageError(
      `${provider.title}'s entries have no id to be found by`,
      'Find one by its time and its words: --from, --action, --search.',
    );
  if (query.search === '') throw usageError('--search has an empty value');
}

function knowsOnlyIds({ fields }: Provider, field: 'actor' | 'target'): boolean {
  const places = [fields[field] ?? []].flat();
  return places.every(({ id, name, email }) => id !== undefined && name === undefined && email === undefined);
}

interface Limited {
  readonly flag: string;
  readonly values: (query: Query) => readonly string[];
  /** The field of the entry that answers it. */
  readonly field: keyof Provider['fields'];
  /** Whether a value is one that could be sent, and so must not be too long. */
  readonly isSent?: (value: string) => boolean;
}

const LIMITED: readonly Limited[] = [
  { flag: '--user', values: (query) => query.users, field: 'actor', isSent: isId },
  { flag: '--not-user', values: (query) => query.notUsers, field: 'actor' },
  { flag: '--target', values: (query) => query.targets, field: 'target', isSent: isId },
  ...THINGS.map(({ thing, values }) => ({ flag: `--${thing}`, values, field: thing, isSent: () => true })),
  { flag: '--source', values: (query) => query.sources, field: 'source' },
  { flag: '--country', values: (query) => query.countries, field: 'country' },
  { flag: '--ip', values: (query) => query.ips, field: 'ip' },
];
