import { type AuditlogError, localError } from '../errors.js';

/** Makes the error for an input that is not what an export wrote: `line` counts from 1; undefined where it is the file as a whole. */
export type Damaged = (detail: string, line?: number) => AuditlogError;

/** Nothing of a damaged input is passed over: whoever reads on would take less for all of it. */
export function damageOf(path: string): Damaged {
  return (detail, line) =>
    localError(
      `${nameOf(path)}${line === undefined ? '' : `, line ${line}`}: ${detail}`,
      'Was it cut off, or changed by hand or by another program? auditlog verify checks exports that have a manifest.',
    );
}

export function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}
