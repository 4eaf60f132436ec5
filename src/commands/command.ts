import type { Command } from 'commander';
import type { Context } from '../context.js';
import type { ExitCode } from '../errors.js';

/** A row of the table of commands: enough for the top-level help, so that only the command that runs is loaded. */
export interface CommandEntry {
  readonly name: string;
  /** The heading in the help of the program. */
  readonly group: string;
  readonly alias: string | undefined;
  /** One line, without a full stop. */
  readonly summary: string;
  readonly load: () => Promise<{ readonly define: Define }>;
}

/**
 * Adds arguments, flags, examples, action and subcommands to an empty command. Help and completion run it too, so it loads what the action needs only
 * when the action runs.
 */
export type Define = (command: Command, perform: Perform) => void;

/**
 * Makes a function for `command.action(...)`. The action gets the context, the flags (given before or after the command's name) and the operands in
 * order, and returns the exit code; undefined is 0.
 */
export type Perform = <Given extends object, Operands extends readonly unknown[]>(
  action: (ctx: Context, flags: Given, ...operands: Operands) => Promise<ExitCode | undefined> | Promise<void>,
) => (...args: unknown[]) => Promise<void>;
