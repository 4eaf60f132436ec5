import { type AuditlogError, usageError } from '../../errors.js';

/** Flags that people try for keys, although none takes one. Does not match our `--with-token` and `--insecure-storage`. */
const KEY_FLAG =
  /^--?(?:x-)?(?:api|access|auth|bearer|secret|private)?[-_]?(?:key|token|secret|password|passwd|bearer)(?:=|$)/i;

const SECRETS = [
  ['AUDITLOG_API_KEY', 'the API key'],
  ['AUDITLOG_DEST_SECRET', "the destination's secret"],
] as const;

/** Rejects a command line that contains a key, as a flag or as a secret of the environment: the shell's history and the process list hold it too. */
export function refuseKeys(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): void {
  const end = argv.indexOf('--');
  const flag = (end < 0 ? argv : argv.slice(0, end)).find((word) => KEY_FLAG.test(word));
  if (flag !== undefined)
    throw strayKey(`there is no flag ${flag.replace(/=.*$/s, '')}: a key does not belong on a command line`);
  for (const [name, what] of SECRETS) {
    const key = env[name]?.trim();
    if (key !== undefined && key.length >= 8 && argv.some((word) => word.includes(key)))
      throw strayKey(`${what} itself is on the command line`);
  }
}

/** The error for an unexpected word that may be a key, which the message does not repeat. */
export function strayKey(message: string): AuditlogError {
  return usageError(
    message,
    [
      'If that was a real key, it is in your shell history now, and was visible to every program on this machine: rotate it',
      'Give the key with: auditlog auth login, or $AUDITLOG_API_KEY, or $AUDITLOG_API_KEY_FILE',
    ].join('\n'),
  );
}

/** Whether a word may be a key: long, without separators, of mixed characters. Ids look the same, so it only decides what messages repeat. */
export function looksLikeKey(word: string): boolean {
  if (!/^[\w+/=~.-]{20,}$/.test(word)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/].filter((kind) => kind.test(word)).length;
  return kinds >= 2 && !/^[\d.:TZ-]+$/.test(word) && !/\.(?:csv|ndjson|jsonl?|gz)$/i.test(word);
}
