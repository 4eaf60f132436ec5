import { usageError } from '../errors.js';
import type { AuditEvent, Person, Resource } from '../event.js';
import type { FilterRow } from '../filters.js';
import { actionWord, isCategory } from '../providers/actions.js';
import { readPeople } from '../providers/event/normalize.js';
import { compileGlobs, isGlob, matchesGlob } from '../providers/glob.js';
import type { ActionWord, Provider } from '../providers/provider.js';
import { readScalar } from '../providers/value.js';
import type { Query, ResourceFilter } from '../query.js';
import { type Hours, hoursMatcher } from '../time.js';
import { addressMatcher } from './address.js';
import { countryMatcher } from './country.js';
import { fold, textMatcher } from './search.js';

/** Whether an event is wanted. */
export type EventMatcher = (event: AuditEvent) => boolean;

type MatchedRow = Exclude<FilterRow, { readonly key: 'actions' | 'notActions' }>;
type MatchedKey = Exclude<MatchedRow, { readonly negates: string }>['key'];

/** The matcher of each filter except actions, for one value or more. */
const MATCHERS: {
  readonly [Key in MatchedKey]: (wanted: Query[Key], provider: Provider) => EventMatcher;
} = {
  categories: (wanted, provider) =>
    byWord(provider, ({ category }) => wanted.some((name) => isCategory(category, name))),
  kinds: (wanted, provider) => byWord(provider, ({ kind }) => wanted.includes(kind)),
  users,
  targets,
  about,
  resources,
  assistants: byId('assistant'),
  workflows: byId('workflow'),
  connections: byId('connection'),
  accounts: byId('account'),
  tenants: byId('tenant'),
  sources,
  countries: (wanted) => {
    const isWanted = countryMatcher(wanted);
    return ({ country }) => isWanted(country);
  },
  ips,
  search: (texts) => {
    const isFound = texts.map(textMatcher);
    return ({ value }) => isFound.every((found) => found(value));
  },
};

/** Undefined if the query has no value for the filter. Throws a usage error for an invalid value. */
export function matcherOf(row: MatchedRow, query: Query, provider: Provider): EventMatcher | undefined {
  const values = query[row.key];
  if (values.length === 0) return undefined;
  const key: MatchedKey = 'negates' in row ? row.negates : row.key;
  const make = MATCHERS[key] as (wanted: readonly unknown[], provider: Provider) => EventMatcher;
  if (!('negates' in row)) return make(values, provider);
  // An opposite matches if none of the values does, even for filters that require all of them.
  const matchers = 'whole' in row ? values.map((value) => make([value], provider)) : [make(values, provider)];
  return (event) => !matchers.some((matches) => matches(event));
}

/** Matches actions in `wanted` (all if it is empty) and not in `unwanted`. */
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
      // A hostile log may have any number of actions.
      if (known.size < 1000) known.set(action, wanted);
    }
    return wanted;
  };
}

/** Matches who did it, in any place where the vendor names that. */
function users(wanted: readonly string[], provider: Provider): EventMatcher {
  const isWanted = personMatcher(wanted);
  return (event) =>
    isWanted(event.actor) || readPeople(provider.fields.actor, event.value, event.action).some(isWanted);
}

/** Matches who was affected. */
function targets(wanted: readonly string[]): EventMatcher {
  const isWanted = personMatcher(wanted);
  return ({ target }) => isWanted(target);
}

/** Matches the actor and the affected person, also if that person is the resource. */
function about(wanted: readonly string[], provider: Provider): EventMatcher {
  const isActor = users(wanted, provider);
  const isTarget = targets(wanted);
  const isWanted = personMatcher(wanted);
  const known = new Set(wanted);
  return (event) => {
    if (isActor(event) || isTarget(event)) return true;
    const { resource } = event;
    return (
      resource !== undefined && ((resource.id !== undefined && known.has(resource.id)) || isWanted(asPerson(resource)))
    );
  };
}

/** Undefined unless the resource is a person: other resources may be named after one. */
function asPerson({ type = '', id, name }: Resource): Person | undefined {
  const isEmail = name?.includes('@') === true;
  if (!isEmail && !PEOPLE.test(type)) return undefined;
  return { ...(id !== undefined && { id }), ...(name !== undefined && (isEmail ? { email: name } : { name })) };
}

/** The last word of a type: `member`, `org.user`, `AppUser`. */
const PEOPLE = /(?:user|member|person|people|guest|employee|invitee)s?$/i;

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

/** In any case of letters. */
function sources(wanted: readonly string[]): EventMatcher {
  const values = new Set(wanted.map((value) => value.toLowerCase()));
  return ({ source }) => values.has(source?.toLowerCase() ?? '');
}

function ips(wanted: readonly string[]): EventMatcher {
  const isWanted = addressMatcher(wanted);
  if (typeof isWanted === 'string') {
    throw usageError(
      `invalid --ip "${isWanted}": expected an IP address`,
      'Examples: 203.0.113.7, 2001:db8::1, 10.0.0.0/8',
    );
  }
  return ({ ip }) => ip !== undefined && isWanted(ip);
}

export function ids(wanted: readonly string[]): EventMatcher {
  const known = new Set(wanted);
  return ({ id }) => id !== undefined && known.has(id);
}

/** Matches entries outside these hours of the day, and those without a valid time. */
export function outside(hours: Hours): EventMatcher {
  const isWithin = hoursMatcher(hours);
  return ({ time }) => Number.isNaN(time) || !isWithin(time);
}

/**
 * Compares ids exactly and emails in any case, or names if a person has neither. Patterns such as `*dana*` are compared with ids, emails and names,
 * in any case.
 */
function personMatcher(wanted: readonly string[]): (person: Person | undefined) => boolean {
  const exact = new Set(wanted);
  const emails = new Set(wanted.map((value) => value.toLowerCase()));
  const patterns = wanted.filter(isGlob).map(fold);
  const isLike = (text: string | undefined): boolean =>
    text !== undefined && patterns.some((pattern) => matchesGlob(pattern, fold(text)));
  return (person) => {
    if (person === undefined) return false;
    const { id, email, name } = person;
    if (patterns.length > 0 && (isLike(id) || isLike(email) || isLike(name))) return true;
    if (id === undefined && email === undefined) return name !== undefined && exact.has(name);
    return (id !== undefined && exact.has(id)) || (email !== undefined && emails.has(email.toLowerCase()));
  };
}
