import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from '../../src/context.js';
import type { CheckFinding, Destination, StreamDelivery } from '../../src/destinations/destination.js';
import type { Entry } from '../../src/event.js';
import { fastClock, worldOf } from '../http/asking.js';
import { type MakeOptions, MODEL_ORG, makeEntries } from '../model/makeentries.js';

export const ORG = MODEL_ORG.id;

const DAY = 86_400_000;
const TODAY = Date.parse('2026-11-20T00:00:00Z');

/** Entries of ten days, oldest first, as a collector hands them over. */
export function entries(n: number, options: Partial<MakeOptions> = {}): readonly Entry[] {
  return makeEntries({ n, from: TODAY - 10 * DAY, to: TODAY, ...options })
    .map(({ text, id, time }) => ({ raw: Buffer.from(text), id, time }))
    .reverse();
}

/** A world with a destination's secret in its environment, where a wait takes no time. */
export function world(env: Readonly<Record<string, string>> = {}): Context {
  return { ...worldOf({ env: { ...env }, clock: fastClock() }), random: Math.random };
}

/** Delivers in batches as a collector does: what was not flushed is given again, from its first entry, until it is. How often that was. */
export async function deliverAll(destination: Destination, all: readonly Entry[], perFlush = 1000): Promise<number> {
  let again = 0;
  for (let at = 0; at < all.length; ) {
    let delivery: StreamDelivery | undefined;
    try {
      delivery = (await destination.open()) as StreamDelivery;
      while (at < all.length) {
        const chunk = all.slice(at, at + perFlush);
        for (let from = 0; from < chunk.length; from += 200)
          await delivery.put({ org: ORG, entries: chunk.slice(from, from + 200) });
        await delivery.flush();
        at += chunk.length;
      }
    } catch (error) {
      again += 1;
      if (again > 100) throw error;
      // A collector comes back later, too.
      await delay(10);
    } finally {
      await delivery?.close();
    }
  }
  return again;
}

/** The error of delivering once. */
export async function failure(destination: Destination, some: readonly Entry[]): Promise<Error> {
  const delivery = (await destination.open()) as StreamDelivery;
  try {
    await delivery.put({ org: ORG, entries: some });
    await delivery.flush();
  } catch (error) {
    return error as Error;
  } finally {
    await delivery.close();
  }
  throw new Error('all of it was delivered');
}

export async function findings(destination: Destination): Promise<readonly CheckFinding[]> {
  const found: CheckFinding[] = [];
  for await (const finding of destination.check()) found.push(finding);
  return found;
}
