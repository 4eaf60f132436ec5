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
