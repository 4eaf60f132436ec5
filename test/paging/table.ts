import { describe, expect, test } from 'vitest';
import { COMMAND_NAMES, type CommandName, outcomeOf } from './commands.js';
import { isRight, type Outcome, summaryOf, wrongIn } from './judge.js';
import { makeLog } from './log.js';
import { CAPS, COUNTS, nameOf, ORDERS, type Style, type Vendor } from './vendor.js';

export interface TableOptions {
  /** Cases that may end with a named reason instead of the truth, by the beginning of their name, and why. */
  readonly exceptions?: Readonly<Record<string, string>>;
  readonly commands?: readonly CommandName[];
}

const LOG = makeLog(260);

/** Every server of a style that counts, caps and orders in its own way. */
export function serversOf(style: Style): readonly Vendor[] {
  return COUNTS.flatMap((count) =>
    CAPS.flatMap((cap) => ORDERS.map((order): Vendor => ({ style, count, cap, order }))),
  );
}

/**
 * Asks every command of every server. The first table holds the rule: the truth with exit 0, or a named reason with another code, in a
 * bounded number of requests. The second holds what is wanted: the truth with exit 0, but for `exceptions`.
 */
export function table(
  title: string,
  vendors: readonly Vendor[],
  { exceptions = {}, commands = COMMAND_NAMES }: TableOptions = {},
): void {
  for (const command of commands) {
    const cases = vendors.map((vendor) => ({
      name: `${command}: ${nameOf(vendor)}`,
      outcome: once(() => outcomeOf(command, vendor, LOG)),
    }));
    describe(`${title}: ${command} is right, or names a reason`, () => {
      for (const { name, outcome } of cases) {
        test(name, async () => {
          failIf(wrongIn(await outcome()));
        });
      }
    });
    describe(`${title}: ${command} is right, with exit 0`, () => {
      for (const { name, outcome } of cases) {
        if (isListed(exceptions, name)) continue;
        test(name, async () => {
          const result = await outcome();
          failIf(isRight(result) ? undefined : summaryOf(result));
        });
      }
    });
  }
}

/** Fails with the whole text, which `expect` would cut. */
export function failIf(why: string | undefined): void {
  if (why !== undefined) expect.fail(why);
}

function isListed(exceptions: Readonly<Record<string, string>>, name: string): boolean {
  return Object.keys(exceptions).some((listed) => name.startsWith(listed));
}

/** Runs only at its first call; both tables judge the same outcome. */
export function once(run: () => Promise<Outcome>): () => Promise<Outcome> {
  let outcome: Promise<Outcome> | undefined;
  return () => {
    outcome ??= run();
    return outcome;
  };
}
