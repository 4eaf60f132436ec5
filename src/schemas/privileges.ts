import { readMetadata } from '../diff/read.js';
import type { AuditEvent } from '../event.js';
import { readScalar, scalarText } from '../providers/value.js';
import type { Meaning } from './verbs.js';

/** A privilege that a person got or lost. */
export interface Privilege {
  readonly kind: 'role' | 'permission';
  readonly name: string;
}

/** The path of a change. */
const CHANGED = /(?:^|[._])(role|permission)s?$/i;
/** The path of a single current value: never `previous_role`. */
const ALONE = /(?:^|\.)(?:new_?|current_?)?(role|permission)s?$/i;

/** The privileges that an event assigned or revoked, if its entry names any. */
export function privilegesOf(event: AuditEvent, { activity, role }: Meaning): readonly Privilege[] {
  if (role !== undefined) return [{ kind: 'role', name: role }];
  const { changes, details } = readMetadata(event);
  const told = [
    // Two values without a name are those of the role in the action.
    ...changes.map(({ path, before, after }) => ({
      kind: path === '' ? 'role' : kindOf(path, CHANGED),
      value: activity === TAKEN ? (before ?? after) : after,
    })),
    ...details.map(({ path, value }) => ({ kind: kindOf(path, ALONE), value })),
    { kind: 'role', value: activity === TAKEN ? undefined : readScalar(event.value, 'member.role') },
  ];
  for (const { kind, value } of told) {
    const names = kind === undefined ? [] : namesIn(value);
    if (names.length > 0) return names.map((name) => ({ kind: kind as Privilege['kind'], name }));
  }
  return [];
}

/** Revoke Privileges. */
const TAKEN = 2;

function kindOf(path: string, pattern: RegExp): string | undefined {
  return pattern.exec(path)?.[1]?.toLowerCase();
}

function namesIn(value: unknown): readonly string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.flatMap((one) => scalarText(one) || []);
}
