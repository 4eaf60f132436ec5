import type { Context } from '../../context.js';
import type { CommandGrammar } from '../grammar.js';
import { candidatesFor } from './candidates.js';

/**
 * Answers the completion scripts. In `complete =CURRENT -- WORDS...`, CURRENT is the word at the cursor, after an equals sign so that no shell drops
 * an empty one, and WORDS are the words before it, without the program. Prints one candidate a line, then `:files` or `:none`. Reads local data only,
 * and does not load commander, because a shell waits for it at each TAB.
 */
export async function complete(
  ctx: Context,
  grammar: CommandGrammar,
  [current = '', ...more]: readonly string[],
): Promise<void> {
  const words = more[0] === '--' ? more.slice(1) : more;
  const { candidates, files } = await candidatesFor(ctx, grammar, words, current.replace(/^=/, ''));
  // Names and texts of files that somebody else wrote must not look like other candidates, nor move the cursor.
  const lines = candidates
    .filter(({ value }) => !UNSEEN.test(value))
    .map(({ value, about }) => `${value}\t${about.replace(ALL_UNSEEN, ' ')}`);
  await ctx.stdout.write([...lines, files ? ':files' : ':none', ''].join('\n'));
}

const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/u;
const ALL_UNSEEN = new RegExp(UNSEEN, 'gu');
