import grammar from '../../completions/grammar.json' with { type: 'json' };
import { overview } from '../commands/help.js';
import { print, screenRows } from '../context/print.js';

export function helpText(): string {
  return overview(grammar.commands);
}

/** For bin/auditlog.js. False if it cannot answer the line, such as the help of a single command. */
export function answer(argv: readonly string[]): boolean {
  if (argv.length > 1) return false;
  const text = helpText();
  // Text longer than the screen goes through the pager.
  return text.split('\n').length <= (screenRows() ?? Number.POSITIVE_INFINITY) && print(text);
}
