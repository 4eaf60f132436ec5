import { usageError } from '../errors.js';

/** A hash that came by another way, and what has it here. */
export interface ExpectedHash {
  /** `sha256:<hex>`. */
  readonly hash: string;
  readonly matches: readonly HashMatch[];
}

export interface HashMatch {
  readonly path: string;
  readonly what: HashOwner;
}

/** What a hash is of: the bytes of a file, what is packed in it, the bytes of a manifest, or its `hash`. */
export type HashOwner = 'file' | 'unpacked file' | 'manifest file' | 'manifest' | 'chain';

/** Compares hashes that came by another way, such as a mail, with those of what is here. */
export class ExpectedHashes {
  readonly #matches = new Map<string, HashMatch[]>();

  /** Throws a usage error for a text that is no SHA-256. */
  constructor(texts: readonly string[]) {
    for (const text of texts) this.#matches.set(parseHash(text), []);
  }

  get size(): number {
    return this.#matches.size;
  }

  /** `hash`: as it was found, not as something claims. */
  see(hash: string | undefined, path: string, what: HashOwner): void {
    if (hash !== undefined) this.#matches.get(hash)?.push({ path, what });
  }

  results(): readonly ExpectedHash[] {
    return [...this.#matches].map(([hash, matches]) => ({ hash, matches }));
  }
}

/** Takes what tools print: upper case, with a prefix or a file name, in pairs of digits with spaces or colons between them. */
function parseHash(text: string): string {
  const bare = text.trim().replace(/^sha-?256\s*[:=]?\s*/i, '');
  const [first = ''] = bare.split(/\s/);
  const digits = [first, bare.replace(/[\s:]/g, '')].find((one) => /^[0-9a-f]{64}$/i.test(one));
  if (digits === undefined)
    throw usageError(
      `invalid --expect "${text}": expected a SHA-256 hash of 64 hexadecimal digits`,
      'auditlog export --manifest prints one in its last line.',
    );
  return `sha256:${digits.toLowerCase()}`;
}
