import type { Define } from './command.js';

/** What the completion scripts ask: candidates for the word at the cursor, one a line, then `:files` or `:none`. Reads local data only. */
export const complete: Define = (command, perform) => {
  command
    .argument('<current>', 'the word at the cursor after an equals sign, so that no shell drops it when it is empty')
    .argument('[words...]', 'the words before it, without the program')
    .action(
      perform(async (ctx, _flags: object, current: string, words: readonly string[]) => {
        const { candidatesFor } = await import('./candidates.js');
        const { candidates, files } = await candidatesFor(ctx, words, current.replace(/^=/, ''));
        const lines = candidates.map(({ value, about }) => `${value}\t${about}`);
        await ctx.stdout.write([...lines, files ? ':files' : ':none', ''].join('\n'));
      }),
    );
};
