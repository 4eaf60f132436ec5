import type { Command } from 'commander';
import type { Context } from '../context.js';
import type { ExitCode } from '../errors.js';

/** A line of the table of commands: enough for the top-level help, so that only the command that runs is loaded. */
export interface CommandEntry {
  readonly name: string;
  readonly alias?: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** Not shown in help and not completed. */
  readonly hidden?: boolean;
  readonly load: () => Promise<Define>;
}

/**
 * Gives an empty command its arguments, flags, examples and action (subcommands too). It runs for help and completion as well,
 * so it imports nothing heavy: what the action needs is imported when the action runs.
 */
export type Define = (command: Command, perform: Perform) => void;

/**
 * Makes a function fit for `command.action(...)`. The action gets the world, the flags (those given before and after the
 * command's name), and the operands in order; what it returns is the exit code, nothing means 0.
 */
export type Perform = <Flags extends object, Operands extends readonly unknown[]>(
  action: (ctx: Context, flags: Flags, ...operands: Operands) => Promise<ExitCode | undefined> | Promise<void>,
) => (...args: unknown[]) => Promise<void>;
