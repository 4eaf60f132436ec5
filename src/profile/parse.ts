import { usageError } from '../errors.js';
import { namesOrg } from '../providers/org.js';
import type { Provider } from '../providers/provider.js';
import { parseDuration, zoneHint } from '../time.js';
import { isLoopback } from './loopback.js';
import type { Choice } from './pick.js';

/** The API's base: https, or http on this machine; without credentials, query and fragment. Throws a usage error. */
export function parseBase(choice: Choice | undefined, provider: Provider): URL {
  const given = choice ?? (provider.base === undefined ? undefined : { text: provider.base, from: provider.title });
  if (given === undefined)
    throw usageError(
      `missing --base-url: ${provider.title} has no public address`,
      `With --base-url URL, AUDITLOG_BASE_URL, or to save it: auditlog config set base-url URL`,
    );
  const { text, from } = given;
  const example = 'Example: https://api.example.com';
  // The text may hold a password, so no message repeats it.
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw usageError(`invalid ${from}: expected the address of an API`, example);
  if (url.username !== '' || url.password !== '')
    throw usageError(
      `${from}: an address must not contain a name or password`,
      'The key is saved apart: auditlog auth login',
    );
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text))
    throw usageError(`invalid ${from}: expected an address without "?" and "#"`, example);
  if (url.protocol === 'http:' && !isLoopback(url))
    throw usageError(
      `${from}: http would send the key unprotected to ${url.host}`,
      'Use https; http is only for this machine (localhost)',
    );
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

/** Requests a minute; undefined for `off`. Throws a usage error. */
export function parseRate({ text, from }: Choice): number | undefined {
  if (text === 'off') return undefined;
  const rate = Number(text);
  if (/^\d{1,6}$/.test(text) && rate >= 1) return rate;
  throw usageError(`invalid ${from} "${text}": expected requests per minute (for example 300) or "off"`);
}

/** ms; undefined without a choice. Throws a usage error. */
export function parseMaxWait(choice: Choice | undefined): number | undefined {
  return choice === undefined ? undefined : parseDuration(choice.text, choice.from);
}

/** A request longer than an hour would block everything else for too long, ms. */
const LONGEST_TIMEOUT = 3_600_000;

/** ms; undefined without a choice. Throws a usage error. */
export function parseTimeout(choice: Choice | undefined): number | undefined {
  if (choice === undefined) return undefined;
  const { text, from } = choice;
  const timeout = parseDuration(text, from);
  if (timeout >= 1000 && timeout <= LONGEST_TIMEOUT) return timeout;
  throw usageError(`invalid ${from} "${text}": expected 1s to 1h`, 'Example: --timeout 2m');
}

/**
 * The named organizations, each once, or the vendor's default. Throws a usage error for an invalid id, and for a flag that the vendor does not
 * support.
 */
export function parseOrgs(choice: Choice | undefined, provider: Provider): readonly string[] {
  const named = namesOrg(provider);
  // A saved or exported org may belong to another vendor; a flag does not.
  if (choice === undefined && named && provider.defaultOrg === undefined)
    throw usageError(
      `missing --org: the API of ${provider.title} needs the organization's name`,
      'With --org NAME, AUDITLOG_ORG, or to save it: auditlog config set org NAME',
    );
  if (choice === undefined || (!named && choice.from !== '--org')) return [provider.defaultOrg ?? ''];
  if (!named) throw usageError(`--org does not apply to ${provider.title}: the key decides`, 'Leave --org out');
  const orgs = choice.text.split(',').map((org) => org.trim());
  const wrong = orgs.find((org) => !/^[A-Za-z0-9_.-]{1,128}$/.test(org) || /^\.+$/.test(org));
  if (wrong !== undefined)
    throw usageError(
      `invalid ${choice.from} "${wrong}": expected the id of an organization`,
      `Example: org_7wHuTTRIfOM537zxuAHi6g, or c: the key's own`,
    );
  return [...new Set(orgs)];
}

/** `UTC`, `local` or an IANA name; UTC without a choice. Throws a usage error. */
export function parseZone(choice: Choice | undefined): string {
  if (choice === undefined) return 'UTC';
  const { text, from } = choice;
  if (text === 'local' || text.toUpperCase() === 'UTC') return text === 'local' ? text : 'UTC';
  if (/^[A-Za-z]/.test(text)) {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone && text;
    } catch {
      // Explained below.
    }
  }
  throw usageError(`invalid ${from} "${text}": unknown time zone`, zoneHint(text));
}
