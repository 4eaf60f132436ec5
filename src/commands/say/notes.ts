import type { Context } from '../../context.js';
import { safe } from '../../terminal/text.js';
import type { GlobalFlags } from '../flags/everywhere.js';

/** What a command says to the person at the terminal. All of it goes to stderr, neutralised, and none of it can fail a run. */
export interface Notes {
  /** Facts on the way; silent with `--quiet`. */
  say(text: string): void;
  /** What must be heard even with `--quiet`: the result is not what was asked for. */
  insist(text: string): void;
  /** With `--debug`: takes a line about a request. */
  readonly debug: ((line: string) => void) | undefined;
}

export function openNotes(ctx: Context, { quiet, debug }: GlobalFlags): Notes {
  const write = (text: string) => {
    const lines = text.split('\n').map(safe);
    // Where stderr is closed there is nobody to tell.
    ctx.stderr.write(`${lines.join('\n')}\n`).catch(() => undefined);
  };
  return {
    say: (text) => {
      if (quiet !== true) write(text);
    },
    insist: write,
    debug: debug === true ? (line) => write(`debug: ${line}`) : undefined,
  };
}
