import type { ColorChoice } from '../../terminal/color.js';

/** The flags that every command takes, before or after its name. */
export const EVERYWHERE = {
  quiet: ['-q, --quiet', 'print errors only'],
  color: ['--color <when>', 'colour the output: auto, always or never'],
  noColor: ['--no-color', 'the same as --color never'],
  debug: ['--debug', 'print each request on stderr, without the key'],
  noInput: ['--no-input', 'never prompt; fail instead'],
  help: ['-h, --help', 'show help'],
  helpAll: ['--help-all', 'show help with every flag'],
  version: ['-V, --version', 'show the version'],
} as const;

export interface GlobalFlags {
  /** False for `--no-color`. */
  readonly color?: ColorChoice | false;
  readonly quiet?: boolean;
  readonly debug?: boolean;
  /** False for `--no-input`. */
  readonly input?: boolean;
  /** The whole command line as typed. */
  readonly argv: readonly string[];
}

export function colorChoice({ color }: GlobalFlags): ColorChoice {
  return color === false ? 'never' : (color ?? 'auto');
}

/** The command line as typed, to paste into a shell. It resumes, so `--restart` is left out. */
export function resumeCommandOf({ argv }: GlobalFlags): string {
  return ['auditlog', ...argv.filter((word) => word !== '--restart')].map(quoted).join(' ');
}

/** A word of a command line, to paste into a shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
