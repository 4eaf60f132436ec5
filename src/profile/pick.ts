import { type Config, readConfig } from '../config/read.js';
import { checkProfileName, meantOf, SETTINGS, type SettingName } from '../config/settings.js';
import type { Context } from '../context.js';
import { usageError } from '../errors.js';

/** A value as written, and its source, for messages: `--org`, `$AUDITLOG_ORG`, `profile eu`, `the saved settings`. */
export interface Choice {
  readonly text: string;
  readonly from: string;
}

/** The settings of flags, as typed. */
type WrittenSettings = Readonly<Partial<Record<SettingName, string | readonly string[]>>> & {
  readonly profile?: string;
  readonly demo?: boolean;
};

/** The sources of settings: the flags, the environment, the profile in use, the defaults of all profiles. The first one with a value wins. */
export interface Sources {
  readonly flags: WrittenSettings;
  readonly env: Context['env'];
  /** Undefined for the demo, like the profile. */
  readonly config: Config | undefined;
  readonly profile: string | undefined;
}

/** Reads the saved settings, unless `saved` are about to replace them. The demo uses no saved settings, and only the variable for the time zone. */
export async function readSources(ctx: Context, flags: WrittenSettings, saved?: Config): Promise<Sources> {
  const { env } = ctx;
  if (flags.demo === true)
    return { flags, env: { AUDITLOG_TZ: env.AUDITLOG_TZ }, config: undefined, profile: undefined };
  const config = saved ?? (await readConfig(ctx));
  return { flags, env, config, profile: pickProfile(ctx, flags.profile, config) };
}

/** The value of a setting; undefined if no source has one, so that the default applies. Empty variables count as not set. */
export function pickSetting(sources: Sources, name: SettingName): Choice | undefined {
  return choicesOf(sources, name)[0];
}

/** The values of a setting in all sources; the first wins. */
export function choicesOf({ flags, env, config, profile }: Sources, name: SettingName): readonly Choice[] {
  const setting = SETTINGS.find((one) => one.name === name);
  const variable = setting?.env;
  const candidates = [
    { value: flags[name], from: name === 'vars' ? '--var' : `--${setting?.word}` },
    { value: variable && (env[variable]?.trim() || undefined), from: `$${variable}` },
    { value: profile === undefined ? undefined : config?.profiles.get(profile)?.[name], from: `profile ${profile}` },
    { value: config?.defaults[name], from: SAVED },
  ];
  return candidates.flatMap(({ value, from }) =>
    value === undefined ? [] : [{ text: typeof value === 'string' ? value : value.join(','), from }],
  );
}

const SAVED = 'the saved settings';

/** The named profile, even if it does not exist. */
export function namedProfile(flag: string | undefined, env: Context['env'], config?: Config): Choice | undefined {
  const candidates = [
    { text: flag, from: '--profile' },
    { text: env.AUDITLOG_PROFILE || undefined, from: '$AUDITLOG_PROFILE' },
    { text: config?.profile, from: SAVED },
  ];
  return candidates.find((one): one is Choice => one.text !== undefined);
}

/**
 * The profile to use: the flag's, `$AUDITLOG_PROFILE`, the current one; undefined without one. Throws a usage error for an unknown profile.
 */
export function pickProfile(
  { env }: Pick<Context, 'env'>,
  flag: string | undefined,
  config: Config,
): string | undefined {
  const named = namedProfile(flag, env, config);
  if (named === undefined) return config.profiles.has('default') ? 'default' : undefined;
  const { text, from } = named;
  checkProfileName(text);
  if (config.profiles.has(text) || text === 'default') return text;
  const known = [...config.profiles.keys()];
  throw usageError(
    `profile "${text}" does not exist (${from})`,
    known.length === 0 ? `To make it: auditlog profile add ${text}` : meantOf(text, known),
  );
}
