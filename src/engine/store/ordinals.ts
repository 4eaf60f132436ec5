import { createHash } from 'node:crypto';

/** Keys for entries without an id: the text, and how many equal texts came before it. Two equal entries may both be real. */
export class TextOrdinals {
  readonly #counts = new Map<string, number>();

  keyOf(raw: Buffer): string {
    const text = digestOf(raw);
    const ordinal = this.#counts.get(text) ?? 0;
    this.#counts.set(text, ordinal + 1);
    return `\0${text}\0${ordinal}`;
  }

  /** Whether a key is that of the first entry with its text. */
  isFirst(key: string): boolean {
    return key.endsWith('\x000');
  }
}

export function digestOf(raw: Buffer): string {
  return createHash('sha256').update(raw).digest('base64');
}
