import { readConfig } from '../../config/read.js';
import { checkProfileName } from '../../config/settings.js';
import type { Context } from '../../context.js';
import { secretVariables } from '../../keys/find.js';
import { removeKey } from '../../keys/save.js';
import { pickProfile } from '../../profile/pick.js';
import { connect, DEFAULT_PROFILE } from '../../profile.js';
import { safe } from '../../terminal/text.js';
import { readConnection } from '../flags/connection.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { readSecret, type SecretFlags } from '../flags/secret.js';
import { type Notes, openNotes } from '../say/notes.js';
import { saveNewKey } from './login.js';
import { tryKey } from './try.js';

export interface KeyFlags extends GlobalFlags {
  readonly profile?: string;
  readonly provider?: string;
  readonly baseUrl?: string;
  readonly tokenUrl?: string;
  readonly var?: string[];
  readonly org?: string[];
}

export interface KeyStatusFlags extends KeyFlags {
  readonly offline?: boolean;
}

export async function login(ctx: Context, flags: KeyFlags & SecretFlags): Promise<void> {
  const notes = openNotes(ctx, flags);
  await saveNewKey(ctx, readConnection(flags), readSecret(flags), notes);
  warnOverridden(ctx, notes);
}

/** Shows which key is used and whether it works. Then rejects with a `keyError` if there is none or it does not work. */
export async function showKeyStatus(ctx: Context, flags: KeyStatusFlags): Promise<void> {
  const notes = openNotes(ctx, flags);
  const connection = await connect(ctx, readConnection(flags));
  const show = (name: string, value: string) => ctx.stdout.write(`${name.padEnd(13)} ${safe(value)}\n`);
  await show('Profile', connection.profile ?? DEFAULT_PROFILE);
  await show('API', `${connection.base.href.replace(/\/$/, '')} (${connection.provider.title})`);
  await show('Organization', connection.orgs.join(', '));
  const { auth } = connection.provider;
  if (auth.type === 'token') await show('Tokens', `from ${auth.token.url}`);
  const key = await connection.key().catch(async (error: unknown) => {
    await show('Key', 'none that can be used');
    throw error;
  });
  await show('Key', `${key.hint} from ${key.from}`);
  if (flags.offline === true) return;
  try {
    await tryKey(ctx, connection, notes);
  } catch (error) {
    await show('Works', ctx.signal.aborted ? 'not known' : 'no');
    throw error;
  }
  await show('Works', 'yes');
}

/** Removes the saved key of the named profile, or of the one in use. It is no error if nothing is saved. */
export async function logout(ctx: Context, flags: KeyFlags): Promise<void> {
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
  warnOverridden(ctx, notes);
}

/** The environment's key wins over a saved one, which surprises who has just saved or removed one. */
function warnOverridden({ env }: Context, notes: Notes): void {
  const variable = secretVariables('AUDITLOG_API_KEY').find((name) => (env[name] ?? '') !== '');
  if (variable !== undefined) notes.insist(`warning: $${variable} is set, and wins over any saved key`);
}
