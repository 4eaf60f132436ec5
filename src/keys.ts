/** An API key that prints itself nowhere: only `reveal` gives it, and only http/auth.ts calls that. */
export interface Secret {
  reveal(): string;
  /** Where it came from, for messages: `$AUDITLOG_API_KEY`, `the keychain`, a file's path. */
  readonly from: string;
  /** `…abcd` for a key of 20 characters or more, else `…`. */
  readonly hint: string;
  toString(): string;
  toJSON(): string;
}
