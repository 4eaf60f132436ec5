import { AuditlogError } from '../errors.js';
import type { Secret } from '../keys.js';

/** The text in place of a secret. */
export const REDACTED = '[redacted]';

/**
 * Makes a function that removes secrets from a text: as they are, URL-encoded, JSON-escaped, and in base64 and base64url (also of `Bearer KEY`, `:KEY`
 * and `KEY:`). The last line of defence for everything that is printed; nothing should need it.
 */
export function makeScrubber(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.filter((secret) => secret.length >= 4).flatMap(formsOf))].sort(
    (a, b) => b.length - a.length,
  );
  if (forms.length === 0) return (text) => text;
  const pattern = new RegExp(forms.map(escapeForRegExp).join('|'), 'gi');
  return (text) => text.replace(pattern, REDACTED);
}

/** The same for a key, so that callers need not reveal it. */
export function keyScrubber(key: Pick<Secret, 'reveal'>): (text: string) => string {
  return makeScrubber([key.reveal()]);
}

/** The same error without secrets in its text, in its hint, or in its causes. */
export function scrubError(error: AuditlogError, scrub: (text: string) => string): AuditlogError {
  for (let link: unknown = error, depth = 0; link instanceof Error && depth < 8; link = link.cause, depth += 1) {
    link.message = scrub(link.message);
    if (link.stack !== undefined) link.stack = scrub(link.stack);
  }
  const { message, exitCode, hint, cause } = error;
  return new AuditlogError(message, exitCode, hint === undefined ? undefined : scrub(hint), cause);
}

function formsOf(secret: string): string[] {
  const percent = [...Buffer.from(secret)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  const quoted = JSON.stringify(secret).slice(1, -1);
  const unicode = [...secret].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  return [
    secret,
    encodeURIComponent(secret),
    encodeURI(secret),
    new URLSearchParams({ k: secret }).toString().slice(2),
    percent,
    quoted,
    quoted.replaceAll('/', '\\/'),
    JSON.stringify(quoted).slice(1, -1),
    unicode,
    ...base64Forms(secret),
  ];
}

/** Base64 depends on the bytes before: the stable middle of each of the three alignments finds `Bearer KEY` and `user:KEY`, too. */
function base64Forms(secret: string): string[] {
  const forms: string[] = [];
  for (const lead of [0, 1, 2]) {
    const bytes = Buffer.concat([Buffer.alloc(lead), Buffer.from(secret)]);
    const whole = bytes.length - (bytes.length % 3);
    const text = bytes
      .subarray(0, whole)
      .toString('base64')
      .slice(lead === 0 ? 0 : 4);
    // A shorter one could be any text.
    if (text.length >= 8) forms.push(text, text.replaceAll('+', '-').replaceAll('/', '_'));
  }
  forms.push(Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('base64url'));
  return forms;
}

function escapeForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
