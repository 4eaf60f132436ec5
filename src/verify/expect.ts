import { usageError } from '../errors.js';

/** A hash that was sent another way, and the things here that have it. */
export interface ExpectedHash {
  /** `sha256:<hex>`. */
  readonly hash: string;
  readonly matches: readonly HashMatch[];
}

export interface HashMatch {
  readonly path: string;
  readonly what: HashOwner;
}

/** The subject of a hash: the bytes of a file, its unpacked content, the events in a report, the bytes of a manifest, or its `hash`. */
export type HashOwner = 'file' | 'unpacked file' | 'events' | 'manifest file' | 'manifest' | 'chain';

/** Compares hashes that were sent another way, such as by mail, with those found here. */
export class ExpectedHashes {
  readonly #matches = new Map<string, HashMatch[]>();

  /** Throws a usage error for a text that is not a SHA-256. */
  constructor(texts: readonly string[]) {
    for (const text of texts) this.#matches.set(parseHash(text), []);
  }

  get size(): number {
    return this.#matches.size;
  }

  /** `hash`: as computed, not as recorded. */
  see(hash: string | undefined, path: string, what: HashOwner): void {
    if (hash !== undefined) this.#matches.get(hash)?.push({ path, what });
  }

  results(): readonly ExpectedHash[] {
    return [...this.#matches].map(([hash, matches]) => ({ hash, matches }));
  }
}

/** Accepts the output of tools: upper case, with a prefix or a file name, in pairs of digits with spaces or colons between them. */
function parseHash(text: string): string {
  const bare = text.trim().replace(/^sha-?256\s*[:=]?\s*/i, '');
  const [first = ''] = bare.split(/\s/);
  const digits = [first, bare.replace(/[\s:]/g, '')].find((one) => /^[0-9a-f]{64}$/i.test(one));
  if (digits === undefined)
    throw usageError(
      `invalid --expect "${text}": expected a SHA-256 hash of 64 hexadecimal digits`,
      'auditlog export --manifest prints one in its last line',
    );
  return `sha256:${digits.toLowerCase()}`;
}
