import type { AuditEvent } from '../event.js';
import type { Provider } from '../providers/provider.js';
import { instantOf } from './about.js';
import { openMeanings } from './meaning.js';
import { OTHERS, type Schema } from './schema.js';
import { ENTITY_ACTIVITY, type Meaning } from './verbs.js';

/** Maximum number of actions to count one by one, because a server could send any number. */
const MANY = 1000;
const LONGEST = 200;

/** Makes a schema from a function that writes its lines. Counts unmapped actions, and events without a valid time. */
export function countedSchema(
  head: Pick<Schema, 'name' | 'version' | 'isJson'>,
  provider: Provider,
  write: (event: AuditEvent, meaning: Meaning, org: string | undefined) => string,
): Schema {
  const meaningOf = openMeanings(provider);
  const unmapped = new Map<string, number>();
  let undated = 0;
  return {
    ...head,
    line: (event, org) => {
      const meaning = meaningOf(event.action);
      if (instantOf(event) === undefined) undated += 1;
      if (meaning.activity === ENTITY_ACTIVITY.other) {
        const action = event.action.length > LONGEST ? OTHERS : event.action;
        const name = unmapped.has(action) || unmapped.size < MANY ? action : OTHERS;
        unmapped.set(name, (unmapped.get(name) ?? 0) + 1);
      }
      return write(event, meaning, org);
    },
    unmapped: () => unmapped,
    undated: () => undated,
  };
}
