import { checkProfileName, readConfig } from '../../config.js';
import type { Context } from '../../context.js';
import { removeKey } from '../../keys/store.js';
import { pickProfile } from '../../profile/pick.js';
import { DEFAULT_PROFILE } from '../../profile.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { openNotes } from '../say/notes.js';
import { tellOverridden } from './overridden.js';

export interface LogoutFlags extends GlobalFlags {
  readonly profile?: string;
}

/** Forgets the saved key of the profile that is named, else of the one in use. That nothing is saved is no error. */
export async function logout(ctx: Context, flags: LogoutFlags): Promise<void> {
  const notes = openNotes(ctx, flags);
  const named =
    flags.profile === undefined ? pickProfile(ctx, undefined, await readConfig(ctx)) : checkProfileName(flags.profile);
  const profile = named ?? DEFAULT_PROFILE;
  const removed = await removeKey(ctx, profile);
  notes.say(
    removed === undefined
      ? `No key is saved for profile ${profile}.`
      : `Removed the key for ${removed.origin} from ${removed.place}, profile ${profile}. It stays valid: revoke it where it was made.`,
  );
  tellOverridden(ctx, notes);
}
