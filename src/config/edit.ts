import type { Config } from './read.js';
import type { Settings } from './settings.js';

/** The same with some settings changed: of a profile, which is made when there is none of that name, or of all of them (`undefined`). */
export function withSettings(config: Config, profile: string | undefined, changes: Settings): Config {
  if (profile === undefined) return { ...config, defaults: { ...config.defaults, ...changes } };
  const settings = { ...config.profiles.get(profile), ...changes };
  return { ...config, profiles: new Map([...config.profiles, [profile, settings]]) };
}

/** The same without a setting of a profile, or of all of them (`undefined`). */
export function withoutSetting(config: Config, profile: string | undefined, name: keyof Settings): Config {
  const drop = (settings: Settings): Settings =>
    Object.fromEntries(Object.entries(settings).filter(([key]) => key !== name));
  if (profile === undefined) return { ...config, defaults: drop(config.defaults) };
  return { ...config, profiles: new Map([...config.profiles, [profile, drop(config.profiles.get(profile) ?? {})]]) };
}

/** The same with another profile in use. */
export function withCurrent(config: Config, profile: string | undefined): Config {
  return { ...config, profile };
}

/** The same without a profile, which is then no longer in use either. */
export function withoutProfile(config: Config, profile: string): Config {
  return {
    ...config,
    profile: config.profile === profile ? undefined : config.profile,
    profiles: new Map([...config.profiles].filter(([name]) => name !== profile)),
  };
}
