import type { AuditEvent, Entry, Person, Resource } from '../event.js';
import { matchesAny } from './glob.js';
import { parseEntry } from './parse.js';
import type { PersonField, Provider, ResourceField } from './provider.js';
import { pathList, readFirst, readScalar, readText } from './value.js';

/**
 * What an entry says, in the words that are the same for every vendor. Never throws: what is missing or of another
 * shape than the vendor promises is undefined, or its JSON text.
 */
export function toEvent(provider: Provider, entry: Entry): AuditEvent {
  const { fields } = provider;
  const value = parseEntry(entry.raw);
  const action = readAction(provider, value);
  return {
    entry,
    value,
    id: entry.id,
    time: entry.time,
    timeText: readText(value, fields.time) ?? '',
    action,
    actor: readPerson(fields.actor, value, action),
    target: readPerson(fields.target, value, action),
    resource: readResource(fields.resource, value, action),
    source: readText(value, fields.source),
    ip: readText(value, fields.ip),
    country: readText(value, fields.country),
    userAgent: readText(value, fields.userAgent),
    org: fields.org && named(readScalar(value, fields.org.id), readScalar(value, fields.org.name)),
    metadata: readFirst(value, fields.metadata),
  };
}

/** The action of a parsed entry as the tool names it; '' when it has none. */
export function readAction(provider: Provider, value: unknown): string {
  const path = provider.fields.action;
  if (!isJoined(path)) return readText(value, path) ?? '';
  const words = path.join.map((part) => readText(value, part)).filter((word) => word !== undefined);
  return words.join('.').toLowerCase();
}

/** Whether actions are put together from several fields of the entry. */
export function isJoined(path: Provider['fields']['action']): path is { readonly join: readonly string[] } {
  return typeof path === 'object' && !Array.isArray(path);
}

/** Everybody that an entry names at the places of `fields`, each place apart. */
export function readPeople(fields: PersonFields, value: unknown, action: string): readonly Person[] {
  return listOf(fields)
    .map((field) => readPerson(field, value, action))
    .filter((person) => person !== undefined);
}

type PersonFields = PersonField | readonly PersonField[] | undefined;

/** The person that an entry names at the places of `fields`; undefined when it names nobody there. */
export function readPerson(fields: PersonFields, value: unknown, action: string): Person | undefined {
  let person: { id?: string; name?: string; email?: string } | undefined;
  for (const field of listOf(fields)) {
    if (isWhole(person)) break;
    if ((field.actions && !matchesAny(field.actions, action)) || !isPresent(field, value)) continue;
    const id = readScalar(value, field.id);
    // Parts of two people are never put together: only the same id may complete what is missing.
    if (person !== undefined && isTold(person) && (id === undefined || id !== person.id)) continue;
    person ??= {};
    const name = person.name ?? readScalar(value, field.name);
    const email = person.email ?? readScalar(value, field.email);
    if (id !== undefined) person.id = id;
    if (name !== undefined) person.name = name;
    if (email !== undefined) person.email = email;
  }
  return person;
}

function isWhole(person: Person | undefined): boolean {
  return person?.id !== undefined && person.name !== undefined && person.email !== undefined;
}

function isTold(person: Person): boolean {
  return person.id !== undefined || person.name !== undefined || person.email !== undefined;
}

/**
 * Whether the entry has anything at a person's place, if only an object without a name: such a person is unknown,
 * which is not the same as an automated event without anybody.
 */
function isPresent(field: PersonField, value: unknown): boolean {
  for (const path of pathList(field.id)) {
    if (readFirst(value, path) !== undefined) return true;
    const dot = path.lastIndexOf('.');
    if (dot > 0 && readFirst(value, path.slice(0, dot)) !== undefined) return true;
  }
  return readFirst(value, field.email) !== undefined || readFirst(value, field.name) !== undefined;
}

/** What an entry is about. */
export function readResource(
  fields: readonly ResourceField[] | undefined,
  value: unknown,
  action: string,
): Resource | undefined {
  const ways = fields ?? [];
  for (const way of ways) {
    if (way.actions && !matchesAny(way.actions, action)) continue;
    const known = named(readScalar(value, way.id), readScalar(value, way.name));
    if (known === undefined && way !== ways.at(-1)) continue;
    const type = readType(way.type, value, action);
    return type === undefined ? known : { type, ...known };
  }
  return undefined;
}

function readType(type: ResourceField['type'], value: unknown, action: string): string | undefined {
  if (typeof type === 'string') return type;
  if (type !== undefined) return readScalar(value, type.path);
  const dot = action.lastIndexOf('.');
  return dot > 0 ? action.slice(0, dot) : undefined;
}

function named(id: string | undefined, name: string | undefined): { id?: string; name?: string } | undefined {
  if (id === undefined) return name === undefined ? undefined : { name };
  return name === undefined ? { id } : { id, name };
}

function listOf(fields: PersonFields): readonly PersonField[] {
  if (fields === undefined) return [];
  return Array.isArray(fields) ? fields : [fields as PersonField];
}
