import type { AuditlogError, ExitCode } from '../../errors.js';
import type { CheckFinding } from '../destination.js';

export function ok(name: string, what: string): CheckFinding {
  return { name, status: 'ok', what };
}

export function warning(name: string, what: string, fix: string): CheckFinding {
  return { name, status: 'warning', what, fix };
}

export function skipped(name: string, what: string, fix?: string): CheckFinding {
  return { name, status: 'skipped', what, ...(fix !== undefined && { fix }) };
}

export function failed(name: string, what: string, fix?: string, exit?: ExitCode): CheckFinding {
  return { name, status: 'failed', what, ...(exit !== undefined && { exit }), ...(fix !== undefined && { fix }) };
}

/** The finding for an error, in the words of the error. */
export function failedBy(name: string, { message, hint, exitCode }: AuditlogError): CheckFinding {
  return failed(name, message, hint, exitCode);
}
