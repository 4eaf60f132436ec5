import { AuditlogError, localError } from '../errors.js';
import { codeOf } from './files.js';

const FAULTS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than the file system or the limit of this process allows',
  EIO: 'the device reports an input/output error',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'the folder is gone',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'it is a symbolic link',
  EMFILE: 'too many files are open',
};

/** An error of the file system as one that names the file and what is wrong with it; others as they are. */
export function writeFault(error: unknown, path: string): unknown {
  if (error instanceof AuditlogError) return error;
  const code = codeOf(error);
  if (code === '') return error;
  return localError(`Cannot write ${path}: ${FAULTS[code] ?? code} (${code})`, undefined, error);
}
