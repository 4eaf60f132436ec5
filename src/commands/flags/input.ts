import type { Command, Option } from 'commander';
import { flag } from './flag.js';

/** `--input` is read as `inputFile`, since `--no-input` is read as `input`. */
export function inputFlag(flags: string, does: string): Option {
  const input = flag(flags, does);
  input.attributeName = () => 'inputFile';
  return input;
}

/** `csvRaw`: whether the command needs a flag `--csv-raw` for its input, because it has none of its own. */
export function addInputFlag(command: Command, { csvRaw }: { readonly csvRaw: boolean }): void {
  const input = inputFlag(
    '--input <path>',
    'read an export or an archive instead of the API; also s3://bucket/prefix, or -',
  );
  input.conflicts([
    'demo',
    'baseUrl',
    'tokenUrl',
    'rate',
    'maxWait',
    'timeout',
    'restart',
    'manifest',
    'split',
    'follow',
  ]);
  command.optionsGroup('Earlier exports:').addOption(input);
  if (csvRaw) command.addOption(flag('--csv-raw', 'the CSV file was written with --csv-raw'));
}

export interface InputFlags {
  readonly inputFile?: string;
  readonly csvRaw?: boolean;
}

/** The earlier export to read instead of the API. */
export interface InputChoice {
  readonly path: string;
  /** Whether it was written with `--csv-raw`. */
  readonly csvRaw: boolean;
}

export function readInput({ inputFile, csvRaw }: InputFlags): InputChoice | undefined {
  return inputFile === undefined ? undefined : { path: inputFile, csvRaw: csvRaw === true };
}
