import type { AuditEvent, Entry, Person } from '../event.js';
import type { AccessEffect, AccessRule, ProviderAccess, RoleField } from '../providers/access.js';
import { readPerson } from '../providers/event/normalize.js';
import { openEventReader } from '../providers/event/reader.js';
import { matchesAny } from '../providers/glob.js';
import type { Provider } from '../providers/provider.js';
import { readScalar } from '../providers/value.js';

/** What an event does to one person's access. */
export interface AccessMove {
  readonly does: AccessEffect;
  readonly person: Person;
  readonly role?: string;
  readonly oldRole?: string;
  /** The part of the organization that the access is limited to; '': all of it. */
  readonly scope: string;
}

/** An event, as far as access depends on it. */
export interface AccessRecord {
  /** Epoch ms. */
  readonly time: number;
  readonly id: string | undefined;
  readonly action: string;
  readonly org: string;
  /** Undefined if it is nobody, somebody unknown, or an action that proves no access. */
  readonly actor: Person | undefined;
  readonly move: AccessMove | undefined;
  /** It arrived after its day had been closed. */
  readonly late: boolean;
}

/** The record of an entry, or why it has none. */
export type AccessFound =
  | { readonly record: AccessRecord; readonly problem?: undefined }
  /** `nothing`: the entry shows no access. `untimed`, `nobody`: it changes access, but has no valid time or names no person. */
  | {
      readonly record?: undefined;
      readonly problem: 'nothing' | 'untimed' | 'nobody';
      readonly id: string | undefined;
    };

const CHANGES: ReadonlySet<AccessEffect> = new Set(['grant', 'accept', 'change', 'revoke']);

/** Longer names and ids are cut. */
const LONGEST = 256;
/** Maximum number of actions to remember. A log has a few hundred. */
const ACTIONS = 10_000;

/** Opens a reader that makes records from entries, by the rules of the vendor's file. */
export function openAccessReader(
  provider: Provider,
  { rules, ignores = [] }: ProviderAccess,
): (entry: Entry, org: string, late: boolean) => AccessFound {
  const readEvent = openEventReader(provider);
  const known = new Map<string, { readonly rule: AccessRule | undefined; readonly isIgnored: boolean }>();
  const lookUp = (action: string) => {
    const found = known.get(action);
    if (found !== undefined) return found;
    const rule = rules.find(({ actions }) => matchesAny(actions, action));
    const made = { rule, isIgnored: matchesAny(ignores, action) };
    if (known.size < ACTIONS) known.set(action, made);
    return made;
  };
  return (entry, org, late) => {
    const event = readEvent(entry);
    const action = event.action;
    const { rule, isIgnored } = lookUp(action);
    const actor = isIgnored ? undefined : personOf(event.actor);
    const none = (problem: 'nothing' | 'untimed' | 'nobody'): AccessFound => ({ problem, id: entry.id });
    if (rule === undefined && actor === undefined) return none('nothing');
    if (Number.isNaN(entry.time)) return none(rule === undefined ? 'nothing' : 'untimed');
    const move = rule && moveOf(provider, rule, event);
    // An invitation that names nobody gives no access.
    if (rule !== undefined && move === undefined) return none(CHANGES.has(rule.does) ? 'nobody' : 'nothing');
    return { record: { time: entry.time, id: cut(entry.id), action: short(action), org, actor, move, late } };
  };
}

/** Undefined if the entry does not name the person. */
function moveOf(provider: Provider, rule: AccessRule, event: AuditEvent): AccessMove | undefined {
  const { does, person = 'target', role, oldRole, scope } = rule;
  const { value, action } = event;
  const fields = person === 'target' ? provider.fields.target : person === 'actor' ? provider.fields.actor : person;
  const found = does === 'unclear' ? {} : personOf(readPerson(fields, value, action));
  if (found === undefined) return undefined;
  const [after, before] = [roleAt(role, value), roleAt(oldRole, value)];
  return {
    does,
    person: found,
    scope: short(readScalar(value, scope) ?? ''),
    ...(after === undefined ? {} : { role: after }),
    ...(before === undefined ? {} : { oldRole: before }),
  };
}

function roleAt(field: RoleField | undefined, value: unknown): string | undefined {
  if (field === undefined) return undefined;
  if (typeof field === 'object' && 'is' in field) return field.is;
  return cut(readScalar(value, field));
}

/** Undefined for nobody, and for a person without id, email and name. */
function personOf(person: Person | undefined): Person | undefined {
  if (person === undefined) return undefined;
  const [id, name, email] = [cut(person.id), cut(person.name), cut(person.email)];
  if (id === undefined && name === undefined && email === undefined) return undefined;
  return {
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
  };
}

function cut(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : short(text);
}

/** Copies the text, so that the page it was sliced from can be freed. */
function short(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
