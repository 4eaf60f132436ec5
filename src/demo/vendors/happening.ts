import type { Person, Resource } from '../../event.js';
import { readPerson, readResource } from '../../providers/event/normalize.js';
import { findProvider } from '../../providers/index.js';
import type { DemoEntry } from '../entry.js';

/** An event of the demo, ready for another vendor's entry. */
export interface Happening {
  readonly id: string;
  /** Invent's name for it. */
  readonly action: string;
  readonly at: string;
  /** Undefined for an automated event. */
  readonly by: Person | undefined;
  readonly target: Person | undefined;
  readonly resource: Resource;
  readonly ip: string | null;
  readonly agent: string | null;
  readonly country: string | null;
  readonly source: string;
  readonly org: string;
  readonly orgName: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Writes another vendor's entry of the same event. */
export type Translate = (happening: Happening) => object;

export function happeningOf(entry: DemoEntry): Happening {
  const { fields } = findProvider('invent');
  const { id, action, created_at: at, actor, ip, agent, country, source, org, metadata } = entry;
  return {
    id,
    action,
    at,
    by: actor ?? undefined,
    target: readPerson(fields.target, entry, action),
    resource: readResource(fields.resource, entry, action) ?? {},
    ip,
    agent,
    country,
    source,
    org: org.id,
    orgName: org.name,
    metadata: metadata ?? {},
  };
}
