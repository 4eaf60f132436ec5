import type { AuditEvent, Entry } from '../../event.js';
import type { Provider } from '../provider.js';
import { readFirst } from '../value.js';
import { readChanges } from './changes.js';
import { openEventNodes } from './nodes.js';
import { named, toEvent } from './normalize.js';
import { parseEntry } from './parse.js';
import type { FieldNode } from './values.js';

/**
 * Opens a reader for many entries of a provider, with the results of `toEvent`. Reads each field from the entry's bytes at each access: unused fields
 * cost nothing, and only `value`, `metadata` and `changes` parse the entry.
 */
export function openEventReader(provider: Provider): (entry: Entry) => AuditEvent {
  const { fields } = provider;
  const nodes = openEventNodes(provider);
  const { actor, target, resource, action } = nodes;
  let outlined: Entry | undefined;
  let full: AuditEvent | undefined;

  /** Reads a field from the entry's outline, or from the parsed entry if the outline cannot be trusted. */
  const field = <F extends keyof AuditEvent>(name: F, read: (raw: Buffer) => AuditEvent[F]) => {
    return (entry: Entry): AuditEvent[F] => {
      if (outlined !== entry) outlined = nodes.outline.read(entry.raw) ? entry : undefined;
      if (outlined !== undefined) return read(entry.raw);
      if (full?.entry !== entry) full = toEvent(provider, entry);
      return full[name];
    };
  };
  const text = (raw: Buffer, node: FieldNode) => (node === undefined ? undefined : nodes.text(raw, node));
  const person = (raw: Buffer, found: ReturnType<typeof actor>): AuditEvent['actor'] => {
    if (found === undefined) return undefined;
    const { id, name, email } = found;
    return {
      ...(id !== undefined && { id: text(raw, id)! }),
      ...(name !== undefined && { name: text(raw, name)! }),
      ...(email !== undefined && { email: text(raw, email)! }),
    };
  };
  const actionOf = field('action', action);

  const readers: { readonly [F in Exclude<keyof AuditEvent, 'entry'>]: (entry: Entry) => AuditEvent[F] } = {
    id: ({ id }) => id,
    time: ({ time }) => time,
    value: ({ raw }) => parseEntry(raw),
    metadata: ({ raw }) => readFirst(parseEntry(raw), fields.metadata),
    changes: ({ raw }) => (fields.changes === undefined ? undefined : readChanges(fields.changes, parseEntry(raw))),
    action: (entry) => entry.action ?? actionOf(entry),
    timeText: field('timeText', (raw) => text(raw, nodes.time(raw)) ?? ''),
    actor: field('actor', (raw) => person(raw, actor(raw, action(raw)))),
    target: field('target', (raw) => person(raw, target(raw, action(raw)))),
    resource: field('resource', (raw) => {
      const found = resource(raw, action(raw));
      if (found === undefined) return undefined;
      const type = typeof found.type === 'number' ? text(raw, found.type) : found.type;
      const known = named(text(raw, found.id), text(raw, found.name));
      return type === undefined ? known : { type, ...known };
    }),
    source: field('source', (raw) => text(raw, nodes.source(raw))),
    ip: field('ip', (raw) => text(raw, nodes.ip(raw))),
    country: field('country', (raw) => text(raw, nodes.country(raw))),
    userAgent: field('userAgent', (raw) => text(raw, nodes.userAgent(raw))),
    org: field('org', (raw) => fields.org && named(text(raw, nodes.orgId(raw)), text(raw, nodes.orgName(raw)))),
  };

  const lazy = {};
  for (const [name, read] of Object.entries(readers)) {
    Object.defineProperty(lazy, name, {
      get(this: AuditEvent) {
        return read(this.entry);
      },
    });
  }
  return (entry) => {
    const event = Object.create(lazy) as { entry: Entry };
    event.entry = entry;
    return event as AuditEvent;
  };
}
