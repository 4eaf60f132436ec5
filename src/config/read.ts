import { readFile } from 'node:fs/promises';
import type { Context } from '../context.js';
import { type AuditlogError, localError, usageError } from '../errors.js';
import { configFile } from './dir.js';
import { checkProfileName, meantOf, SETTINGS, type Settings, toText } from './settings.js';
import { badJsonLine } from './syntax.js';

export interface Config {
  /** The profile in use, when none is named. */
  readonly profile: string | undefined;
  /** For every profile that does not say otherwise. */
  readonly defaults: Settings;
  readonly profiles: ReadonlyMap<string, Settings>;
}

const EMPTY: Config = { profile: undefined, defaults: {}, profiles: new Map() };

/** The saved settings; empty ones when nothing is saved. Throws a usage error that names the file, and the line or the setting, when it cannot be understood; it is never changed or cleared. */
export async function readConfig(ctx: Pick<Context, 'env' | 'home' | 'platform' | 'cwd'>): Promise<Config> {
  const file = configFile(ctx);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return EMPTY;
    throw localError(`cannot read ${file} (${code})`, undefined, error);
  }
  return parseConfig(text.replace(/^\uFEFF/, ''), file);
}

/** As `readConfig`, of a text; `file` is for messages. */
export function parseConfig(text: string, file: string): Config {
  if (text.trim() === '') return EMPTY;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw usageError(
      `${file}, line ${badJsonLine(text) ?? 1}: this is not valid JSON`,
      'Correct it, or remove the file to begin anew.',
    );
  }
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
      throw wrong(file, `${where}there is no setting "${key}"`, meantOf(key, [...known, ...also]));
    const text = toText(name, raw);
    if (text === undefined)
      throw wrong(file, `${where}the value of "${key}" cannot be used`, 'auditlog config set --help shows examples.');
    return [name, text] as const;
  });
  return Object.fromEntries(read);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(file: string, what: string, hint = 'Correct it, or remove the file to begin anew.'): AuditlogError {
  return usageError(`${file}: ${what}`, hint);
}
