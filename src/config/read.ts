import { type AuditlogError, usageError } from '../errors.js';
import { isAnything, mapOf } from '../json/is.js';
import { type ConfigWorld, configFile } from './dir.js';
import { parseJson, readTextFile } from './json.js';
import { checkProfileName, meantOf, SETTINGS, type Settings, toText } from './settings.js';

export interface Config {
  /** The profile in use, when none is named. */
  readonly profile: string | undefined;
  /** For every profile without a value of its own. */
  readonly defaults: Settings;
  readonly profiles: ReadonlyMap<string, Settings>;
}

const FIX = 'Correct it, or remove the file to start again';

/** The saved settings; empty ones when nothing is saved. Throws a usage error that names the file, and the line or the setting, when it cannot be understood. Never changes the file. */
export async function readConfig(world: ConfigWorld): Promise<Config> {
  const file = configFile(world);
  const text = (await readTextFile(file)) ?? '';
  if (text.trim() === '') return { profile: undefined, defaults: {}, profiles: new Map() };
  const value = parseJson(text, file, FIX);
  if (!isRecord(value)) throw wrong(file, 'it has to be an object: { ... }');
  const { profile, profiles, ...rest } = value;
  if (profile !== undefined && typeof profile !== 'string') throw wrong(file, '"profile" has to be a name');
  if (profiles !== undefined && !isRecord(profiles)) throw wrong(file, '"profiles" has to be an object of profiles');
  return {
    profile,
    defaults: toSettings(rest, file, '', ['profile', 'profiles']),
    profiles: new Map(
      Object.entries(profiles ?? {}).map(([name, settings]) => {
        checkProfileName(name);
        if (!isRecord(settings)) throw wrong(file, `profile "${name}" has to be an object: { ... }`);
        return [name, toSettings(settings, file, `profile "${name}": `, [])];
      }),
    ),
  };
}

const isRecord = mapOf(isAnything);

/** `also` are the other names that the object may have. */
function toSettings(
  value: Readonly<Record<string, unknown>>,
  file: string,
  where: string,
  also: readonly string[],
): Settings {
  const known = SETTINGS.map((one) => one.name);
  const read = Object.entries(value).map(([key, raw]) => {
    const name = known.find((one) => one === key);
    if (name === undefined)
      throw wrong(file, `${where}setting "${key}" does not exist`, meantOf(key, [...known, ...also]));
    const text = toText(name, raw);
    if (text === undefined)
      throw wrong(file, `${where}the value of "${key}" cannot be used`, 'auditlog config set --help shows examples');
    return [name, text] as const;
  });
  return Object.fromEntries(read);
}

function wrong(file: string, what: string, hint = FIX): AuditlogError {
  return usageError(`${file}: ${what}`, hint);
}
