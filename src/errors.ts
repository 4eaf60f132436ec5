/** The exit codes of `auditlog`, by what they mean. The README's table is this one. */
export const EXIT = {
  ok: 0,
  local: 1,
  usage: 2,
  unreconciled: 3,
  key: 4,
  server: 5,
  stopped: 6,
  different: 7,
  silent: 8,
  readerGone: 141,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT] | 129;

/**
 * An error that we can explain: what happened, how to fix it, and the exit code that scripts see.
 * `message` and `hint` may quote a server or a file: whoever prints them neutralises them first.
 */
export class AuditlogError extends Error {
  override readonly name: string = 'AuditlogError';
  readonly exitCode: ExitCode;
  /** What to do about it, one or more lines. */
  readonly hint: string | undefined;

  constructor(message: string, exitCode: ExitCode, hint?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** The command line or the configuration is wrong (exit 2). */
export function usageError(message: string, hint?: string): AuditlogError {
  return new AuditlogError(message, EXIT.usage, hint);
}

/** The key is missing, rejected or not allowed (exit 4). */
export function keyError(message: string, hint?: string): AuditlogError {
  return new AuditlogError(message, EXIT.key, hint);
}

/** The server or the network failed, or what answered is not the API (exit 5). */
export function serverError(message: string, hint?: string, cause?: unknown): AuditlogError {
  return new AuditlogError(message, EXIT.server, hint, cause);
}

/** Something on this machine failed: a disk, a permission, a closed stream (exit 1). */
export function localError(message: string, hint?: string, cause?: unknown): AuditlogError {
  return new AuditlogError(message, EXIT.local, hint, cause);
}
