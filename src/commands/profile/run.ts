import { withoutProfile, withSettings } from '../../config/edit.js';
import { type Config, readConfig } from '../../config/read.js';
import {
  checkProfileName,
  meantOf,
  SETTINGS,
  type Settings,
  shownSetting,
  shownSettings,
} from '../../config/settings.js';
import { changeConfig } from '../../config/write.js';
import type { Context } from '../../context.js';
import { usageError } from '../../errors.js';
import { removeKey } from '../../keys/save.js';
import { findSavedKey } from '../../keys/store.js';
import { checkSetting } from '../../profile/check.js';
import { DEFAULT_PROFILE } from '../../profile.js';
import { safe } from '../../terminal/text.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import type { FormatFlags } from '../flags/format.js';
import { openNotes } from '../say/notes.js';
import { writeJson } from '../write/json.js';

export interface AddFlags extends GlobalFlags {
  readonly provider?: string;
  readonly baseUrl?: string;
  readonly tokenUrl?: string;
  readonly org?: string[];
  readonly var?: string[];
  readonly rate?: string;
  readonly maxWait?: string;
  readonly timeout?: string;
  readonly tz?: string;
}

/** Prints a line for each profile: its name, its settings, and the address that a key is saved for. */
export async function listProfiles(ctx: Context, flags: FormatFlags): Promise<void> {
  const config = await readConfig(ctx);
  const names = [...new Set([DEFAULT_PROFILE, ...config.profiles.keys()])];
  if (flags.format === 'json') return writeJson(ctx, await profilesAsJson(ctx, config, names));
  const width = Math.max(...names.map((name) => name.length));
  for (const name of names) {
    const key = await findSavedKey(ctx, name);
    const settings = config.profiles.get(name) ?? {};
    const facts = [
      ...SETTINGS.flatMap((one) =>
        settings[one.name] === undefined ? [] : [`${one.word}=${shownSetting(settings[one.name] ?? '')}`],
      ),
      key === undefined ? 'no key saved' : `key for ${key.origin}`,
    ];
    const mark = name === (config.profile ?? DEFAULT_PROFILE) ? '*' : ' ';
    await ctx.stdout.write(`${mark} ${name.padEnd(width)}  ${safe(facts.join('  '))}\n`);
  }
}

async function profilesAsJson(ctx: Context, config: Config, names: readonly string[]): Promise<readonly object[]> {
  return Promise.all(
    names.map(async (name) => {
      const key = await findSavedKey(ctx, name);
      return {
        name,
        current: name === (config.profile ?? DEFAULT_PROFILE),
        settings: shownSettings(config.profiles.get(name) ?? {}),
        key: key === undefined ? null : { origin: key.origin, place: key.place },
      };
    }),
  );
}

export async function selectProfile(ctx: Context, flags: GlobalFlags, name: string): Promise<void> {
  await changeConfig(ctx, (config) => {
    checkExists(config, name);
    return { ...config, profile: name === DEFAULT_PROFILE ? undefined : name };
  });
  const notes = openNotes(ctx, flags);
  notes.say(`Profile ${name} is in use.`);
  if ((ctx.env.AUDITLOG_PROFILE ?? '') !== '') notes.insist('warning: $AUDITLOG_PROFILE is set and overrides it');
}

/** Throws a usage error if there is one of that name. */
export async function addProfile(ctx: Context, flags: AddFlags, name: string): Promise<void> {
  checkProfileName(name);
  requireNew(await readConfig(ctx), name);
  const { var: vars, ...others } = flags;
  const named: Settings = vars === undefined ? others : { ...others, vars };
  const given = SETTINGS.flatMap(({ name: key, word }) => (named[key] === undefined ? [] : [{ key, word }]));
  for (const { key, word } of given)
    await checkSetting(ctx, key, { text: String(named[key]), from: key === 'vars' ? '--var' : `--${word}` });
  const settings: Settings = Object.fromEntries(given.map(({ key }) => [key, named[key]]));
  await changeConfig(ctx, (config) => {
    requireNew(config, name);
    return withSettings(config, name, settings);
  });
  openNotes(ctx, flags).say(`Added profile ${name}. To save its key: auditlog auth login --profile ${name}`);
}

/** Removes a profile and its saved key. */
export async function removeProfile(ctx: Context, flags: GlobalFlags, name: string): Promise<void> {
  checkExists(await readConfig(ctx), name);
  // The key first: if that fails, the profile is there to try again.
  const key = await removeKey(ctx, name);
  await changeConfig(ctx, (config) => withoutProfile(config, name));
  const notes = openNotes(ctx, flags);
  notes.say(`Removed profile ${name}.`);
  if (key !== undefined)
    notes.say(`Its key for ${key.origin} was removed from ${key.place}. It stays valid: revoke it where it was made.`);
}

function requireNew(config: Config, name: string): void {
  if (!config.profiles.has(name)) return;
  throw usageError(
    `profile "${name}" already exists`,
    `To change it: auditlog config set SETTING VALUE --profile ${name}`,
  );
}

function checkExists(config: Config, name: string): void {
  checkProfileName(name);
  if (config.profiles.has(name) || name === DEFAULT_PROFILE) return;
  const known = [DEFAULT_PROFILE, ...config.profiles.keys()];
  throw usageError(`profile "${name}" does not exist`, meantOf(name, known));
}
