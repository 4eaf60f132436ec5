import { readConfig } from '../../config/read.js';
import { checkProfileName } from '../../config/settings.js';
import type { Context } from '../../context.js';
import { secretVariables } from '../../keys/find.js';
import { removeKey } from '../../keys/save.js';
import { listSavedKeys } from '../../keys/store.js';
import { pickProfile } from '../../profile/pick.js';
import { connect, DEFAULT_PROFILE } from '../../profile.js';
import { safe } from '../../terminal/text.js';
import { readConnection } from '../flags/connection.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import type { FormatFlags } from '../flags/format.js';
import { readSecret, type SecretFlags } from '../flags/secret.js';
import { type Notes, openNotes } from '../say/notes.js';
import { table } from '../write/columns.js';
import { writeJson } from '../write/json.js';
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

export interface KeyStatusFlags extends KeyFlags, FormatFlags {
  readonly offline?: boolean;
}

export async function login(ctx: Context, flags: KeyFlags & SecretFlags): Promise<void> {
  const notes = openNotes(ctx, flags);
  await saveNewKey(ctx, readConnection(flags), readSecret(flags), notes);
  warnOverridden(ctx, notes);
}

/** Shows which key is used and whether it works. Rejects with a `keyError` if there is none or it does not work. */
export async function showKeyStatus(ctx: Context, flags: KeyStatusFlags): Promise<void> {
  const notes = openNotes(ctx, flags);
  const connection = await connect(ctx, readConnection(flags));
  const { provider, orgs } = connection;
  const facts: ShownConnection = {
    profile: connection.profile ?? DEFAULT_PROFILE,
    api: connection.base.href.replace(/\/$/, ''),
    provider: provider.name,
    title: provider.title,
    orgs,
    tokens: provider.auth.type === 'token' ? provider.auth.token.url : null,
  };
  const isJson = flags.format === 'json';
  const show = async (lines: readonly (readonly [name: string, value: string])[]): Promise<void> => {
    if (!isJson) await ctx.stdout.write(lines.map(([name, value]) => `${name.padEnd(13)} ${safe(value)}\n`).join(''));
  };
  const finish = async (key: object | null, works: boolean | null): Promise<void> => {
    if (isJson) await writeJson(ctx, { ...facts, key, works });
  };
  await show([
    ['Profile', facts.profile],
    ['API', `${facts.api} (${facts.title})`],
    ['Organization', orgs.length === 1 && orgs[0] === provider.defaultOrg ? 'the one of the key' : orgs.join(', ')],
    ...(facts.tokens === null ? [] : [['Tokens', `from ${facts.tokens}`] as const]),
  ]);
  const secret = await connection.key().catch(async (error: unknown) => {
    await show([['Key', 'none']]);
    await finish(null, false);
    throw error;
  });
  const key = { hint: secret.hint, from: secret.from };
  await show([['Key', `${key.hint} from ${key.from}`]]);
  if (flags.offline === true) return finish(key, null);
  try {
    await tryKey(ctx, connection, notes);
  } catch (error) {
    await show([['Works', ctx.signal.aborted ? 'unknown' : 'no']]);
    await finish(key, ctx.signal.aborted ? null : false);
    throw error;
  }
  await show([['Works', 'yes']]);
  await finish(key, true);
}

/** The address that a key is sent to. */
interface ShownConnection {
  readonly profile: string;
  readonly api: string;
  readonly provider: string;
  readonly title: string;
  readonly orgs: readonly string[];
  /** The address where tokens are made. */
  readonly tokens: string | null;
}

/** Lists the saved keys, of profiles and destinations, without the keys. */
export async function listKeys(ctx: Context, flags: FormatFlags): Promise<void> {
  const keys = await listSavedKeys(ctx);
  if (flags.format === 'json') return writeJson(ctx, keys);
  if (keys.length === 0) openNotes(ctx, flags).say('no keys are saved\nTo save one: auditlog auth login');
  else
    await ctx.stdout.write(
      table(
        ['NAME', 'ADDRESS', 'SAVED IN'],
        keys.map(({ name, origin, place }) => [name, origin, place]),
      ),
    );
}

/** Removes the saved key of a profile, by default the one in use. Succeeds if none is saved. */
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

/** The environment's key overrides a saved one, which is surprising right after `login` or `logout`. */
function warnOverridden({ env }: Context, notes: Notes): void {
  const variable = secretVariables('AUDITLOG_API_KEY').find((name) => (env[name] ?? '') !== '');
  if (variable !== undefined) notes.insist(`warning: $${variable} is set and overrides the saved key`);
}
