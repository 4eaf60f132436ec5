import { withSettings } from '../../config/edit.js';
import { type Config, readConfig } from '../../config/read.js';
import { checkProfileName, type Settings } from '../../config/settings.js';
import { changeConfig } from '../../config/write.js';
import type { Context } from '../../context.js';
import { usageError } from '../../errors.js';
import { saveKey } from '../../keys/save.js';
import { makeSecret } from '../../keys.js';
import { type ConnectionChoice, connect, DEFAULT_PROFILE } from '../../profile.js';
import type { SecretChoice } from '../flags/secret.js';
import type { Notes } from '../say/notes.js';
import { tryKey } from './try.js';

/** Asks for a key, tries it with one request, and only then saves it, with the provider, address and organization that were given. */
export async function saveNewKey(
  ctx: Context,
  where: ConnectionChoice,
  choice: SecretChoice,
  notes: Notes,
): Promise<void> {
  const before = await readConfig(ctx);
  const after = withPlace(before, where);
  const connection = await connect(ctx, where, after);
  const profile = connection.profile ?? DEFAULT_PROFILE;
  const { origin } = connection.base;
  const key = makeSecret(await askForKey(ctx, choice, origin), 'standard input');
  await tryKey(ctx, { ...connection, key: async () => key }, notes);
  const { store, place } = await saveKey(ctx, { profile, origin }, key, { insecure: choice.insecure });
  if (after !== before) await changeConfig(ctx, (config) => withPlace(config, where));
  notes.say(`The key ${key.hint} works. Saved in ${place}, for ${origin}, as profile ${profile}.`);
  if (store === 'file' && !choice.insecure)
    notes.say('No keychain can be reached from here: the file is readable by you alone, but not encrypted.');
  if (profile !== (before.profile ?? DEFAULT_PROFILE))
    notes.say(`To use it: --profile ${profile}, or from now on: auditlog profile use ${profile}`);
}

/** The settings with the provider, address and organization that were given; unchanged if none was. */
function withPlace(config: Config, { profile: named, provider, baseUrl, org }: ConnectionChoice): Config {
  const place: Settings = {
    ...(provider === undefined ? {} : { provider }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(org === undefined ? {} : { org }),
  };
  const profile = named === undefined ? (config.profile ?? DEFAULT_PROFILE) : checkProfileName(named);
  const isNew = named !== undefined && profile !== DEFAULT_PROFILE && !config.profiles.has(profile);
  return isNew || Object.keys(place).length > 0 ? withSettings(config, profile, place) : config;
}

async function askForKey(ctx: Context, { piped, mayPrompt }: SecretChoice, origin: string): Promise<string> {
  if (piped && !ctx.stdin.isTTY) return (await ctx.stdin.readAll(65_536)).toString('utf8');
  if (ctx.stdin.isTTY && mayPrompt) return ctx.stdin.readHidden(`API key for ${origin} (not shown): `);
  throw usageError(
    !mayPrompt && ctx.stdin.isTTY
      ? 'with --no-input there is nobody to ask for the key'
      : 'standard input is no terminal, so the key cannot be asked for',
    'To read it from there: auditlog auth login --with-token < key.txt',
  );
}
