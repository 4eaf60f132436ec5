import type { NameAnew, PersonalKind } from './key.js';

/** Where a personal value is in a text, and its pseudonym. */
export interface FoundValue {
  readonly start: number;
  readonly end: number;
  readonly pseudonym: string;
}

/** A step of a value, by the folded character that leads on. */
interface KnownStep {
  readonly next: Map<number, KnownStep>;
  /** Of a value that ends here. */
  pseudonym: string | undefined;
  /** The value has a letter or digit of ASCII at its end, which another one must not follow. */
  isWordEnd: boolean;
}

/** Longer values are replaced where they are the whole text of a field, and not looked for inside of other texts. */
const LONGEST = 1000;
const SPACE = 0x20;
const SPACES = /\s/;

/**
 * Opens what finds values in a text, in any case and spacing: the longest one where several begin. A value is not a part of a longer word;
 * scripts that write words without spaces between them have no such edges.
 */
export function openKnown(
  values: ReadonlyMap<string, PersonalKind>,
  nameAnew: NameAnew,
): (text: string) => readonly FoundValue[] {
  const root = newStep();
  for (const [value, kind] of values) {
    const text = value.normalize('NFC').trim();
    if (text === '' || text.length > LONGEST) continue;
    let step = root;
    for (let at = 0; at < text.length; ) {
      const { folded, length } = foldedAt(text, at);
      for (const unit of folded) step = stepAt(step, unit);
      at += length;
    }
    step.pseudonym ??= nameAnew(kind, value);
    step.isWordEnd = isWord(text.charCodeAt(text.length - 1));
  }
  return (text) => {
    const found: FoundValue[] = [];
    for (let start = 0; start < text.length; ) {
      const code = text.charCodeAt(start);
      const isInWord = isWord(code) && start > 0 && isWord(text.charCodeAt(start - 1));
      const isSkipped = isInWord || (code < 0x80 ? !root.next.has(ASCII[code]!.folded[0]!) : SPACES.test(text[start]!));
      const match = isSkipped ? undefined : longestAt(root, text, start);
      if (match !== undefined) found.push(match);
      start = match?.end ?? start + 1;
    }
    return found;
  };
}

function longestAt(root: KnownStep, text: string, start: number): FoundValue | undefined {
  let found: FoundValue | undefined;
  let step: KnownStep | undefined = root;
  for (let at = start; at < text.length; ) {
    const { folded, length } = foldedAt(text, at);
    for (const unit of folded) step = step?.next.get(unit);
    if (step === undefined) return found;
    at += length;
    if (step.pseudonym !== undefined && !(step.isWordEnd && isWord(text.charCodeAt(at))))
      found = { start, end: at, pseudonym: step.pseudonym };
  }
  return found;
}

function newStep(): KnownStep {
  return { next: new Map(), pseudonym: undefined, isWordEnd: false };
}

function stepAt({ next }: KnownStep, unit: number): KnownStep {
  const known = next.get(unit);
  if (known !== undefined) return known;
  const made = newStep();
  next.set(unit, made);
  return made;
}

/** A letter or digit of ASCII; not beyond the end of a text. */
function isWord(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

interface Folded {
  readonly folded: readonly number[];
  /** Characters of the text. */
  readonly length: number;
}

/** Each character of ASCII but spaces, folded. */
const ASCII: readonly Folded[] = Array.from({ length: 128 }, (_, code) => ({
  folded: [code >= 0x41 && code <= 0x5a ? code + 0x20 : code],
  length: 1,
}));

/** The character at a place without its case; spaces are one. */
function foldedAt(text: string, at: number): Folded {
  const code = text.charCodeAt(at);
  if (code > SPACE && code < 0x80) return ASCII[code]!;
  const character = String.fromCodePoint(text.codePointAt(at)!);
  if (SPACES.test(character)) {
    let end = at + 1;
    while (end < text.length && SPACES.test(text[end]!)) end += 1;
    return { folded: [SPACE], length: end - at };
  }
  const lower = character.toUpperCase().toLowerCase();
  const folded = Array.from({ length: lower.length }, (_, unit) => lower.charCodeAt(unit));
  return { folded, length: character.length };
}
