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

const WIDTH = 80;

/** Makes a command's help lead with what it does and with examples. */
export function explain(command: Command, explanation: Explanation): Command {
  command.addHelpText('before', leading(explanation));
  if (explanation.ends !== undefined) command.addHelpText('after', `\n${wrapped(explanation.ends)}`);
  return command;
}

/** What a command does, and examples of it: each beside what it is for, or in a line of its own below where that would be too wide. */
export function leading({ does, examples }: Explanation): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  const beside = examples.map(([line, what]) => `  ${line.padEnd(width)}   ${what}`.trimEnd());
  const below = examples.flatMap(([line, what]) => [`  ${line}`, ...(what === '' ? [] : [`      ${what}`])]);
  const shown = beside.every((line) => line.length <= WIDTH) ? beside : below;
  return `${wrapped(does)}\n\nExamples:\n${shown.join('\n')}\n`;
}

/** A text in lines that fit; its own line ends stay. */
function wrapped(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(new RegExp(`(?=.{${WIDTH},})(.{1,${WIDTH}}) +`, 'g'), '$1\n'))
    .join('\n');
}
