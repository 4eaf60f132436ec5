import { AuditlogError, localError, systemCode, systemWords } from '../errors.js';

/** Turns an error of the file system into a local error that names the file; returns others as they are. */
export function writeFault(error: unknown, path: string): unknown {
  if (error instanceof AuditlogError) return error;
  const code = systemCode(error);
  return code === '' ? error : localError(`Cannot write ${path}: ${systemWords(code)}`, undefined, error);
}
