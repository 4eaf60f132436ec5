import { AuditlogError } from '../errors.js';
import type { Secret } from '../keys.js';
import { type ProviderAuth, secretTexts } from '../providers/auth.js';

/** The text in place of a secret. */
export const REDACTED = '[redacted]';

/** As many first or last characters of a secret are a part of it where a text was cut behind or before them. */
const PART = 8;
/** This many characters are a part of the secret anywhere. */
const CERTAIN = 16;
/** Characters of a spelling that is looked for by its beginning only, such as one of a \\u escape for each character. */
const LONG = 200;
/** What comes before a part where a text was cut: its beginning, dots, or the beginning of a quotation. */
const CUT_BEFORE = /(?:^|[\s"'`([{<=:,.\u2026])$/;
/** What follows where a text was cut: its end, dots, or the end of a quotation. */
const CUT = /^(?:\s*$|\s*\n|\u2026|\.\.|[\s"'`)\]}>,;:])/;

/**
 * Makes a function that removes secrets from a text: as they are, URL-encoded, escaped for JSON or HTML, and in base64 and base64url (also of
 * `Bearer KEY`, `:KEY` and `KEY:`), and the first or last part of one where the text was cut. The last line of defence for everything that is printed;
 * nothing should need it.
 */
export function makeScrubber(secrets: readonly string[]): (text: string) => string {
  const forms = new Set(secrets.filter((secret) => secret.length >= 4).flatMap(formsOf));
  // Most texts hold no piece of a secret: the search for whole ones is made for the others alone.
  const byBlock = new Map<string, string[]>();
  for (const form of forms)
    for (const block of blocksOf(form.toLowerCase())) byBlock.set(block, [...(byBlock.get(block) ?? []), form]);
  return (text) => {
    const lower = text.toLowerCase();
    const near = new Set([...byBlock].flatMap(([block, all]) => (lower.includes(block) ? all : [])));
    return near.size === 0 ? text : withoutForms(text, [...near]);
  };
}

/**
 * Consecutive blocks of a spelling, and its last one: every long part of the spelling contains one of them. Of very long spellings only the
 * first blocks.
 */
function blocksOf(form: string): readonly string[] {
  const blocks = new Set([form.slice(0, PART)]);
  if (form.length > LONG || form.length <= PART) return [...blocks];
  for (let at = PART; at + PART <= form.length; at += PART) blocks.add(form.slice(at, at + PART));
  return [...blocks.add(form.slice(-PART))];
}

/** A text without these forms of secrets, the longest first, and without their parts. */
function withoutForms(text: string, near: readonly string[]): string {
  const forms = near.toSorted((a, b) => b.length - a.length);
  const scrubbed = text.replace(anyOf(forms), REDACTED);
  const longer = forms.filter((form) => form.length > PART);
  if (longer.length === 0) return scrubbed;
  return withoutParts(scrubbed, anyOf([...new Set(longer.flatMap(blocksOf))]), longer);
}

function anyOf(texts: readonly string[]): RegExp {
  return new RegExp(texts.map(escapeForRegExp).join('|'), 'gi');
}

function withoutParts(text: string, block: RegExp, forms: readonly string[]): string {
  let kept = '';
  let end = 0;
  for (const { index } of text.matchAll(block)) {
    if (index < end) continue;
    const parts = forms.flatMap((form) => partsAt(text, index, form)).filter(({ from }) => from >= end);
    const longest = parts.sort((a, b) => b.to - b.from - (a.to - a.from))[0];
    if (longest === undefined) continue;
    kept += `${text.slice(end, longest.from)}${REDACTED}`;
    end = longest.to;
  }
  return kept + text.slice(end);
}

/** A stretch of a text. `to` is exclusive. */
interface TextPart {
  readonly from: number;
  readonly to: number;
}

/** Where the text has parts of a form around a block of it: long ones, and those at which a text was cut. */
function partsAt(text: string, index: number, form: string): readonly TextPart[] {
  const [block, whole] = [text.slice(index, index + PART).toLowerCase(), form.toLowerCase()];
  const parts: TextPart[] = [];
  for (let at = whole.indexOf(block); at >= 0; at = whole.indexOf(block, at + 1)) {
    let before = 0;
    while (before < at && text[index - before - 1]?.toLowerCase() === whole[at - before - 1]) before += 1;
    let length = PART;
    while (at + length < whole.length && text[index + length]?.toLowerCase() === whole[at + length]) length += 1;
    const [from, to] = [index - before, index + length];
    const isFirst = before === at && CUT.test(text.slice(to, to + 64));
    const isLast = at + length === whole.length && CUT_BEFORE.test(text.slice(Math.max(0, from - 1), from));
    // A word that a secret ends with, such as "Password", is a word of messages in another case.
    const isWord =
      /^[a-z]+$/i.test(text.slice(from, to)) && text.slice(from, to) !== form.slice(at - before, at + length);
    if (to - from >= CERTAIN || isFirst || (isLast && !isWord)) parts.push({ from, to });
  }
  return parts;
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
    Buffer.from(secret).toString('hex'),
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
