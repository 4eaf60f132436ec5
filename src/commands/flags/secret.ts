import type { Command } from 'commander';
import type { GlobalFlags } from './everywhere.js';
import { flag } from './flag.js';

export interface SecretFlags extends GlobalFlags {
  readonly withToken?: boolean;
  readonly insecureStorage?: boolean;
}

/** Where a key or password comes from, and where it is saved. */
export interface SecretChoice {
  /** Read from standard input. */
  readonly piped: boolean;
  /** May be typed at the terminal. */
  readonly mayPrompt: boolean;
  /** Saved in a private file, even if there is a keychain. */
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
