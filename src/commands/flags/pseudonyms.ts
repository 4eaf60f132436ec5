import type { Command } from 'commander';
import { usageError } from '../../errors.js';
import { flag } from './flag.js';

export interface PseudonymFlags {
  readonly pseudonymize?: boolean;
  readonly pseudonymKeyFile?: string;
}

export function addPseudonymFlags(command: Command): void {
  command.optionsGroup('Pseudonyms:');
  command
    .addOption(flag('--pseudonymize', 'replace emails, names, ids, addresses and user agents of people'))
    .addOption(flag('--pseudonym-key-file <file>', 'file with the secret for pseudonyms, of at least 32 bytes'));
}

/** The file of the key; undefined: entries keep their values. */
export function readPseudonyms({ pseudonymize, pseudonymKeyFile }: PseudonymFlags): string | undefined {
  if (pseudonymize !== true) {
    if (pseudonymKeyFile === undefined) return undefined;
    throw usageError('--pseudonym-key-file needs --pseudonymize', 'Add --pseudonymize, or leave it out');
  }
  if (pseudonymKeyFile === undefined) throw usageError('--pseudonymize needs --pseudonym-key-file FILE', HOW_TO_MAKE);
  return pseudonymKeyFile;
}

/** A command that makes a key. */
export const HOW_TO_MAKE = 'To make one: (umask 077; openssl rand -hex 32 > pseudonym.key)';
