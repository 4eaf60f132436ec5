import { Stopped } from '../../context.js';
import { AuditlogError, EXIT } from '../../errors.js';

/** The error of an export that can be resumed, with the command for that. Exit code 6 if the run was stopped. */
export function withResumeHint(error: unknown, kept: string, resumeCommand: string): unknown {
  const resume = `To resume: ${resumeCommand}`;
  if (error instanceof Stopped)
    return new AuditlogError(`stopped: the events read so far are in ${kept}`, EXIT.stopped, resume, error);
  if (!(error instanceof AuditlogError)) return error;
  const { message, exitCode, hint } = error;
  return new AuditlogError(message, exitCode, hint === undefined ? resume : `${hint}\n${resume}`, error);
}
