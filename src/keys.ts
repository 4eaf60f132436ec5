import { inspect } from 'node:util';
import { keyError } from './errors.js';

/** An API key, or a destination's secret, that never prints itself: only `reveal` gives it, and only http/ and the stores call that. */
export interface Secret {
  reveal(): string;
  /** Where it came from, for messages: `$AUDITLOG_API_KEY`, `the keychain`, a file's path. */
  readonly from: string;
  /** `…abcd` for a key of 20 characters or more, else `…`. */
  readonly hint: string;
  toString(): string;
  toJSON(): string;
}

const SHOWN = '[redacted]';

/** Checks the form of a key and wraps it. Drops one newline at the end, as files and pipes have it. Throws a `keyError` that says what is wrong and never shows the key. */
export function makeSecret(value: string, from: string): Secret {
  return wrap(value, from, `the API key from ${from}`, KEY_FAULTS);
}

/** As `makeSecret`, for the password or token of a destination, which may contain blanks, quotes and any letters. */
export function makeDestinationSecret(value: string, from: string): Secret {
  return wrap(value, from, `the destination's secret from ${from}`, SECRET_FAULTS);
}

/** As `makeSecret`, for a key of several parts: `first:second`, a JSON object of the parts, or the JSON file of a service account. */
export function makeKeyOfParts(value: string, from: string): Secret {
  const isJson = /^\s*\{/.test(value);
  const secret = wrap(
    isJson ? value.trim() : value,
    from,
    `the API key from ${from}`,
    isJson ? JSON_FAULTS : PART_FAULTS,
  );
  // Its end may be a short password.
  const last = isJson ? '' : secret.reveal().split(':').at(-1)!;
  return Object.freeze({ ...secret, hint: last.length >= 20 ? secret.hint : '…' });
}

function wrap(value: string, from: string, what: string, faults: readonly KeyFault[]): Secret {
  const key = value.replace(/\r?\n$/, '');
  const fault = faults.find(([isWrong]) => isWrong(key));
  if (fault !== undefined) throw keyError(`${what} cannot be used: ${fault[1]}`, fault[2]);
  const secret = {
    reveal: () => key,
    from,
    hint: key.length >= 20 ? `…${key.slice(-4)}` : '…',
    toString: () => SHOWN,
    toJSON: () => SHOWN,
    [inspect.custom]: () => SHOWN,
  };
  return Object.freeze(secret);
}

type KeyFault = readonly [isWrong: (key: string) => boolean, what: string, fix: string];

/** Only the first fault is reported. */
const KEY_FAULTS: readonly KeyFault[] = [
  [(key) => key.trim() === '', 'expected a text, not an empty one', 'Copy the key again.'],
  [(key) => key.startsWith('\uFEFF'), 'it starts with a byte order mark', 'Save it as plain UTF-8 without a BOM.'],
  [(key) => /^\s*(bearer|basic|token)\s/i.test(key), 'it starts with a word such as "Bearer "', 'Give the key alone.'],
  [(key) => /^\s*["'`]|["'`]\s*$/.test(key), 'it has quotes around it', 'Give it without quotes.'],
  [(key) => /[\r\n]/.test(key.trim()), 'it has more than one line', 'Give one key, on one line.'],
  [(key) => /^\s|\s$/.test(key), 'it has white space around it', 'Give it without.'],
  [(key) => /\s/.test(key), 'it has white space inside', 'Was it cut or wrapped when copied? Copy it again.'],
  [
    (key) => !/^[\x21-\x7e]*$/.test(key),
    'it has characters that no key has',
    'Was it copied from a formatted text? Copy it from where it was made',
  ],
  [(key) => key.length > 512, 'it is longer than 512 characters', 'Is it something else? Copy the key again'],
];

const TOO_LONG: KeyFault = [
  (key) => key.length > 16_384,
  'it is longer than 16384 characters',
  'Is it something else? Copy the key again',
];
const JSON_FAULTS: readonly KeyFault[] = [TOO_LONG];
const PART_FAULTS: readonly KeyFault[] = [...KEY_FAULTS.slice(0, -1), TOO_LONG];

const SECRET_FAULTS: readonly KeyFault[] = [
  [(secret) => secret.trim() === '', 'expected a text, not an empty one', 'Give the password or token alone.'],
  [
    (secret) => /\p{Cc}/u.test(secret),
    'it has more than one line, or characters that no password has',
    'Give one password or token, on one line',
  ],
  [(secret) => secret.length > 8192, 'it is longer than 8192 characters', 'Is it something else? Copy it again.'],
];
