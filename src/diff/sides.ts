/** A key that names the old or the new value of something, such as `previous_role`. */
export interface Side {
  readonly when: 'before' | 'after';
  /** The changed field, folded, for finding the other side; '' if the key does not name it. */
  readonly subject: string;
  /** The name in the vendor's spelling. */
  readonly name: string;
  /** The name, folded. */
  readonly beside: string;
  /** The word for the side, folded. */
  readonly word: string;
}

/** The words for new values, by the word for the old value. */
const TWINS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['old', ['new']],
  ['from', ['to']],
  ['before', ['after']],
  ...['previous', 'prev', 'former', 'original'].map((word) => [word, ['current', 'new', 'updated']] as const),
]);

export function isTwin(before: Side, after: Side): boolean {
  return after.beside === before.beside && TWINS.get(before.word)?.includes(after.word) === true;
}

/**
 * Positions of these words: before a name, before one in camelCase, or after one. `from` and `to` must be whole keys, because `to_email` is not a new
 * email.
 */
const PATTERNS: readonly (readonly [Side['when'], RegExp])[] = [
  ['before', /^(?:previous|prev|old|former|original|before|from)$/i],
  ['after', /^(?:new|current|updated|after|to)$/i],
  ['before', /^(?:previous|prev|old|former|original|before)[_\s-](.+)$/i],
  ['after', /^(?:new|current|updated|after)[_\s-](.+)$/i],
  ['before', /^(?:previous|prev|old|former|original|before)([A-Z].*)$/],
  ['after', /^(?:new|current|updated|after)([A-Z].*)$/],
  ['before', /^(.+?)[_\s-](?:before|old|previous)$/i],
  ['after', /^(.+?)[_\s-](?:after|new|current)$/i],
  ['before', /^(.+?)(?:Before|Old|Previous)$/],
  ['after', /^(.+?)(?:After|New|Current)$/],
];

/** Generic names: `old_value`, `previousValues`. */
export const GENERIC: ReadonlySet<string> = new Set(['', 'value', 'values', 'state', 'data', 'attributes', 'fields']);

/** No vendor's key is longer; a longer one must not cost time. */
const LONGEST = 200;

export function sideOf(key: string): Side | undefined {
  if (key.length > LONGEST) return undefined;
  for (const [when, pattern] of PATTERNS) {
    const match = pattern.exec(key);
    if (match === null) continue;
    const name = match[1] ?? '';
    const small = /^[A-Z][^A-Z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
    const beside = folded(name);
    const word = folded(key.replace(name, ''));
    return { when, subject: GENERIC.has(beside) ? '' : beside, name: small, word, beside };
  }
  return undefined;
}

export function folded(name: string): string {
  return name.toLowerCase().replace(/[_\s-]/g, '');
}
