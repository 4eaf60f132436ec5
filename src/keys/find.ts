import { isAbsolute, join } from 'node:path';
import { keyError } from '../errors.js';
import { makeSecret, type Secret } from '../keys.js';
import { readPrivateFile } from './private.js';
import { findSavedKey, type KeyWorld } from './store.js';

/** For whom a key is looked for. */
export interface KeyWanted {
  readonly profile: string;
  /** Where it will be sent. */
  readonly origin: string;
}

/**
 * The key: from the file that `$AUDITLOG_API_KEY_FILE` names, else from `$AUDITLOG_API_KEY`, else the one saved for the profile, if it was saved for this origin.
 * Rejects with a `keyError` that says where was looked; a saved key of another origin is refused, never passed over.
 */
export async function findKey(world: KeyWorld, { profile, origin }: KeyWanted): Promise<Secret> {
  const file = world.env.AUDITLOG_API_KEY_FILE ?? '';
  if (file !== '') {
    const path = isAbsolute(file) ? file : join(world.cwd, file);
    const text = await readPrivateFile(path, world);
    if (text === undefined) throw keyError(`there is no file ${path}, which $AUDITLOG_API_KEY_FILE names`);
    return makeSecret(text, path);
  }
  const value = world.env.AUDITLOG_API_KEY ?? '';
  if (value !== '') return makeSecret(value, '$AUDITLOG_API_KEY');
  const saved = await findSavedKey(world, profile);
  if (saved === undefined) {
    const empty = world.env.AUDITLOG_API_KEY === '' ? ' $AUDITLOG_API_KEY is set but empty.' : '';
    throw keyError(
      `there is no API key for ${origin} (profile ${profile})`,
      `To save one: auditlog auth login. Or set AUDITLOG_API_KEY, or AUDITLOG_API_KEY_FILE.${empty}`,
    );
  }
  if (saved.origin !== origin)
    throw keyError(
      `the saved key of profile ${profile} is for ${saved.origin}, and is never sent to ${origin}`,
      'Give that API a profile and a key of its own: auditlog auth login --profile NAME --base-url URL',
    );
  return saved.read();
}
