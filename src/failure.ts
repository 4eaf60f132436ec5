import { Stopped } from './context.js';
import { AuditlogError, EXIT, type ExitCode, systemCode, systemWords } from './errors.js';
import { VERSION } from './version.js';

/** What is said of an error, and the exit code that scripts see. No message: nothing is said. */
export interface Failure {
  readonly message?: string;
  readonly hint?: string | undefined;
  readonly exitCode: ExitCode;
}

const STOP_CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: 129 } as const;

/** Failures of a stream or a file that are no fault of the program. */
const LOCAL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS']);

/** Any error as a person and a script should hear of it. */
export function failureOf(error: unknown): Failure {
  if (error instanceof AuditlogError) return { message: error.message, hint: error.hint, exitCode: error.exitCode };
  if (error instanceof Stopped) return { exitCode: STOP_CODES[error.by] };
  const code = systemCode(error);
  // The reader of what we show has what it wanted. Of an export it may not: that says so itself.
  if (code === 'EPIPE') return { exitCode: EXIT.ok };
  if (LOCAL.has(code)) return { message: `could not write: ${systemWords(code)}`, exitCode: EXIT.local };
  return {
    message: `this is a fault of auditlog ${VERSION}: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'Run the same with --debug and report what it says.',
    exitCode: EXIT.local,
  };
}
