import { usageError } from '../errors.js';
import type { AuditEvent, Kind, Person } from '../event.js';
import { actionWord, isCategory } from '../providers/actions.js';
import { readPeople } from '../providers/event/normalize.js';
import { compileGlobs } from '../providers/glob.js';
import type { ActionWord, Provider } from '../providers/provider.js';
import { readScalar } from '../providers/value.js';
import type { WantedResource } from '../query.js';
import { type Hours, hoursMatcher } from '../time.js';
import { addressMatcher } from './address.js';
import { textMatcher } from './search.js';

type Matcher = (event: AuditEvent) => boolean;

export function not(matches: Matcher): Matcher {
  return (event) => !matches(event);
}

/** Actions that match one of `wanted` (all, when it is empty) and none of `unwanted`. */
export function actions(wanted: readonly string[], unwanted: readonly string[]): Matcher {
  const isWanted = wanted.length === 0 ? () => true : compileGlobs(wanted);
  const isUnwanted = compileGlobs(unwanted);
  return ({ action }) => isWanted(action) && !isUnwanted(action);
}

/** Entries whose action is shown in one of the vendor's groups. */
export function categories(provider: Provider, wanted: readonly string[]): Matcher {
  return byWord(provider, ({ category }) => wanted.some((name) => isCategory(category, name)));
}

/** Entries whose action does one of these things. */
export function kinds(provider: Provider, wanted: readonly Kind[]): Matcher {
  return byWord(provider, ({ kind }) => wanted.includes(kind));
}

/** A log has few actions, each many times. */
function byWord(provider: Provider, isWanted: (word: ActionWord) => boolean): Matcher {
  const known = new Map<string, boolean>();
  return ({ action }) => {
    let wanted = known.get(action);
    if (wanted === undefined) {
      wanted = isWanted(actionWord(provider, action));
      // A hostile log may have endless ones: those are judged each time.
      if (known.size < 1000) known.set(action, wanted);
    }
    return wanted;
  };
}

/** Entries that name one of the people as who did it, at any of the places where the vendor does. */
export function users(provider: Provider, wanted: readonly string[]): Matcher {
  const isWanted = personMatcher(wanted);
  return (event) =>
    isWanted(event.actor) || readPeople(provider.fields.actor, event.value, event.action).some(isWanted);
}

export function targets(wanted: readonly string[]): Matcher {
  const isWanted = personMatcher(wanted);
  return ({ target }) => isWanted(target);
}

/** Entries about one of these assistants, workflows, connections, or from one of these accounts or tenants. */
export function things(
  provider: Provider,
  thing: 'assistant' | 'workflow' | 'connection' | 'account' | 'tenant',
  wanted: readonly string[],
): Matcher {
  const ids = new Set(wanted);
  return ({ value }) => {
    const id = readScalar(value, provider.fields[thing]);
    return id !== undefined && ids.has(id);
  };
}

export function resources(wanted: readonly WantedResource[]): Matcher {
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

/** Entries whose column is one of the values, case-insensitive. */
export function column(name: 'source' | 'country', wanted: readonly string[]): Matcher {
  const values = new Set(wanted.map((value) => value.toLowerCase()));
  return (event) => values.has(event[name]?.toLowerCase() ?? '');
}

/** Entries from one of the addresses or networks. Throws a usage error for what is neither. */
export function ips(wanted: readonly string[]): Matcher {
  const isWanted = addressMatcher(wanted);
  if (typeof isWanted === 'string') {
    throw usageError(`--ip ${isWanted}: that is no IP address`, 'Examples: 203.0.113.7, 2001:db8::1, 10.0.0.0/8.');
  }
  return ({ ip }) => ip !== undefined && isWanted(ip);
}

export function ids(wanted: readonly string[]): Matcher {
  const known = new Set(wanted);
  return ({ id }) => id !== undefined && known.has(id);
}

/** Entries of other hours of the day. One without a valid time cannot be judged by it, and stays. */
export function outside(hours: Hours): Matcher {
  const isWithin = hoursMatcher(hours);
  return ({ time }) => Number.isNaN(time) || !isWithin(time);
}

/** Entries that hold the text in any of their own values. */
export function search(text: string): Matcher {
  const isFound = textMatcher(text);
  return ({ value }) => isFound(value);
}

/** Ids as they are, emails in any case; a vendor that knows people by name only is asked by name. */
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
