import { usageError } from '../errors.js';
import type { AuditEvent, Person } from '../event.js';
import type { FilterRow } from '../filters.js';
import { actionWord, isCategory } from '../providers/actions.js';
import { readPeople } from '../providers/event/normalize.js';
import { compileGlobs } from '../providers/glob.js';
import type { ActionWord, Provider } from '../providers/provider.js';
import { readScalar } from '../providers/value.js';
import type { Query, ResourceFilter } from '../query.js';
import { type Hours, hoursMatcher } from '../time.js';
import { addressMatcher } from './address.js';
import { textMatcher } from './search.js';

/** Whether an event is wanted. */
export type EventMatcher = (event: AuditEvent) => boolean;

type MatchedKey = Exclude<FilterRow['key'], 'actions' | 'notActions'>;

/** The matcher of each filter but those of actions, for at least one value. */
const MATCHERS: {
  readonly [Key in MatchedKey]: (wanted: NonNullable<Query[Key]>, provider: Provider) => EventMatcher;
} = {
  categories: (wanted, provider) =>
    byWord(provider, ({ category }) => wanted.some((name) => isCategory(category, name))),
  kinds: (wanted, provider) => byWord(provider, ({ kind }) => wanted.includes(kind)),
  users,
  notUsers: (unwanted, provider) => {
    const matches = users(unwanted, provider);
    return (event) => !matches(event);
  },
  targets: (wanted) => {
    const isWanted = personMatcher(wanted);
    return ({ target }) => isWanted(target);
  },
  resources,
  assistants: byId('assistant'),
  workflows: byId('workflow'),
  connections: byId('connection'),
  accounts: byId('account'),
  tenants: byId('tenant'),
  sources: byColumn('source'),
  countries: byColumn('country'),
  ips,
  search: (text) => {
    const isFound = textMatcher(text);
    return ({ value }) => isFound(value);
  },
};

/** Undefined if the query has no value for the filter. Throws a usage error for a value that makes no sense. */
export function matcherOf<Key extends MatchedKey>(
  key: Key,
  query: Pick<Query, Key>,
  provider: Provider,
): EventMatcher | undefined {
  const wanted: Query[Key] = query[key];
  return wanted === undefined || wanted.length === 0 ? undefined : MATCHERS[key](wanted, provider);
}

/** Actions that match one of `wanted` (all if it is empty) and none of `unwanted`. */
export function actions(wanted: readonly string[], unwanted: readonly string[]): EventMatcher {
  const isWanted = wanted.length === 0 ? () => true : compileGlobs(wanted);
  const isUnwanted = compileGlobs(unwanted);
  return ({ action }) => isWanted(action) && !isUnwanted(action);
}

/** Remembers the result for each action: a log has few of them. */
function byWord(provider: Provider, isWanted: (word: ActionWord) => boolean): EventMatcher {
  const known = new Map<string, boolean>();
  return ({ action }) => {
    let wanted = known.get(action);
    if (wanted === undefined) {
      wanted = isWanted(actionWord(provider, action));
      // A hostile log may have any number.
      if (known.size < 1000) known.set(action, wanted);
    }
    return wanted;
  };
}

/** Matches who did it, at any place where the vendor names that. */
function users(wanted: readonly string[], provider: Provider): EventMatcher {
  const isWanted = personMatcher(wanted);
  return (event) =>
    isWanted(event.actor) || readPeople(provider.fields.actor, event.value, event.action).some(isWanted);
}

function byId(thing: 'assistant' | 'workflow' | 'connection' | 'account' | 'tenant') {
  return (wanted: readonly string[], { fields }: Provider): EventMatcher => {
    const ids = new Set(wanted);
    return ({ value }) => {
      const id = readScalar(value, fields[thing]);
      return id !== undefined && ids.has(id);
    };
  };
}

function resources(wanted: readonly ResourceFilter[]): EventMatcher {
  const types = wanted.map(({ type, id }) => ({ type: type.toLowerCase(), id }));
  return ({ resource }) => {
    const found = resource?.type?.toLowerCase();
    if (found === undefined) return false;
    return types.some(({ type, id }) => {
      if (id !== undefined && id !== resource?.id) return false;
      return found === type || found.startsWith(`${type}.`);
    });
  };
}

/** Compares a column in any case. */
function byColumn(name: 'source' | 'country') {
  return (wanted: readonly string[]): EventMatcher => {
    const values = new Set(wanted.map((value) => value.toLowerCase()));
    return (event) => values.has(event[name]?.toLowerCase() ?? '');
  };
}

function ips(wanted: readonly string[]): EventMatcher {
  const isWanted = addressMatcher(wanted);
  if (typeof isWanted === 'string') {
    throw usageError(`--ip ${isWanted}: that is no IP address`, 'Examples: 203.0.113.7, 2001:db8::1, 10.0.0.0/8.');
  }
  return ({ ip }) => ip !== undefined && isWanted(ip);
}

export function ids(wanted: readonly string[]): EventMatcher {
  const known = new Set(wanted);
  return ({ id }) => id !== undefined && known.has(id);
}

/** Matches entries of other hours of the day, and those without a valid time. */
export function outside(hours: Hours): EventMatcher {
  const isWithin = hoursMatcher(hours);
  return ({ time }) => Number.isNaN(time) || !isWithin(time);
}

/** Compares ids exactly and emails in any case, or names where a person has neither. */
function personMatcher(wanted: readonly string[]): (person: Person | undefined) => boolean {
  const exact = new Set(wanted);
  const emails = new Set(wanted.map((value) => value.toLowerCase()));
  return (person) => {
    if (person === undefined) return false;
    const { id, email, name } = person;
    if (id === undefined && email === undefined) return name !== undefined && exact.has(name);
    return (id !== undefined && exact.has(id)) || (email !== undefined && emails.has(email.toLowerCase()));
  };
}
