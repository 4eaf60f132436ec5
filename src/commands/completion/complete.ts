import type { Context } from '../../context.js';
import type { Grammar } from '../grammar.js';

/**
 * What the completion scripts ask: `complete =CURRENT -- WORDS...`, the word at the cursor after an equals sign, so that no shell drops it
 * when it is empty, and the words before it, without the program. Prints candidates for it, one a line, then `:files` or `:none`. Reads
 * local data only, and does without commander: a shell waits for it at each TAB.
 */
export async function complete(
  ctx: Context,
  grammar: Grammar,
  [current = '', ...more]: readonly string[],
): Promise<void> {
  const { candidatesFor } = await import('./candidates.js');
  const words = more[0] === '--' ? more.slice(1) : more;
  const { candidates, files } = await candidatesFor(ctx, grammar, words, current.replace(/^=/, ''));
  const lines = candidates.map(({ value, about }) => `${value}\t${about}`);
  await ctx.stdout.write([...lines, files ? ':files' : ':none', ''].join('\n'));
}
