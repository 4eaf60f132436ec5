import type { AuditEvent } from '../event.js';
import { instantOf } from './about.js';
import { OTHERS, type Schema } from './schema.js';
import type { Meaning } from './verbs.js';
import { ENTITY_ACTIVITY } from './verbs.js';

/** How many different actions are counted each by itself: a server could send any number of them. */
const MANY = 1000;
const LONGEST = 200;

/** What could not be said in another system's words. */
export interface SchemaCounts extends Pick<Schema, 'unmapped' | 'undated'> {
  add(event: AuditEvent, meaning: Meaning): void;
}

export function openCounts(): SchemaCounts {
  const unmapped = new Map<string, number>();
  let undated = 0;
  return {
    add: (event, { activity }) => {
      if (instantOf(event) === undefined) undated += 1;
      if (activity !== ENTITY_ACTIVITY.other) return;
      const action = event.action.length > LONGEST ? OTHERS : event.action;
      const name = unmapped.has(action) || unmapped.size < MANY ? action : OTHERS;
      unmapped.set(name, (unmapped.get(name) ?? 0) + 1);
    },
    unmapped: () => unmapped,
    undated: () => undated,
  };
}
