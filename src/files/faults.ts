import { AuditlogError, localError, systemCode, systemWords } from '../errors.js';

/** An error of the file system as one that names the file and what is wrong with it; others as they are. */
export function writeFault(error: unknown, path: string): unknown {
  if (error instanceof AuditlogError) return error;
  const code = systemCode(error);
  return code === '' ? error : localError(`Cannot write ${path}: ${systemWords(code)}`, undefined, error);
}
