import { usageError } from '../errors.js';
import { isText, listOf } from '../json/is.js';
import { suggest } from '../suggest.js';

/** The settings that can be saved, for all profiles or for one. Their values are the text of the flags, which `profile.ts` parses. */
export interface Settings {
  readonly provider?: string;
  readonly baseUrl?: string;
  readonly tokenUrl?: string;
  readonly org?: readonly string[];
  /** Variables of the vendor's address, each `name=value`. */
  readonly vars?: readonly string[];
  readonly rate?: string;
  readonly maxWait?: string;
  readonly timeout?: string;
  readonly tz?: string;
}

export type SettingName = keyof Settings;

export interface Setting {
  /** Its name in the file. */
  readonly name: SettingName;
  /** Its flag. */
  readonly word: string;
  /** Its environment variable, if it has one. */
  readonly env?: string;
  readonly about: string;
}

export const SETTINGS: readonly Setting[] = [
  { name: 'provider', word: 'provider', env: 'AUDITLOG_PROVIDER', about: 'the vendor' },
  {
    name: 'baseUrl',
    word: 'base-url',
    env: 'AUDITLOG_BASE_URL',
    about: "the API's address, if not the vendor's usual one",
  },
  {
    name: 'tokenUrl',
    word: 'token-url',
    env: 'AUDITLOG_TOKEN_URL',
    about: "where tokens are made, if not the vendor's usual address",
  },
  { name: 'org', word: 'org', env: 'AUDITLOG_ORG', about: 'the organizations, separated by commas' },
  {
    name: 'vars',
    word: 'vars',
    env: 'AUDITLOG_VARS',
    about: "parts of the vendor's address: name=value,name=value",
  },
  { name: 'rate', word: 'rate', about: 'maximum requests per minute, or "off"' },
  { name: 'maxWait', word: 'max-wait', about: 'stop instead of waiting longer than this, such as 15m' },
  {
    name: 'timeout',
    word: 'timeout',
    env: 'AUDITLOG_TIMEOUT',
    about: 'longest time without an answer to a request, such as 2m',
  },
  { name: 'tz', word: 'tz', env: 'AUDITLOG_TZ', about: 'time zone: UTC, local, or a name such as Europe/Paris' },
];

/** The setting of that name, in either spelling. Throws a usage error that suggests the nearest. */
export function findSetting(word: string): Setting {
  const found = SETTINGS.find((one) => one.word === word || one.name === word);
  if (found !== undefined) return found;
  if (word === 'profile') throw usageError('the current profile is not a setting', 'auditlog profile use NAME');
  if (/key|token|secret/i.test(word)) throw usageError('keys are not settings', 'To save a key: auditlog auth login');
  const words = SETTINGS.map((one) => one.word);
  throw usageError(`setting "${word}" does not exist`, meantOf(word, words));
}

/** `Did you mean …?` and all known names. */
export function meantOf(word: string, known: readonly string[]): string {
  const near = suggest(word, known);
  return `${near === undefined ? '' : `Did you mean ${near}? `}There are: ${known.join(', ')}`;
}

/** Throws a usage error unless the name works unquoted in files, messages and command lines. */
export function checkProfileName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(name)) return name;
  throw usageError(
    `"${name}" is not a valid name of a profile`,
    'Use at most 64 letters, digits and ._-, starting with a letter or digit',
  );
}

const isTexts = listOf(isText);

/** The pieces of `name=value,name=value`. A comma belongs to the value unless another name follows it. */
export function splitVariables(text: string): readonly string[] {
  return text
    .split(/,(?=\s*[a-z][a-z0-9_-]*=)/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** A setting's value in the file as text; undefined when it has another form. */
export function toText(name: SettingName, value: unknown): string | readonly string[] | undefined {
  if (name === 'org') {
    const list = typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value;
    return isTexts(list) && list.length > 0 && !list.includes('') ? list : undefined;
  }
  if (name === 'vars') {
    const list = typeof value === 'string' ? splitVariables(value) : value;
    return isTexts(list) && list.length > 0 && list.every((one) => /^[a-z][a-z0-9_-]*=./s.test(one)) ? list : undefined;
  }
  if (name === 'rate' && typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Settings for output, as `shownSetting`. */
export function shownSettings(settings: Settings): Readonly<Record<string, string | readonly string[]>> {
  return Object.fromEntries(
    SETTINGS.flatMap(({ name }) => {
      const value = settings[name];
      if (value === undefined) return [];
      return [[name, typeof value === 'string' ? shownSetting(value) : value.map((one) => shownSetting(one))] as const];
    }),
  );
}

/** A setting in messages and lists, always without the sign-in that an address may contain. */
export function shownSetting(value: string | readonly string[]): string {
  const text = typeof value === 'string' ? value : value.join(',');
  return text
    .replace(/^([a-z][a-z0-9+.-]*:[/\\]*)[^/\\?#]*@/i, '$1[redacted]@')
    .replace(/^([a-z][a-z0-9+.-]*:[^?#]*)[?#].*$/is, '$1');
}
