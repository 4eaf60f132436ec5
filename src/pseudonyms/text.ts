import { isIP } from 'node:net';
import type { NameAnew, PersonalKind } from './key.js';

/** Replaces personal values in a text. */
export type ReplaceText = (text: string) => string;

/** Opens what replaces these values anywhere in a text, and emails and addresses of anybody. */
export function openReplace(values: ReadonlyMap<string, PersonalKind>, nameAnew: NameAnew): ReplaceText {
  const kinds = new Map([...values].map(([value, kind]) => [folded(value), kind] as const));
  const known = [...values.keys()].sort((one, other) => other.length - one.length).map(asPattern);
  const pattern = new RegExp([...known, EMAIL, IPV4, IPV6].join('|'), 'giu');
  const once = (text: string): string =>
    text.replace(pattern, (found) => {
      const kind = kinds.get(folded(found));
      if (kind !== undefined) return nameAnew(kind, found);
      if (found.includes('@')) return nameAnew('email', found);
      return isIP(found) === 0 ? found : nameAnew('ip', found);
    });
  return (text) => {
    let replaced = once(text);
    // Checks other spellings too. A spelling without personal values stays unchanged.
    for (const spell of SPELLINGS) {
      const other = spell(replaced);
      const changed = other === replaced ? other : once(other);
      if (changed !== other) replaced = changed;
    }
    return replaced;
  };
}

const LETTER = '[\\p{L}\\p{N}]';
const EMAIL = `[\\p{L}\\p{N}._%+'-]+@${LETTER}(?:[\\p{L}\\p{N}-]*${LETTER})?(?:\\.${LETTER}(?:[\\p{L}\\p{N}-]*${LETTER})?)+`;
const IPV4 = '(?<![\\p{L}\\p{N}.])(?:\\d{1,3}\\.){3}\\d{1,3}(?![\\p{L}\\p{N}]|\\.\\d)';
const IPV6 = '(?<![\\p{L}\\p{N}:.])(?=[0-9a-f]*:[0-9a-f]*:)[0-9a-f:]{3,}(?:\\.\\d{1,3}){0,3}(?![\\p{L}\\p{N}:])';

/** A value that is not a part of a longer word. Scripts without spaces between words have no such borders. */
function asPattern(value: string): string {
  const text = value
    .normalize('NFC')
    .replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    .replace(/\s+/g, '\\s+');
  const before = /^[A-Za-z0-9]/.test(value) ? '(?<![A-Za-z0-9])' : '';
  const after = /[A-Za-z0-9]$/.test(value) ? '(?![A-Za-z0-9])' : '';
  return `${before}${text}${after}`;
}

function folded(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').toLowerCase();
}

const SPELLINGS: readonly ReplaceText[] = [
  (text) => text.normalize('NFC'),
  percentDecoded,
  (text) => text.replace(/\\+u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  (text) => percentDecoded(percentDecoded(text)),
  (text) => (text.includes('+') ? percentDecoded(text).replaceAll('+', ' ') : text),
];

/** Keeps sequences that are not UTF-8. */
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
