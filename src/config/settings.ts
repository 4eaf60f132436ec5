import { usageError } from '../errors.js';
import { suggest } from '../suggest.js';

/** What may be saved, for all profiles or for one. As text, in the words of the flags; `profile.ts` gives them their meaning. */
export interface Settings {
  readonly provider?: string;
  readonly baseUrl?: string;
  readonly org?: readonly string[];
  readonly rate?: string;
  readonly maxWait?: string;
  readonly tz?: string;
}

export type SettingName = keyof Settings;

export interface Setting {
  /** As the file has it. */
  readonly name: SettingName;
  /** As the command line has it. */
  readonly word: string;
  readonly about: string;
}

export const SETTINGS: readonly Setting[] = [
  { name: 'provider', word: 'provider', about: 'whose audit log' },
  { name: 'baseUrl', word: 'base-url', about: 'where the API is, if not at its public address' },
  { name: 'org', word: 'org', about: 'the organizations, separated by commas' },
  { name: 'rate', word: 'rate', about: 'at most so many requests a minute, or: off' },
  { name: 'maxWait', word: 'max-wait', about: 'the longest wait, such as 15m' },
  { name: 'tz', word: 'tz', about: 'where days begin: UTC, local, or such as Europe/Paris' },
];

/** The setting of that name, in either spelling. Throws a usage error that suggests the nearest. */
export function findSetting(word: string): Setting {
  const found = SETTINGS.find((one) => one.word === word || one.name === word);
  if (found !== undefined) return found;
  if (word === 'profile') throw usageError('the profile in use is not a setting', 'auditlog profile use NAME');
  if (/key|token|secret/i.test(word))
    throw usageError('keys are not settings', 'auditlog auth login saves a key where only you can read it.');
  throw usageError(
    `there is no setting "${word}"`,
    meantOf(
      word,
      SETTINGS.map((one) => one.word),
    ),
  );
}

/** `Did you mean …?` and all that there are. */
export function meantOf(word: string, known: readonly string[]): string {
  const near = suggest(word, known);
  return `${near === undefined ? '' : `Did you mean ${near}? `}There are: ${known.join(', ')}.`;
}

/** Throws a usage error unless the name can stand in a file, a message and a command line as it is. */
export function checkProfileName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(name)) return name;
  throw usageError(`"${name}" cannot name a profile`, 'Letters, digits, and ._- after the first; at most 64.');
}

/** A setting's value as the file may have it, as text; undefined when it has another form. */
export function toText(name: SettingName, value: unknown): string | readonly string[] | undefined {
  if (name === 'org') {
    const list = typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value;
    return Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === 'string' && one !== '')
      ? (list as string[])
      : undefined;
  }
  if (name === 'rate' && typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
