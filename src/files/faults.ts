import { AuditlogError, localError, systemCode, systemWords, usageError } from '../errors.js';

/** Turns an error of the file system into a local error that names the file, or a usage error if no file can have that name; returns others as they are. */
export function writeFault(error: unknown, path: string): unknown {
  if (error instanceof AuditlogError) return error;
  const code = systemCode(error);
  if (NAMES.has(code) || (code === 'EINVAL' && isMaking(error)))
    return usageError(`${shortened(path)}: ${systemWords(code)}`, 'Choose another name');
  return code === '' ? error : localError(`cannot write ${path}: ${systemWords(code)}`, undefined, error);
}

/** What file systems say of a name that they cannot hold. */
const NAMES: ReadonlySet<string> = new Set(['ENAMETOOLONG', 'EILSEQ']);

/** FAT and its kind say the same of a name with a colon as of any other wrong call. */
function isMaking(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && ['open', 'mkdir'].includes(String(error.syscall));
}

function shortened(path: string): string {
  return path.length > 120 ? `${[...path].slice(0, 60).join('')}…` : path;
}
