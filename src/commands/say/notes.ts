import type { Context } from '../../context.js';
import { safe } from '../../terminal/text.js';

/** Messages for people. All of them go to stderr, neutralized, and none can fail a run. */
export interface Notes {
  /** Silent with `--quiet`. */
  say(text: string): void;
  /** Printed even with `--quiet`: the result is not what was requested. */
  insist(text: string): void;
  /** Set with `--debug`: takes a line about a request. */
  readonly debug: ((line: string) => void) | undefined;
}

/** The flags that set how much is printed. */
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
