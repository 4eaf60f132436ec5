import type { Command } from 'commander';
import type { GlobalFlags } from './everywhere.js';
import { flag } from './flag.js';

export interface SecretFlags extends GlobalFlags {
  readonly withToken?: boolean;
  readonly insecureStorage?: boolean;
}

/** The source of a key or password, and the store to save it in. */
export interface SecretChoice {
  /** Read from standard input. */
  readonly piped: boolean;
  /** Prompts at the terminal if needed. */
  readonly mayPrompt: boolean;
  /** Saves in a private file even if there is a keychain. */
  readonly insecure: boolean;
}

export function addSecretFlags(command: Command, what: string): Command {
  return command
    .addOption(flag('--with-token', `read ${what} from standard input`))
    .addOption(flag('--insecure-storage', 'save it in a private file, even if there is a keychain'));
}

export function readSecret({ withToken, input, insecureStorage }: SecretFlags): SecretChoice {
  return { piped: withToken === true, mayPrompt: input !== false, insecure: insecureStorage === true };
}
