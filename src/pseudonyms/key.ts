import { createHmac } from 'node:crypto';
import { isIPv6 } from 'node:net';

/** The type of a value. Each has pseudonyms of its own form. */
export type PersonalKind = 'email' | 'name' | 'id' | 'ip' | 'agent';

/** Returns the pseudonym of a value: the same for the same value and key, in every run. */
export type NameAnew = (kind: PersonalKind, value: string) => string;

export interface PseudonymKey {
  /** Distinguishes keys without revealing anything about them. */
  readonly fingerprint: string;
  readonly nameAnew: NameAnew;
}

/** Minimum length in bytes; shorter keys can be guessed. */
export const SHORTEST_KEY = 32;

export function openKey(secret: Buffer): PseudonymKey {
  const digest = (kind: string, text: string) =>
    createHmac('sha256', secret).update(`${kind}\0${text}`).digest('hex').slice(0, DIGITS);
  const known = new Map<string, string>();
  return {
    fingerprint: createHmac('sha256', secret).update('auditlog pseudonym key').digest('hex').slice(0, 16),
    nameAnew: (written, value) => {
      const kind = written !== 'agent' && value.includes('@') ? 'email' : written;
      const text = canonical(kind, value);
      const place = `${kind}\0${text}`;
      const found = known.get(place);
      if (found !== undefined) return found;
      if (known.size >= MOST_KNOWN) known.clear();
      const made = SHAPES[kind](digest(kind, text));
      known.set(place, made);
      return made;
    },
  };
}

/** Number of hex digits. Among a million people, the chance of two equal pseudonyms is one in five hundred. */
const DIGITS = 12;
const MOST_KNOWN = 100_000;

/** A pseudonym of an address is not an address, so nobody can take it for one. */
const SHAPES: Readonly<Record<PersonalKind, (digits: string) => string>> = {
  email: (digits) => `p-${digits}@pseudonym.invalid`,
  name: (digits) => `Person ${digits}`,
  id: (digits) => `id-${digits}`,
  ip: (digits) => `ip-${digits}`,
  agent: (digits) => `agent-${digits}`,
};

/** The same text for all spellings of a value. */
function canonical(kind: PersonalKind, value: string): string {
  const text = value.normalize('NFC').trim();
  if (kind === 'email' || kind === 'name') return text.replace(/\s+/g, ' ').toLowerCase();
  return kind === 'ip' ? canonicalAddress(text) : text;
}

function canonicalAddress(text: string): string {
  if (!isIPv6(text)) return text;
  const host = new URL(`http://[${text.replace(/%.*$/, '')}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(host);
  if (mapped === null) return host;
  const [high, low] = [Number.parseInt(mapped[1]!, 16), Number.parseInt(mapped[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
