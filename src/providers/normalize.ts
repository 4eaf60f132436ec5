import type { AuditEvent, Entry, Person, Resource } from '../event.js';
import { matchesAny } from './glob.js';
import { parseEntry } from './parse.js';
import type { FieldPath, PersonField, Provider, ResourceField } from './provider.js';
import { anyText, pathList, pathReader, type ReadValue, textReader } from './value.js';

/**
 * What an entry says, in the words that are the same for every vendor. Never throws: what is missing or of another
 * shape than the vendor promises is undefined, or its JSON text. For many entries use one `eventReader`.
 */
export function toEvent(provider: Provider, entry: Entry): AuditEvent {
  return eventReader(provider)(entry);
}

/** `toEvent` with the provider's paths prepared once. */
export function eventReader(provider: Provider): (entry: Entry) => AuditEvent {
  const { fields } = provider;
  const actionOf = actionReader(provider);
  const actor = personReader(fields.actor);
  const target = personReader(fields.target);
  const resource = resourceReader(fields.resource);
  const time = columnReader(fields.time);
  const source = columnReader(fields.source);
  const ip = columnReader(fields.ip);
  const country = columnReader(fields.country);
  const userAgent = columnReader(fields.userAgent);
  const orgId = textReader(fields.org?.id);
  const orgName = textReader(fields.org?.name);
  const metadata = firstReader(fields.metadata);
  return (entry) => {
    const value = parseEntry(entry.raw);
    const action = actionOf(value);
    return {
      entry,
      value,
      id: entry.id,
      time: entry.time,
      timeText: time(value) ?? '',
      action,
      actor: actor(value, action),
      target: target(value, action),
      resource: resource(value, action),
      source: source(value),
      ip: ip(value),
      country: country(value),
      userAgent: userAgent(value),
      org: named(orgId(value), orgName(value)),
      metadata: metadata(value),
    };
  };
}

/** The action of a parsed entry as the tool names it; '' when it has none. */
export function actionReader(provider: Provider): (value: unknown) => string {
  const path = provider.fields.action;
  if (!isJoined(path)) {
    const read = columnReader(path);
    return (value) => read(value) ?? '';
  }
  const parts = path.join.map(columnReader);
  return (value) => {
    const words = parts.map((read) => read(value)).filter((word) => word !== undefined);
    return words.join('.').toLowerCase();
  };
}

function isJoined(path: Provider['fields']['action']): path is { readonly join: readonly string[] } {
  return typeof path === 'object' && !Array.isArray(path);
}

type ReadPerson = (value: unknown, action: string) => Person | undefined;

function personReader(fields: PersonField | readonly PersonField[] | undefined): ReadPerson {
  const places = listOf(fields).map((field) => ({
    actions: field.actions,
    present: presenceReader(field),
    id: textReader(field.id),
    name: textReader(field.name),
    email: textReader(field.email),
  }));
  return (value, action) => {
    let person: { id?: string; name?: string; email?: string } | undefined;
    for (const place of places) {
      if (place.actions && !matchesAny(place.actions, action)) continue;
      if (!place.present(value)) continue;
      const id = place.id(value);
      // Parts of two people are never put together: only the same id may complete what is missing.
      if (person !== undefined && isTold(person) && (id === undefined || id !== person.id)) continue;
      person ??= {};
      const name = person.name ?? place.name(value);
      const email = person.email ?? place.email(value);
      if (id !== undefined) person.id = id;
      if (name !== undefined) person.name = name;
      if (email !== undefined) person.email = email;
    }
    return person;
  };
}

/** Everybody that an entry names at the places of `fields`, each place apart. */
export function peopleReader(
  fields: PersonField | readonly PersonField[] | undefined,
): (value: unknown, action: string) => readonly Person[] {
  const places = listOf(fields).map((field) => personReader(field));
  return (value, action) => places.map((read) => read(value, action)).filter((person) => person !== undefined);
}

function isTold(person: Person): boolean {
  return person.id !== undefined || person.name !== undefined || person.email !== undefined;
}

/**
 * Whether the entry has anything at a person's place, if only an object without a name: such a person is unknown,
 * which is not the same as an automated event without anybody.
 */
function presenceReader(field: PersonField): (value: unknown) => boolean {
  const paths = [field.id, field.name, field.email].flatMap(pathList);
  const owners = new Set(paths.map((path) => (path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : path)));
  // An object that holds more than people, such as metadata, is no sign of one.
  const readers = [...(field.id === undefined ? paths : owners)].map(pathReader);
  return (value) => readers.some((read) => (read(value) ?? null) !== null);
}

function resourceReader(
  fields: readonly ResourceField[] | undefined,
): (value: unknown, action: string) => Resource | undefined {
  const last = (fields?.length ?? 0) - 1;
  const ways = (fields ?? []).map((field, i) => ({
    actions: field.actions,
    always: i === last,
    type: typeReader(field.type),
    id: textReader(field.id),
    name: textReader(field.name),
  }));
  return (value, action) => {
    for (const way of ways) {
      if (way.actions && !matchesAny(way.actions, action)) continue;
      const id = way.id(value);
      const name = way.name(value);
      if (id === undefined && name === undefined && !way.always) continue;
      const type = way.type(value, action);
      if (id === undefined && name === undefined && type === undefined) return undefined;
      return { ...(type !== undefined && { type }), ...named(id, name) };
    }
    return undefined;
  };
}

function typeReader(type: ResourceField['type']): (value: unknown, action: string) => string | undefined {
  if (type === undefined) return (_, action) => beforeLastDot(action);
  if (typeof type === 'string') return () => type;
  return textReader(type.path);
}

function beforeLastDot(action: string): string | undefined {
  const dot = action.lastIndexOf('.');
  return dot > 0 ? action.slice(0, dot) : undefined;
}

function named(id: string | undefined, name: string | undefined): { id?: string; name?: string } | undefined {
  if (id === undefined) return name === undefined ? undefined : { name };
  return name === undefined ? { id } : { id, name };
}

/** The first path's value that is neither missing nor null. */
function firstReader(paths: FieldPath | undefined): ReadValue {
  const readers = pathList(paths).map(pathReader);
  return (value) => {
    for (const read of readers) {
      const found = read(value);
      if (found !== undefined && found !== null) return found;
    }
    return undefined;
  };
}

function columnReader(paths: FieldPath | undefined): (value: unknown) => string | undefined {
  const read = firstReader(paths);
  return (value) => anyText(read(value));
}

function listOf<T extends object>(one: T | readonly T[] | undefined): readonly T[] {
  if (one === undefined) return [];
  return Array.isArray(one) ? one : [one as T];
}
