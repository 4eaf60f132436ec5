import grammar from '../../completions/grammar.json' with { type: 'json' };
import { overview } from '../commands/help.js';
import { print } from '../context/print.js';

export function helpText(): string {
  return overview(grammar.commands);
}

/** As bin/auditlog.js asks: whether the line was answered. Help of a single command is not told here. */
export function answer(argv: readonly string[]): boolean {
  return argv.length <= 1 && print(helpText());
}
