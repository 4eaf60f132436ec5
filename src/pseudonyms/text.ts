import { isIP } from 'node:net';
import type { NameAnew, PersonalKind } from './key.js';
import { type FoundValue, openKnown } from './known.js';

/** Replaces personal values in a text. */
export type ReplaceText = (text: string) => string;

/** A part of a text. What was replaced is not looked at again. */
interface ReplacedPart {
  readonly text: string;
  readonly isDone: boolean;
}

/** Opens what replaces these values wherever they are in a text, and emails and addresses of anybody. Its time grows with the text only. */
export function openReplace(values: ReadonlyMap<string, PersonalKind>, nameAnew: NameAnew): ReplaceText {
  const finders = [
    ...(values.size === 0 ? [] : [openKnown(values, nameAnew)]),
    (text: string) => emailsIn(text, nameAnew),
    (text: string) => addressesIn(text, nameAnew),
  ];
  const replaced = (text: string): readonly ReplacedPart[] =>
    finders.reduce(
      (parts, find) => parts.flatMap((part) => (part.isDone ? [part] : split(part.text, find(part.text)))),
      [{ text, isDone: false }] as readonly ReplacedPart[],
    );
  return (text) => {
    let parts = replaced(text);
    // Other spellings are looked at too. One that holds nothing personal stays as it is.
    for (const spell of SPELLINGS) {
      parts = parts.flatMap((part) => {
        const other = part.isDone ? part.text : spell(part.text);
        const found = other === part.text ? [] : replaced(other);
        return found.some(({ isDone }) => isDone) ? found : [part];
      });
    }
    return parts.length === 1 ? parts[0]!.text : parts.map((part) => part.text).join('');
  };
}

function split(text: string, found: readonly FoundValue[]): readonly ReplacedPart[] {
  if (found.length === 0) return [{ text, isDone: false }];
  const parts: ReplacedPart[] = [];
  let from = 0;
  for (const { start, end, pseudonym } of found) {
    if (start > from) parts.push({ text: text.slice(from, start), isDone: false });
    parts.push({ text: pseudonym, isDone: true });
    from = end;
  }
  if (from < text.length) parts.push({ text: text.slice(from), isDone: false });
  return parts;
}

const LETTER = '[\\p{L}\\p{N}]';
const LOCAL = /[\p{L}\p{N}._%+'-]/u;
const DOMAIN = new RegExp(
  `@${LETTER}(?:[\\p{L}\\p{N}-]*${LETTER})?(?:\\.${LETTER}(?:[\\p{L}\\p{N}-]*${LETTER})?)+`,
  'gu',
);
/** Emails, found by what follows the `@`. */
function emailsIn(text: string, nameAnew: NameAnew): readonly FoundValue[] {
  if (!text.includes('@')) return [];
  const found: FoundValue[] = [];
  for (const { 0: domain, index: at } of text.matchAll(DOMAIN)) {
    const least = found.at(-1)?.end ?? 0;
    let start = at;
    while (start > least) {
      const before = /[\udc00-\udfff]/.test(text[start - 1]!) && start - 1 > least ? start - 2 : start - 1;
      if (!LOCAL.test(text.slice(before, start))) break;
      start = before;
    }
    start = emailStart(text, start, at);
    const end = at + domain.length;
    if (start < at) found.push({ start, end, pseudonym: nameAnew('email', percentDecoded(text.slice(start, end))) });
  }
  return found;
}

/** After what may be before an email, such as an opening quote, also percent-encoded. */
function emailStart(text: string, from: number, at: number): number {
  let start = from;
  while (start < at) {
    const hex = /^%([0-7][0-9a-f])/i.exec(text.slice(start, start + 3))?.[1];
    const character = hex === undefined ? text[start]! : String.fromCharCode(Number.parseInt(hex, 16));
    // A percent sign that is no code, or begins one of a letter beyond ASCII.
    const isCode = hex === undefined && /^%[89a-f][0-9a-f]/i.test(text.slice(start, start + 3));
    if (isCode || !/[\0-/:-@[-^`{-\x7f]/.test(character)) break;
    start += hex === undefined ? 1 : 3;
  }
  return start;
}

const IPV4 = '(?<![\\p{L}\\p{N}.])(?:\\d{1,3}\\.){3}\\d{1,3}(?![\\p{L}\\p{N}]|\\.\\d)';
const IPV6 = '(?<![\\p{L}\\p{N}:.])(?=[0-9a-f]{0,4}:[0-9a-f]*:)[0-9a-f:]{3,}(?:\\.\\d{1,3}){0,3}(?![\\p{L}\\p{N}:])';
const ADDRESS = new RegExp(`${IPV4}|${IPV6}`, 'giu');

function addressesIn(text: string, nameAnew: NameAnew): readonly FoundValue[] {
  if (!/[.:]/.test(text)) return [];
  return [...text.matchAll(ADDRESS)].flatMap(({ 0: found, index: start }) =>
    isIP(found) === 0 ? [] : [{ start, end: start + found.length, pseudonym: nameAnew('ip', found) }],
  );
}

const SPELLINGS: readonly ReplaceText[] = [
  composed,
  (text) => composed(percentDecoded(text)),
  (text) => composed(unescaped(text)),
  (text) => composed(percentDecoded(percentDecoded(text))),
  (text) => composed(percentDecoded(unescaped(text))),
  (text) => (text.includes('+') ? composed(percentDecoded(text.replaceAll('+', ' '))) : text),
];

function composed(text: string): string {
  return text.normalize('NFC');
}

function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/(?<!\\)\\+u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Sequences that are no UTF-8 stay. */
function percentDecoded(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (coded) => {
    try {
      return decodeURIComponent(coded);
    } catch {
      return coded;
    }
  });
}
