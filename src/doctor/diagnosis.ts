import type { AuditlogError, ExitCode } from '../errors.js';

/** `skip`: unknown, or this vendor has no such thing. */
export type DiagnosisStatus = 'ok' | 'warn' | 'fail' | 'skip';

/** One finding of `doctor`. `fact` and `fix` may quote a server: neutralise before showing. */
export interface Diagnosis {
  readonly name: string;
  readonly status: DiagnosisStatus;
  readonly fact: string;
  /** What to do about it. */
  readonly fix?: string;
  /** The exit code that a `fail` calls for. */
  readonly exit?: ExitCode;
}

export function fine(name: string, fact: string): Diagnosis {
  return { name, status: 'ok', fact };
}

export function warning(name: string, fact: string, fix: string): Diagnosis {
  return { name, status: 'warn', fact, fix };
}

export function failure(name: string, exit: ExitCode, fact: string, fix: string): Diagnosis {
  return { name, status: 'fail', fact, fix, exit };
}

export function skipped(name: string, fact: string): Diagnosis {
  return { name, status: 'skip', fact };
}

/** A finding with the message of an error. */
export function failed(name: string, { message, hint, exitCode }: AuditlogError): Diagnosis {
  return { name, status: 'fail', fact: message, exit: exitCode, ...(hint === undefined ? {} : { fix: hint }) };
}

/** A number as people read it: `12,204`. */
export function grouped(number: number): string {
  return number.toLocaleString('en-US');
}

/** `1 entry`, `12,204 entries`. */
export function entriesOf(number: number): string {
  return `${grouped(number)} ${number === 1 ? 'entry' : 'entries'}`;
}

/** The beginning of a server's text, enough to find it again. */
export function quoted(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
