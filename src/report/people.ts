import type { AuditEvent, Person } from '../event.js';
import { visible } from '../terminal/lookalike.js';

/** The name of a person or thing, and what distinguishes it from others of that name; not yet safe. */
export interface Named {
  readonly main: string;
  /** '' if there is nothing more. */
  readonly detail: string;
}

export function actorName({ actor }: AuditEvent): Named {
  return actor === undefined ? { main: 'System', detail: '' } : personName(actor);
}

export function personName({ name: written, email, id }: Person): Named {
  const name = visible(written);
  const main = name ?? email ?? id ?? '(unknown)';
  const detail = email ?? (name === undefined ? undefined : id) ?? '';
  return { main, detail: detail === main ? '' : detail };
}

/** The person or thing that an event affected. */
export function objectName({ target, resource }: AuditEvent): Named {
  if (target !== undefined) return personName(target);
  const main = resource?.name ?? resource?.id;
  if (main === undefined) return { main: resource?.type ?? '', detail: '' };
  return { main, detail: resource?.type ?? '' };
}

/** The same on one line. */
export function objectText(event: AuditEvent): string {
  const { main, detail } = objectName(event);
  if (detail === '') return main;
  return event.target === undefined ? `${main} (${detail})` : `${main} <${detail}>`;
}

/** The origin of an event: country and address. */
export function placeText({ country, ip }: AuditEvent): string {
  return [country, ip].filter((part) => part !== undefined).join(' ');
}
