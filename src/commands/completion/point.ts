import type { CommandGrammar, FlagGrammar } from '../grammar.js';

/** What to complete: the value of a flag or an operand, and its command. */
export interface CompletionPoint {
  readonly command: CommandGrammar;
  /** The flags of the command and of its parents. */
  readonly flags: readonly FlagGrammar[];
  readonly pending: FlagGrammar | undefined;
  /** The number of operands before it. */
  readonly operands: number;
  /** A `--` comes before it. */
  readonly operandsOnly: boolean;
}

/** What to complete after these words. */
export function pointAfter(grammar: CommandGrammar, words: readonly string[]): CompletionPoint {
  let command: CommandGrammar = grammar;
  let flags = command.flags;
  let pending: FlagGrammar | undefined;
  let operands = 0;
  let operandsOnly = false;
  for (const word of words) {
    if (pending !== undefined) pending = undefined;
    else if (word === '--') operandsOnly = true;
    else if (word.startsWith('-') && word !== '-' && !operandsOnly) {
      const flag = word.includes('=') ? undefined : findFlag(flags, word);
      if (flag?.takesValue === true) pending = flag;
    } else {
      const sub =
        operands === 0
          ? command.commands.find(({ name, aliases }) => name === word || aliases.includes(word))
          : undefined;
      if (sub === undefined) operands += 1;
      else {
        command = sub;
        flags = [...sub.flags, ...flags];
      }
    }
  }
  return { command, flags, pending, operands, operandsOnly };
}

export function findFlag(flags: readonly FlagGrammar[], word: string): FlagGrammar | undefined {
  return flags.find(({ long, short }) => long === word || short === word);
}
