import { isAbsolute, join } from 'node:path';
import { keyError } from '../errors.js';
import { makeSecret, type Secret } from '../keys.js';
import { readPrivateFile } from './private.js';
import { findSavedKey, type KeyOwner, type KeyWorld } from './store.js';

/**
 * Reads the key: from the file in `$AUDITLOG_API_KEY_FILE`, else from the command in `$AUDITLOG_API_KEY_COMMAND`, else from `$AUDITLOG_API_KEY`, else
 * the key saved for the profile, if it was saved for this origin. Rejects with a `keyError` that names the places searched. A saved key of another
 * origin is an error, too. `make` checks its form.
 */
export async function findKey(
  world: KeyWorld,
  owner: KeyOwner,
  make = makeSecret,
  { login, made }: MissingKeyAdvice = { login: 'auditlog auth login', made: undefined },
): Promise<Secret> {
  const { profile, origin, tokens } = owner;
  const given = await secretFromEnv(world, 'AUDITLOG_API_KEY', make);
  if (given !== undefined) return given;
  const saved = await findSavedKey(world, profile);
  if (saved === undefined) {
    const lines = [
      `To save one: ${login}`,
      ...(made === undefined ? [] : [made]),
      'Or set: AUDITLOG_API_KEY_FILE, or AUDITLOG_API_KEY',
      ...(world.env.AUDITLOG_API_KEY === '' ? ['$AUDITLOG_API_KEY is set but empty'] : []),
      'Without a key: auditlog list --demo',
    ];
    throw keyError(`missing API key for ${origin} (profile ${profile})`, lines.join('\n'));
  }
  if (saved.origin !== origin)
    throw keyError(
      `the saved key of profile ${profile} is for ${saved.origin}, and is never sent to ${origin}`,
      'To save a key for that API: auditlog auth login --profile NAME --base-url URL',
    );
  if (tokens !== undefined && tokens !== saved.tokens)
    throw keyError(
      `the saved key of profile ${profile} is for ${saved.origin}, and is never sent to ${tokens}: it was not saved for the tokens that are made there`,
      'If that is the right address, save the key again: auditlog auth login\nOtherwise check the provider, --token-url and --var',
    );
  return saved.read(make);
}

/** The hints for a missing key. */
export interface MissingKeyAdvice {
  /** The command that saves one. */
  readonly login: string;
  /** A line that says where the vendor makes keys. */
  readonly made: string | undefined;
}

/** The variables of a secret; the first one set wins. */
export function secretVariables(name: string): readonly string[] {
  return [`${name}_FILE`, `${name}_COMMAND`, name];
}

/**
 * The secret in the file of `$NAME_FILE`, else the output of the command in `$NAME_COMMAND`, else `$NAME`; undefined if none is set. Rejects with a
 * `keyError` if it is unusable.
 */
export async function secretFromEnv(
  world: KeyWorld,
  name: string,
  make: typeof makeSecret,
): Promise<Secret | undefined> {
  const file = world.env[`${name}_FILE`] ?? '';
  if (file !== '') {
    const path = isAbsolute(file) ? file : join(world.cwd, file);
    const text = await readPrivateFile(path, world);
    if (text === undefined) throw keyError(`no such file: ${path} ($${name}_FILE)`);
    return make(text, path);
  }
  const command = world.env[`${name}_COMMAND`]?.trim() ?? '';
  if (command !== '') {
    const { secretFromCommand } = await import('./command.js');
    return make((await secretFromCommand(world, command, `${name}_COMMAND`)).trim(), `$${name}_COMMAND`);
  }
  const value = world.env[name] ?? '';
  return value === '' ? undefined : make(value, `$${name}`);
}
