import { constants } from 'node:os';

/** The exit codes of `auditlog`: see docs/reference/exit-codes.md. */
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
  found: 9,
  readerGone: 141,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT] | 129;

/**
 * An error for people: what happened, how to fix it, and the exit code. `message` and `hint` may quote a server or a file: neutralize them before
 * printing.
 */
export class AuditlogError extends Error {
  override readonly name: string = 'AuditlogError';
  readonly exitCode: ExitCode;
  /** How to fix it, one or more lines. */
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

/** The server or the network failed, or the answer is not from the API (exit 5). */
export function serverError(message: string, hint?: string, cause?: unknown): AuditlogError {
  return new AuditlogError(message, EXIT.server, hint, cause);
}

/** Something on this machine failed: a disk, a permission, a closed stream (exit 1). */
export function localError(message: string, hint?: string, cause?: unknown): AuditlogError {
  return new AuditlogError(message, EXIT.local, hint, cause);
}

/** Descriptions of the system's error codes for files, streams and devices. */
const SYSTEM: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than the file system or the limit of this process allows',
  EIO: 'the device reports an input/output error',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'the folder is gone',
  ENAMETOOLONG: 'the name is too long',
  EILSEQ: 'the file system does not allow this name',
  EINVAL: 'the file system does not allow this',
  ELOOP: 'it is a symbolic link',
  EMFILE: 'too many files are open',
};

/** The system's code of an error, such as `ENOSPC`; empty when it has none. */
export function systemCode(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  const code = String(error.code);
  // Node has no name for some numbers, such as an exceeded quota.
  if (!code.startsWith('Unknown system error') || !('errno' in error)) return code;
  return Object.entries(constants.errno).find(([, number]) => number === Math.abs(Number(error.errno)))?.[0] ?? code;
}

/** `no space is left on the device (ENOSPC)`, or the code alone if it has no description. */
export function systemWords(code: string): string {
  return `${SYSTEM[code] ?? code} (${code})`;
}
