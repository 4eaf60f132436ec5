import type { Ran } from '../helpers/world.js';

/** What came of a command. */
export interface Outcome {
  readonly ran: Ran;
  /** What it gave, and what is the truth: ids, or counts of a value. */
  readonly given: readonly string[];
  readonly wanted: readonly string[];
  /** Whether it named a reason though its exit code cannot. */
  readonly isRefusal?: boolean;
  readonly requests: number;
  /** The most requests that it may take. */
  readonly bound: number;
}

/** The exit codes of a reading that names what is wrong: a request that the server refuses, not reconciled, or not the API that is described. */
const NAMED: readonly number[] = [2, 3, 5];
/** What is said where there is nothing to give: no reason, but another wrong answer. */
const CLAIM = /error: no events match|internal error in auditlog/;

/** Why an outcome must never be: neither the truth with exit 0 nor a reason with another code. Undefined: it may. */
export function wrongIn(outcome: Outcome): string | undefined {
  const { ran, requests, bound } = outcome;
  if (requests > bound) return `${requests} requests where ${bound} are enough\n${summaryOf(outcome)}`;
  if (isRight(outcome)) return undefined;
  const isNamed = NAMED.includes(ran.code) || outcome.isRefusal === true;
  if (isNamed && ran.stderr.trim() !== '' && !CLAIM.test(ran.stderr)) return undefined;
  return summaryOf(outcome);
}

/** Whether an outcome is the truth, with exit 0 and nothing that casts doubt on it. */
export function isRight({ ran, given, wanted, isRefusal }: Outcome): boolean {
  return ran.code === 0 && isRefusal !== true && given.length === wanted.length && given.join() === wanted.join();
}

/** What happened, for a failure line. */
export function summaryOf({ ran, given, wanted, requests }: Outcome): string {
  const missing = wanted.filter((one) => !given.includes(one));
  const foreign = given.filter((one) => !wanted.includes(one));
  const twice = given.filter((one, at) => given.indexOf(one) !== at);
  const some = (what: string, values: readonly string[]): readonly string[] =>
    values.length === 0 ? [] : [`${values.length} ${what} (${values.slice(0, 3).join(' ')} ...)`];
  const parts = [
    `exit ${ran.code}`,
    `${given.length} of ${wanted.length}`,
    ...some('missing', missing),
    ...some('not asked for', foreign),
    ...some('twice', twice),
    ...(missing.length + foreign.length + twice.length === 0 && given.join() !== wanted.join()
      ? ['another order']
      : []),
    `${requests} requests`,
  ];
  return `${parts.join(', ')}\n${ran.stderr.trim()}`;
}

/** The ids of the entries on standard output, one a line. */
export function rowsIn({ stdout }: Ran): string[] {
  return [...stdout.matchAll(/^\{"id":"(\w+)",.*\}$/gm)].map(([, id]) => id ?? '');
}
