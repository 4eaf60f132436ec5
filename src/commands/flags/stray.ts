import { type AuditlogError, usageError } from '../../errors.js';

/** What people try, though no flag takes a key. `--with-token` and `--insecure-storage` are ours and do not match. */
const KEY_FLAG =
  /^--?(?:x-)?(?:api|access|auth|bearer|secret|private)?[-_]?(?:key|token|secret|password|passwd|bearer)(?:=|$)/i;

const SECRETS = [
  ['AUDITLOG_API_KEY', 'the API key'],
  ['AUDITLOG_DEST_SECRET', "the destination's secret"],
] as const;

/**
 * Refuses a command line that carries a key: by now the shell's history and the list of processes have it too.
 * Only what is certain is refused here: a flag for keys, or a very secret of the environment.
 */
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

/** The error for a word that was not expected there and may be a key, so that it is not repeated. */
export function strayKey(message: string): AuditlogError {
  return usageError(
    message,
    [
      'If that was a real key, it is in your shell history now, and was visible to every program on this machine: rotate it.',
      'Give the key with: auditlog auth login, or $AUDITLOG_API_KEY, or $AUDITLOG_API_KEY_FILE',
    ].join('\n'),
  );
}

/**
 * Whether a word could be a key: long, without a separator that people write, and of mixed characters.
 * Ids look like this too, so it only decides what an error message repeats.
 */
export function looksLikeKey(word: string): boolean {
  if (!/^[\w+/=~.-]{20,}$/.test(word)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/].filter((kind) => kind.test(word)).length;
  return kinds >= 2 && !/^[\d.:TZ-]+$/.test(word) && !/\.(?:csv|ndjson|jsonl?|gz)$/i.test(word);
}
