import grammar from '../../completions/grammar.json' with { type: 'json' };
import { complete } from '../commands/completion/complete.js';
import type { CommandGrammar } from '../commands/grammar.js';
import { type Context, realContext } from '../context.js';

/** Prints the completions at the cursor, for the scripts of the shells: `complete =CURRENT -- WORDS...`. */
export async function completeWord(ctx: Context, argv: readonly string[]): Promise<void> {
  await complete(ctx, grammar as CommandGrammar, argv.slice(1));
}

/** For bin/auditlog.js. False when the line was not answered. */
export async function answer(argv: readonly string[]): Promise<boolean> {
  if (argv[1] === '--grammar') return false;
  await completeWord(realContext(), argv);
  return true;
}
