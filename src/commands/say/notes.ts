import type { Context } from '../../context.js';
import { safe } from '../../terminal/text.js';

/** What a command says to people. All of it goes to stderr, neutralized, and none of it can fail a run. */
export interface Notes {
  /** Silent with `--quiet`. */
  say(text: string): void;
  /** Also with `--quiet`: the result is not what was asked for. */
  insist(text: string): void;
  /** With `--debug`: takes a line about a request. */
  readonly debug: ((line: string) => void) | undefined;
}

/** What people asked to hear. */
export interface Verbosity {
  readonly quiet?: boolean;
  readonly debug?: boolean;
}

export function openNotes(ctx: Context, { quiet, debug }: Verbosity): Notes {
  const write = (text: string) => {
    const lines = text.split('\n').map(safe);
    // A closed stderr is no failure.
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
