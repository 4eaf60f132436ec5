import type { Notes } from './notes.js';

/** Reports that the vendor has replaced the refresh token during the run. The new one exists in memory only. */
export function noteRotation({ insist }: Pick<Notes, 'insist'>, title: string): void {
  insist(
    `warning: ${title} replaced the refresh token: this run uses the new one, and the saved one may no longer work\nTo save another: auditlog auth login`,
  );
}
