import { Stopped } from './context.js';
import { AuditlogError, EXIT, type ExitCode, systemCode, systemWords } from './errors.js';
import { VERSION } from './version.js';

/** The message of an error, and the exit code. Nothing is printed without a message. */
export interface Failure {
  readonly message?: string;
  readonly hint?: string | undefined;
  readonly exitCode: ExitCode;
}

const STOP_CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: 129 } as const;

/** Failures of a stream or a file that are not the program's fault. */
const LOCAL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS']);

export function failureOf(error: unknown): Failure {
  if (error instanceof AuditlogError) return { message: error.message, hint: error.hint, exitCode: error.exitCode };
  if (error instanceof Stopped) return { exitCode: STOP_CODES[error.by] };
  const code = systemCode(error);
  // The reader of the output has what it wanted. An export, whose reader may not, has its own error.
  if (code === 'EPIPE') return { exitCode: EXIT.ok };
  if (LOCAL.has(code)) return { message: `cannot write: ${systemWords(code)}`, exitCode: EXIT.local };
  return {
    message: `internal error in auditlog ${VERSION}: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'Run the same command with --debug and report what it prints',
    exitCode: EXIT.local,
  };
}
