import type { Config } from './read.js';
import type { Settings } from './settings.js';

/** The settings of a profile, which is made when it does not exist; without a profile the defaults of all. */
function edit(config: Config, profile: string | undefined, change: (settings: Settings) => Settings): Config {
  if (profile === undefined) return { ...config, defaults: change(config.defaults) };
  const settings = change(config.profiles.get(profile) ?? {});
  return { ...config, profiles: new Map([...config.profiles, [profile, settings]]) };
}

/** Changes some settings of a profile, or the defaults where `profile` is undefined. */
export function withSettings(config: Config, profile: string | undefined, changes: Settings): Config {
  return edit(config, profile, (settings) => ({ ...settings, ...changes }));
}

/** Removes a setting of a profile, or a default where `profile` is undefined. */
export function withoutSetting(config: Config, profile: string | undefined, name: keyof Settings): Config {
  return edit(config, profile, ({ [name]: _, ...others }) => others);
}

/** Removes a profile, which is then no longer in use either. */
export function withoutProfile(config: Config, profile: string): Config {
  return {
    ...config,
    profile: config.profile === profile ? undefined : config.profile,
    profiles: new Map([...config.profiles].filter(([name]) => name !== profile)),
  };
}
