import { inspect } from 'node:util';
import { type AuditlogError, keyError } from './errors.js';

/** An API key that prints itself nowhere: only `reveal` gives it, and only http/ and the stores call that. */
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

/** Checks the form of a key and wraps it. One newline at the end is dropped, as files and pipes have it. Throws a `keyError` that tells what is wrong and never shows the key. */
export function makeSecret(value: string, from: string): Secret {
  const key = withoutEnd(value);
  const fault = FAULTS.find((one) => one.found(key));
  if (fault !== undefined) throw invalid(`the API key from ${from}`, fault);
  return wrap(key, from);
}

/** As `makeSecret`, for the password or token of a destination, where people choose their own: blanks, quotes and any letters may be in it. */
export function makeDestinationSecret(value: string, from: string): Secret {
  const secret = withoutEnd(value);
  const fault = DESTINATION_FAULTS.find((one) => one.found(secret));
  if (fault !== undefined) throw invalid(`the destination's secret from ${from}`, fault);
  return wrap(secret, from);
}

function withoutEnd(value: string): string {
  return value.replace(/\r?\n$/, '');
}

function wrap(key: string, from: string): Secret {
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

interface KeyFault {
  readonly found: (key: string) => boolean;
  readonly what: string;
  readonly fix: string;
}

/** The first that is found is told. */
const FAULTS: readonly KeyFault[] = [
  { found: (key) => key.trim() === '', what: 'it is empty', fix: 'Copy the key again.' },
  {
    found: (key) => key.startsWith('\uFEFF'),
    what: 'it starts with a byte order mark',
    fix: 'Save it as plain UTF-8 without a BOM.',
  },
  {
    found: (key) => /^\s*(bearer|basic|token)\s/i.test(key),
    what: 'it starts with a word such as "Bearer "',
    fix: 'Give the key alone.',
  },
  { found: (key) => /^\s*["'`]|["'`]\s*$/.test(key), what: 'it has quotes around it', fix: 'Give it without quotes.' },
  { found: (key) => /[\r\n]/.test(key.trim()), what: 'it has more than one line', fix: 'Give one key, on one line.' },
  { found: (key) => /^\s|\s$/.test(key), what: 'it has white space around it', fix: 'Give it without.' },
  {
    found: (key) => /\s/.test(key),
    what: 'it has white space inside',
    fix: 'Was it cut or wrapped when copied? Copy it again.',
  },
  {
    found: (key) => !/^[\x21-\x7e]*$/.test(key),
    what: 'it has characters that no key has',
    fix: 'Was it copied from a formatted text? Copy it from where it was made.',
  },
  {
    found: (key) => key.length > 512,
    what: 'it is longer than 512 characters',
    fix: 'Is it something else? Copy the key again.',
  },
];

const DESTINATION_FAULTS: readonly KeyFault[] = [
  { found: (secret) => secret.trim() === '', what: 'it is empty', fix: 'Give the password or token alone.' },
  {
    found: (secret) => /\p{Cc}/u.test(secret),
    what: 'it has more than one line, or characters that no password has',
    fix: 'Give one password or token, on one line.',
  },
  {
    found: (secret) => secret.length > 8192,
    what: 'it is longer than 8192 characters',
    fix: 'Is it something else? Copy it again.',
  },
];

function invalid(what: string, fault: KeyFault): AuditlogError {
  return keyError(`${what} cannot be used: ${fault.what}`, fault.fix);
}
