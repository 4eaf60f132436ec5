import { type Config, checkProfileName, readConfig, type Settings, withSettings, writeConfig } from '../../config.js';
import type { Context } from '../../context.js';
import { usageError } from '../../errors.js';
import { saveKey } from '../../keys/store.js';
import { makeSecret } from '../../keys.js';
import { connect, DEFAULT_PROFILE } from '../../profile.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { openNotes } from '../say/notes.js';
import { tellOverridden } from './overridden.js';
import { tryKey } from './try.js';

export interface PlaceFlags extends GlobalFlags {
  readonly profile?: string;
  readonly provider?: string;
  readonly baseUrl?: string;
  readonly org?: string[];
}

export interface LoginFlags extends PlaceFlags {
  readonly withToken?: boolean;
  readonly insecureStorage?: boolean;
}

/** Takes a key, tries it with one request, and only then saves it, with the place that the flags name. Rejects with what is wrong with the key, or with the way to the server. */
export async function login(ctx: Context, flags: LoginFlags): Promise<void> {
  const notes = openNotes(ctx, flags);
  const before = await readConfig(ctx);
  const after = withPlace(before, flags);
  const connection = await connect(ctx, flags, after);
  const profile = connection.profile ?? DEFAULT_PROFILE;
  const { origin } = connection.base;
  const key = makeSecret(await askForKey(ctx, flags, origin), 'standard input');
  await tryKey(ctx, { ...connection, key: async () => key }, notes);
  const { store, place } = await saveKey(ctx, profile, origin, key, { insecure: flags.insecureStorage === true });
  if (after !== before) await writeConfig(ctx, after);
  notes.say(`The key ${key.hint} works. Saved in ${place}, for ${origin}, as profile ${profile}.`);
  if (store === 'file' && flags.insecureStorage !== true)
    notes.say('No keychain can be reached from here: the file is readable by you alone, but not encrypted.');
  if (profile !== (before.profile ?? DEFAULT_PROFILE))
    notes.say(`To use it: --profile ${profile}, or from now on: auditlog profile use ${profile}`);
  tellOverridden(ctx, notes);
}

/** The settings with the place that the flags name; the same ones when they name none. */
function withPlace(config: Config, flags: PlaceFlags): Config {
  const { provider, baseUrl, org } = flags;
  const place: Settings = {
    ...(provider === undefined ? {} : { provider }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(org === undefined ? {} : { org }),
  };
  const profile = flags.profile === undefined ? (config.profile ?? DEFAULT_PROFILE) : checkProfileName(flags.profile);
  const isNew = flags.profile !== undefined && profile !== DEFAULT_PROFILE && !config.profiles.has(profile);
  return isNew || Object.keys(place).length > 0 ? withSettings(config, profile, place) : config;
}

async function askForKey(ctx: Context, flags: LoginFlags, origin: string): Promise<string> {
  if (flags.withToken === true && !ctx.stdin.isTTY) return (await ctx.stdin.readAll(65_536)).toString('utf8');
  if (ctx.stdin.isTTY && flags.input !== false) return ctx.stdin.readHidden(`API key for ${origin} (not shown): `);
  throw usageError(
    flags.input === false && ctx.stdin.isTTY
      ? 'with --no-input there is nobody to ask for the key'
      : 'standard input is no terminal, so the key cannot be asked for',
    'To read it from there: auditlog auth login --with-token < key.txt',
  );
}
