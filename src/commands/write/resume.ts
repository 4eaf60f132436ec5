import { Stopped } from '../../context.js';
import { AuditlogError, EXIT } from '../../errors.js';

/** The error of an export that stopped with something durable to go on from: exit 6 where it was told to stop, and the command that goes on. */
export function goOn(error: unknown, path: string, resumeCommand: string): unknown {
  const hint = `To go on where it stopped: ${resumeCommand}`;
  if (error instanceof Stopped)
    return new AuditlogError(`stopped; what was read is safe in ${path}.partial`, EXIT.stopped, hint, error);
  if (error instanceof AuditlogError)
    return new AuditlogError(
      error.message,
      error.exitCode,
      error.hint === undefined ? hint : `${error.hint}\n${hint}`,
      error,
    );
  return error;
}

/** A command line to paste into a shell. It goes on: `--restart`, which would begin anew, is left out. */
export function resumeCommandOf(argv: readonly string[]): string {
  return ['auditlog', ...argv.filter((word) => word !== '--restart')].map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
