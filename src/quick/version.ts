import { print } from '../context/print.js';
import { VERSION } from '../version.js';

export function versionLine(): string {
  return `${VERSION}\n`;
}

/** As bin/auditlog.js asks: whether the line was answered. */
export function answer(): boolean {
  return print(versionLine());
}
