import type { CommandGrammar, FlagGrammar } from '../grammar.js';

/** What is completed: in which command, and which flag's value or operand. */
export interface CompletionPoint {
  readonly command: CommandGrammar;
  /** The flags of the command and of all those above it. */
  readonly flags: readonly FlagGrammar[];
  readonly pending: FlagGrammar | undefined;
  /** How many operands come before. */
  readonly operands: number;
  /** After a lone `--`. */
  readonly operandsOnly: boolean;
}

/** What is completed after these words of the line. */
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
