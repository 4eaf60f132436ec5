import { configFile } from '../../config/dir.js';
import { withoutSetting, withSettings } from '../../config/edit.js';
import { type Config, readConfig } from '../../config/read.js';
import {
  checkProfileName,
  findSetting,
  meantOf,
  SETTINGS,
  type Settings,
  shownSetting,
  shownSettings,
} from '../../config/settings.js';
import { changeConfig } from '../../config/write.js';
import type { Context } from '../../context.js';
import { usageError } from '../../errors.js';
import { checkSetting } from '../../profile/check.js';
import { safe } from '../../terminal/text.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import type { FormatFlags } from '../flags/format.js';
import { openNotes } from '../say/notes.js';
import { writeJson } from '../write/json.js';

export interface SettingsFlags extends GlobalFlags {
  readonly profile?: string;
}

/** Throws a usage error if the setting is not saved. */
export async function getSetting(ctx: Context, flags: SettingsFlags, word: string): Promise<void> {
  const { name } = findSetting(word);
  const value = settingsOf(await readConfig(ctx), flags.profile)[name];
  if (value === undefined)
    throw usageError(`${word} is not set${ofProfile(flags)}`, `To set it: auditlog config set ${word} VALUE`);
  await ctx.stdout.write(`${safe(shownSetting(value))}\n`);
}

/** The profile must exist, because a misspelt name would create a second one. */
export async function setSetting(ctx: Context, flags: SettingsFlags, word: string, value: string): Promise<void> {
  const { name } = findSetting(word);
  await checkSetting(ctx, name, { text: value, from: word });
  const saved = name === 'org' ? value.split(',').map((org) => org.trim()) : value;
  await changeConfig(ctx, (config) => {
    settingsOf(config, flags.profile);
    return withSettings(config, flags.profile, { [name]: saved });
  });
  openNotes(ctx, flags).say(`Set ${word} to ${value}${ofProfile(flags)}.`);
}

/** Succeeds if the setting is not saved. */
export async function unsetSetting(ctx: Context, flags: SettingsFlags, word: string): Promise<void> {
  const { name } = findSetting(word);
  let had = false;
  await changeConfig(ctx, (config) => {
    had = settingsOf(config, flags.profile)[name] !== undefined;
    return had ? withoutSetting(config, flags.profile, name) : config;
  });
  openNotes(ctx, flags).say(had ? `Removed ${word}${ofProfile(flags)}.` : `${word} was not set${ofProfile(flags)}.`);
}

/** Prints `name=value` lines; those of a profile as `profiles.NAME.name=value`. */
export async function listSettings(ctx: Context, flags: SettingsFlags & FormatFlags): Promise<void> {
  const config = await readConfig(ctx);
  if (flags.format === 'json') return writeJson(ctx, settingsAsJson(config, flags.profile));
  const lines =
    flags.profile === undefined
      ? [
          ...(config.profile === undefined ? [] : [`profile=${config.profile}`]),
          ...linesOf('', config.defaults),
          ...[...config.profiles].flatMap(([name, settings]) => linesOf(`profiles.${name}.`, settings)),
        ]
      : linesOf('', settingsOf(config, flags.profile));
  await ctx.stdout.write(lines.map((line) => `${safe(line)}\n`).join(''));
}

function settingsAsJson(config: Config, profile: string | undefined): object {
  if (profile !== undefined) return shownSettings(settingsOf(config, profile));
  return {
    profile: config.profile ?? null,
    settings: shownSettings(config.defaults),
    profiles: Object.fromEntries([...config.profiles].map(([name, settings]) => [name, shownSettings(settings)])),
  };
}

/** Works before the file exists. */
export async function showPath(ctx: Context): Promise<void> {
  await ctx.stdout.write(`${configFile(ctx)}\n`);
}

function settingsOf(config: Config, profile: string | undefined): Settings {
  if (profile === undefined) return config.defaults;
  checkProfileName(profile);
  const settings = config.profiles.get(profile);
  if (settings !== undefined) return settings;
  const known = [...config.profiles.keys()];
  throw usageError(
    `profile "${profile}" does not exist`,
    known.length === 0 ? `To make it: auditlog profile add ${profile}` : meantOf(profile, known),
  );
}

function linesOf(before: string, settings: Settings): readonly string[] {
  return SETTINGS.flatMap(({ name, word }) => {
    const value = settings[name];
    return value === undefined ? [] : [`${before}${word}=${shownSetting(value)}`];
  });
}

function ofProfile({ profile }: SettingsFlags): string {
  return profile === undefined ? '' : ` for profile ${profile}`;
}
