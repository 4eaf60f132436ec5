import type { AuditEvent, Entry, Person, Resource } from '../../event.js';
import type { FieldPath, PersonField, Provider, ResourceField } from '../provider.js';
import { isCoded, isJoined, pathList, readFirst, readScalar, readText, wordOf } from '../value.js';
import { readChanges } from './changes.js';
import { choosePerson, chooseResource, type EntryAccess, isFor } from './choose.js';
import { parseEntry } from './parse.js';

/**
 * Converts an entry to an event, in the same words for every vendor. Never throws: a missing value is undefined, one of an unexpected type is its
 * JSON text.
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
    // An entry that is not an object has an unknown actor: it is not an automated event.
    actor: entry.raw[0] === OPEN_BRACE ? readPerson(fields.actor, value, action) : {},
    target: readPerson(fields.target, value, action),
    resource: readResource(fields.resource, value, action),
    source: readText(value, fields.source),
    ip: readText(value, fields.ip),
    country: readText(value, fields.country),
    userAgent: readText(value, fields.userAgent),
    org: fields.org && named(readScalar(value, fields.org.id), readScalar(value, fields.org.name)),
    metadata: readFirst(value, fields.metadata),
    changes: readChanges(fields.changes, value),
  };
}

const OPEN_BRACE = 0x7b;

/** The action of a parsed entry; '' without one. */
export function readAction(provider: Provider, value: unknown): string {
  const path = provider.fields.action;
  if (isCoded(path)) return wordOf(path, readText(value, path.path));
  if (!isJoined(path)) return readText(value, path) ?? '';
  const words = path.join.map((part) => readText(value, part)).filter((word) => word !== undefined);
  return words.join('.').toLowerCase();
}

/** Every person in `fields`, each field by itself. */
export function readPeople(fields: PersonFields, value: unknown, action: string): readonly Person[] {
  return listOf(fields)
    .map((field) => readPerson(field, value, action))
    .filter((person) => person !== undefined);
}

type PersonFields = PersonField | readonly PersonField[] | undefined;

/** The person in `fields`; undefined without a person. */
export function readPerson(fields: PersonFields, value: unknown, action: string): Person | undefined {
  return choosePerson(listOf(fields).filter(isFor(action)), value, PARSED);
}

export function readResource(
  fields: readonly ResourceField[] | undefined,
  value: unknown,
  action: string,
): Resource | undefined {
  const ways = fields ?? [];
  const found = chooseResource(ways.filter(isFor(action)), ways.at(-1), value, PARSED);
  if (found === undefined) return undefined;
  const type = typeText(found.way.type, value, action);
  const known = named(found.id, found.name);
  return type === undefined ? known : { type, ...known };
}

function typeText(type: ResourceField['type'], value: unknown, action: string): string | undefined {
  if (typeof type === 'string') return type;
  return type === undefined ? typeOf(action) : readScalar(value, type.path);
}

/** The resource type in an action's name: its part before the last dot. */
export function typeOf(action: string): string | undefined {
  const dot = action.lastIndexOf('.');
  return dot > 0 ? action.slice(0, dot) : undefined;
}

/** The id and the name, those that exist; undefined without both. */
export function named<T>(id: T | undefined, name: T | undefined): { id?: T; name?: T } | undefined {
  if (id === undefined) return name === undefined ? undefined : { name };
  return name === undefined ? { id } : { id, name };
}

const PARSED: EntryAccess<unknown, FieldPath, string> = {
  scalar: readScalar,
  isThere: (value, paths) => readFirst(value, paths) !== undefined,
  isNear: (value, paths) => pathList(paths).some((path) => readFirst(value, [path, ...above(path)]) !== undefined),
  isSame: (_, one, other) => one === other,
};

/** The parent of a path; empty for the entry itself. */
export function above(path: string): readonly string[] {
  const dot = path.lastIndexOf('.');
  return dot > 0 ? [path.slice(0, dot)] : [];
}

export function listOf<T>(fields: T | readonly T[] | undefined): readonly T[] {
  if (fields === undefined) return [];
  return Array.isArray(fields) ? fields : [fields as T];
}
