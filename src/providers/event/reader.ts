import type { AuditEvent, Entry } from '../../event.js';
import type { Provider } from '../provider.js';
import { readFirst } from '../value.js';
import { type FieldNode, openEventNodes } from './nodes.js';
import { named, toEvent } from './normalize.js';
import { parseEntry } from './parse.js';

/**
 * Opens what reads many entries of a provider as `toEvent` does one. What an event says is taken from the entry's bytes when it is asked for,
 * each time anew: what nobody asks for costs nothing, and only `value` and `metadata` parse the entry.
 */
export function openEventReader(provider: Provider): (entry: Entry) => AuditEvent {
  const { fields } = provider;
  const places = openEventNodes(provider);
  const { actor, target, resource, action } = places;
  let outlined: Entry | undefined;
  let full: AuditEvent | undefined;

  /** The entry's bytes, outlined; undefined for one that is too odd for that. */
  const outline = (entry: Entry): Buffer | undefined => {
    if (outlined !== entry) outlined = places.outline.read(entry.raw) ? entry : undefined;
    return outlined?.raw;
  };
  const inFull = (entry: Entry): AuditEvent => {
    if (full?.entry !== entry) full = toEvent(provider, entry);
    return full;
  };
  const text = (raw: Buffer, node: FieldNode): string | undefined =>
    node === undefined ? undefined : places.text(raw, node);

  const read: { readonly [F in keyof Event]: (raw: Buffer) => Event[F] } = {
    timeText: (raw) => text(raw, places.time(raw)) ?? '',
    actor: (raw) => texts(raw, actor(raw, action(raw)), text),
    target: (raw) => texts(raw, target(raw, action(raw)), text),
    resource: (raw) => {
      const found = resource(raw, action(raw));
      if (found === undefined) return undefined;
      const type = typeof found.type === 'number' ? text(raw, found.type) : found.type;
      const known = named(text(raw, found.id), text(raw, found.name));
      return type === undefined ? known : { type, ...known };
    },
    source: (raw) => text(raw, places.source(raw)),
    ip: (raw) => text(raw, places.ip(raw)),
    country: (raw) => text(raw, places.country(raw)),
    userAgent: (raw) => text(raw, places.userAgent(raw)),
    org: (raw) => fields.org && named(text(raw, places.orgId(raw)), text(raw, places.orgName(raw))),
  };
  const whole: { readonly [F in keyof Whole]: (entry: Entry) => Whole[F] } = {
    id: ({ id }) => id,
    time: ({ time }) => time,
    value: ({ raw }) => parseEntry(raw),
    metadata: ({ raw }) => readFirst(parseEntry(raw), fields.metadata),
  };

  const lazy = {};
  for (const field of Object.keys(read) as (keyof Event)[]) {
    Object.defineProperty(lazy, field, {
      get(this: AuditEvent) {
        const raw = outline(this.entry);
        return raw === undefined ? inFull(this.entry)[field] : read[field](raw);
      },
    });
  }
  for (const field of Object.keys(whole) as (keyof Whole)[]) {
    Object.defineProperty(lazy, field, {
      get(this: AuditEvent) {
        return whole[field](this.entry);
      },
    });
  }
  Object.defineProperty(lazy, 'action', {
    get(this: AuditEvent) {
      const { entry } = this;
      if (entry.action !== undefined) return entry.action;
      const raw = outline(entry);
      return raw === undefined ? inFull(entry).action : action(raw);
    },
  });
  return (entry) => {
    const event = Object.create(lazy) as { entry: Entry };
    event.entry = entry;
    return event as AuditEvent;
  };
}

/** What an entry tells by itself, and what is read from its text. */
type Whole = Pick<AuditEvent, 'id' | 'time' | 'value' | 'metadata'>;
type Event = Omit<AuditEvent, 'entry' | 'action' | keyof Whole>;

type Text = (raw: Buffer, node: FieldNode) => string | undefined;

function texts(
  raw: Buffer,
  person: { readonly id?: number; readonly name?: number; readonly email?: number } | undefined,
  text: Text,
): AuditEvent['actor'] {
  if (person === undefined) return undefined;
  const { id, name, email } = person;
  return {
    ...(id !== undefined && { id: text(raw, id)! }),
    ...(name !== undefined && { name: text(raw, name)! }),
    ...(email !== undefined && { email: text(raw, email)! }),
  };
}
