import { width } from '../../terminal/text.js';

/** The line below a table that is too narrow: what it hides, and how to see that. */
export function hiddenParts(
  hidden: readonly string[] | undefined,
  columns: number,
  logFlags: string,
): readonly string[] {
  if (hidden === undefined || hidden.length === 0) return [];
  const what = `hidden${columns > 0 ? ` to fit ${columns} columns` : ''}: ${listed(hidden)}`;
  const how = `to see all of a row: auditlog show --nth 1${logFlags}`;
  const line = `${what}; ${how}`;
  return columns > 0 && width(line) > columns ? [what, how] : [line];
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
