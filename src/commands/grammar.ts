import type { Command, Option } from 'commander';

/**
 * The whole command line as plain data, for completion, which should not wait for commander to load. `npm run completions` writes it to
 * completions/grammar.json; a test fails if that file is outdated.
 */
export interface CommandGrammar {
  readonly name: string;
  readonly aliases: readonly string[];
  /** One line. */
  readonly about: string;
  /** The heading in the program's help, for top-level commands. */
  readonly group?: string;
  readonly hidden?: true;
  readonly flags: readonly FlagGrammar[];
  readonly operands: readonly OperandGrammar[];
  readonly commands: readonly CommandGrammar[];
}

export interface FlagGrammar {
  /** The name in code: `notAction`. */
  readonly name: string;
  readonly long?: string;
  readonly short?: string;
  readonly about: string;
  readonly takesValue?: true;
  readonly choices?: readonly string[];
  readonly hidden?: true;
}

export interface OperandGrammar {
  readonly name: string;
  readonly variadic?: true;
  readonly choices?: readonly string[];
}

export function grammarOf(command: Command): CommandGrammar {
  const visible = new Set(command.createHelp().visibleCommands(command));
  return {
    name: command.name(),
    aliases: command.aliases(),
    about: command.summary(),
    ...(command.helpGroup() ? { group: command.helpGroup() } : {}),
    flags: command.options.map(flagGrammar),
    operands: command.registeredArguments.map((operand) => ({
      name: operand.name(),
      ...(operand.variadic ? { variadic: true } : {}),
      ...(operand.argChoices === undefined ? {} : { choices: operand.argChoices }),
    })),
    commands: command.commands.map((one) => ({ ...grammarOf(one), ...(visible.has(one) ? {} : { hidden: true }) })),
  };
}

function flagGrammar(option: Option): FlagGrammar {
  const { long, short, description, required, optional, argChoices, hidden } = option;
  return {
    name: option.attributeName(),
    ...(long ? { long } : {}),
    ...(short ? { short } : {}),
    about: description,
    ...(required || optional ? { takesValue: true } : {}),
    ...(argChoices === undefined ? {} : { choices: argChoices }),
    ...(hidden ? { hidden: true } : {}),
  };
}
