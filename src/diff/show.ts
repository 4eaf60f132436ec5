import type { Change } from '../event.js';
import { jsonText } from '../json/write.js';

/** All changes on one line: `role: member → admin; name: A → B`. Not safe for a terminal: the values are the vendor's. */
export function summary(changes: readonly Change[]): string {
  return changes
    .map((change) => {
      if (isBare(change)) return quoted(change.path);
      const values = `${shown(change.before)} → ${shown(change.after)}`;
      return change.path === '' ? values : `${change.path}: ${values}`;
    })
    .join('; ');
}

/** Whether the entry only names what was changed, without values. */
export function isBare({ before, after }: Change): boolean {
  return before === undefined && after === undefined;
}

/** A value as people read it: a string as it is, `(none)` for none, anything else as JSON. */
export function shownValue(value: unknown): string {
  if (value === undefined) return '(none)';
  if (typeof value === 'string') return value === '' ? '""' : value;
  return jsonText(value) ?? '';
}

function shown(value: unknown): string {
  return typeof value === 'string' && value !== '' ? quoted(value) : shownValue(value);
}

/** In quotes where a text could be taken for more than one value. */
function quoted(text: string): string {
  return /→|; |^["(]/.test(text) ? JSON.stringify(text) : text;
}
