import { AuditlogError } from '../errors.js';
import type { Secret } from '../keys.js';
import { type ProviderAuth, secretTexts } from '../providers/auth.js';

/** The text in place of a secret. */
export const REDACTED = '[redacted]';

/** As many first characters of a secret are a part of it where a text was cut after them. */
const PART = 8;
/** As many are a part of it wherever they stand. */
const CERTAIN = 16;
/** What follows where a text was cut: its end, dots, or the end of a quotation. */
const CUT = /^(?:\s*$|\s*\n|\u2026|\.\.|[\s"'`)\]}>,;:])/;

/**
 * Makes a function that removes secrets from a text: as they are, URL-encoded, escaped for JSON or HTML, and in base64 and base64url (also of
 * `Bearer KEY`, `:KEY` and `KEY:`), and the first part of one where the text was cut. The last line of defence for everything that is printed;
 * nothing should need it.
 */
export function makeScrubber(secrets: readonly string[]): (text: string) => string {
  const forms = new Set(secrets.filter((secret) => secret.length >= 4).flatMap(formsOf));
  // Most texts hold nothing that a secret begins with: the search for whole ones is made for the others alone.
  const byHead = new Map<string, string[]>();
  for (const form of forms) {
    const head = form.slice(0, PART).toLowerCase();
    byHead.set(head, [...(byHead.get(head) ?? []), form]);
  }
  return (text) => {
    const lower = text.toLowerCase();
    const near = [...byHead].flatMap(([head, all]) => (lower.includes(head) ? all : []));
    return near.length === 0 ? text : withoutForms(text, near);
  };
}

/** A text without these forms of secrets, the longest first, and without their first parts. */
function withoutForms(text: string, near: readonly string[]): string {
  const forms = [...near].sort((a, b) => b.length - a.length);
  const scrubbed = text.replace(anyOf(forms), REDACTED);
  const longer = forms.filter((form) => form.length > PART);
  if (longer.length === 0) return scrubbed;
  return withoutParts(scrubbed, anyOf([...new Set(longer.map((form) => form.slice(0, PART)))]), longer);
}

function anyOf(texts: readonly string[]): RegExp {
  return new RegExp(texts.map(escapeForRegExp).join('|'), 'gi');
}

function withoutParts(text: string, head: RegExp, forms: readonly string[]): string {
  let kept = '';
  let end = 0;
  for (const { index } of text.matchAll(head)) {
    if (index < end) continue;
    const length = Math.max(...forms.map((form) => sharedLength(text, index, form)));
    if (length < PART || (length < CERTAIN && !CUT.test(text.slice(index + length, index + length + 64)))) continue;
    kept += `${text.slice(end, index)}${REDACTED}`;
    end = index + length;
  }
  return kept + text.slice(end);
}

/** How many characters of `form` the text has at a place, in any case. */
function sharedLength(text: string, at: number, form: string): number {
  let length = 0;
  while (length < form.length && text[at + length]?.toLowerCase() === form[length]?.toLowerCase()) length += 1;
  return length;
}

/** The same for a key and its parts, so that callers need not reveal it. */
export function keyScrubber(auth: ProviderAuth, key: Pick<Secret, 'reveal'>): (text: string) => string {
  return makeScrubber(secretTexts(auth, key.reveal()));
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
    ...htmlForms(secret),
    ...base64Forms(secret),
  ];
}

/** As web pages and XML escape a text: the five marks by name or number, or everything but letters and digits by number. */
function htmlForms(secret: string): string[] {
  const marks = (pattern: RegExp, spell: (mark: string) => string) =>
    secret.replace(pattern, (mark) => `&${spell(mark)};`);
  const decimal = (mark: string) => `#${mark.charCodeAt(0)}`;
  const hex = (mark: string) => `#x${mark.charCodeAt(0).toString(16).padStart(2, '0')}`;
  const [five, all] = [/[&<>"']/g, /[^A-Za-z0-9_.~-]/g];
  return [
    marks(five, (mark) => NAMED[mark] ?? ''),
    marks(five, (mark) => (mark === "'" ? decimal(mark) : (NAMED[mark] ?? ''))),
    marks(five, (mark) => (mark === "'" ? hex(mark) : (NAMED[mark] ?? ''))),
    marks(five, (mark) => (/["']/.test(mark) ? decimal(mark) : (NAMED[mark] ?? ''))),
    ...[five, all].flatMap((pattern) => [marks(pattern, decimal), marks(pattern, hex)]),
  ];
}

const NAMED: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

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
