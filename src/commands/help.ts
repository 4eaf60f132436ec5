import type { Command } from 'commander';

/** A command line and what it is for. */
export type Example = readonly [line: string, what: string];

export interface Explanation {
  /** A sentence or two: what the command does. */
  readonly does: string;
  readonly examples: readonly Example[];
  /** Shown last: what the exit codes mean here, and where to read on. */
  readonly ends?: string;
}

/** Makes a command's help lead with what it does and with examples. */
export function explain(command: Command, { does, examples, ends }: Explanation): Command {
  const lines = examples.map(([line]) => `  ${line}`);
  const width = Math.max(...lines.map((line) => line.length));
  const shown = examples.map(([, what], at) => `${(lines[at] ?? '').padEnd(width)}   ${what}`);
  command.addHelpText('before', `${does}\n\nExamples:\n${shown.join('\n')}\n`);
  if (ends !== undefined) command.addHelpText('after', `\n${ends}`);
  return command;
}
