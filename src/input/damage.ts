import { type AuditlogError, localError } from '../errors.js';

/** Makes the error for an input that differs from what an export writes. `line` counts from 1; undefined for the whole file. */
export type Damaged = (detail: string, line?: number) => AuditlogError;

/** Damage is never skipped, because a partial answer would look complete. */
export function damageOf(path: string): Damaged {
  return (detail, line) =>
    localError(
      `${nameOf(path)}${line === undefined ? '' : `, line ${line}`}: ${detail}`,
      'It may be cut off or changed. If it has a manifest: auditlog verify FILE',
    );
}

export function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}
