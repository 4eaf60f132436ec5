import { usageError } from '../errors.js';

/** The purpose of a directory or a run, part by part, for people to compare. */
export type ChainIdentity = Readonly<Record<string, string>>;

/** The names of the parts that differ. */
export function otherParts(there: ChainIdentity, here: ChainIdentity): readonly string[] {
  const names = [...new Set([...Object.keys(there), ...Object.keys(here)])];
  return names.filter((name) => there[name] !== here[name]);
}

/** Throws a usage error that lists the differing parts, unless `there` is undefined. */
export function refuseOther(there: ChainIdentity | undefined, here: ChainIdentity, what: string, hint: string): void {
  if (there === undefined) return;
  const other = otherParts(there, here);
  if (other.length === 0) return;
  const lines = other.map((name) => `  ${name}: ${there[name] ?? 'none'} there, ${here[name] ?? 'none'} now`);
  throw usageError(`${what}:\n${lines.join('\n')}`, hint);
}
