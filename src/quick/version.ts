import { print } from '../context/print.js';
import { VERSION } from '../version.js';

export function versionLine(): string {
  return `${VERSION}\n`;
}

/** For bin/auditlog.js. False when the line was not answered. */
export function answer(): boolean {
  return print(versionLine());
}
