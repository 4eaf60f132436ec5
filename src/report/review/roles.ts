import { readMetadata } from '../../diff/read.js';
import { shownValue } from '../../diff/show.js';
import type { AuditEvent } from '../../event.js';

/** The old and the new role; undefined if the entry does not have it. */
export interface RoleChange {
  readonly before: string | undefined;
  readonly after: string | undefined;
}

const ROLE_PATH = /(?:^|[._\s-])(?:roles?|permissions?|privileges?|admin|access_?level|account_?type)$/i;
const ROLE_WORD = Buffer.from('ole');

/** Whether the entry may hold a changed role, whatever its action is called. */
export function mayChangeRole(event: AuditEvent): boolean {
  return event.entry.raw.includes(ROLE_WORD);
}

/** The role changed by an event, from its old and new values or from a single role in it. */
export function roleChangeOf(event: AuditEvent): RoleChange | undefined {
  const { changes, details } = readMetadata(event);
  const changed = changes.find(({ path }) => ROLE_PATH.test(path));
  if (changed !== undefined) return { before: textOf(changed.before), after: textOf(changed.after) };
  const alone = details.find(({ path, value }) => ROLE_PATH.test(path) && typeof value === 'string');
  return alone === undefined ? undefined : { before: undefined, after: textOf(alone.value) };
}

/** Whether an event's old and new values show a changed role. */
export function changesRole(event: AuditEvent): boolean {
  return readMetadata(event).changes.some(({ path }) => ROLE_PATH.test(path));
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : shownValue(value);
}
