import grammar from '../../completions/grammar.json' with { type: 'json' };
import { overview } from '../commands/help.js';
import { print } from '../context/print.js';

export function helpText(): string {
  return overview(grammar.commands);
}

/** For bin/auditlog.js. False when the line was not answered, as for the help of a single command. */
export function answer(argv: readonly string[]): boolean {
  return argv.length <= 1 && print(helpText());
}
