import { appendFileSync } from 'node:fs';

/** Counts trials for the table in docs/explanation/reliability.md, where the environment names a file for them. */
export function tried(kind: string, trials = 1): void {
  const file = process.env.AUDITLOG_TRIED;
  if (file !== undefined) appendFileSync(file, `${trials} ${kind}\n`);
}
