import type { Command } from 'commander';
import { flag } from './flag.js';

/** How the answer is written. */
export interface OutputFlags {
  readonly format?: string;
  readonly columns?: string;
  readonly output?: string;
  readonly force?: boolean;
  readonly csvRaw?: boolean;
}

export function addOutputFlags(command: Command, formats: readonly string[]): void {
  command.optionsGroup('Output:');
  for (const option of [
    flag('-f, --format <format>', 'how to write events').choices(formats),
    flag('--columns <names>', 'columns of a table, CSV or Parquet: time,action,actor.email or any path of an entry'),
    flag(
      '-o, --output <file>',
      'write to a file; its ending tells the format: .csv .ndjson .json, each also with .gz, or .parquet',
    ),
    flag('--force', 'overwrite the file'),
    flag('--csv-raw', 'leave cells that look like formulas as they are'),
  ])
    command.addOption(option);
}
