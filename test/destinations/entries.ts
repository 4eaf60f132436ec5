import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from '../../src/context.js';
import type { CheckFinding, Delivery, Destination } from '../../src/destinations/destination.js';
import type { Entry } from '../../src/event.js';
import { gatheredFile } from '../archive/site.js';
import { makeHome } from '../helpers/world.js';
import { fastClock, worldOf } from '../http/asking.js';
import { type MakeOptions, MODEL_ORG, makeEntries } from '../model/makeentries.js';

export const ORG = MODEL_ORG.id;

const DAY = 86_400_000;
const TODAY = Date.parse('2026-11-20T00:00:00Z');

/** Entries of ten days, oldest first, as a collector delivers them. */
export function entries(n: number, options: Partial<MakeOptions> = {}): readonly Entry[] {
  return makeEntries({ n, from: TODAY - 10 * DAY, to: TODAY, ...options })
    .map(({ text, id, time }) => ({ raw: Buffer.from(text), id, time }))
    .reverse();
}

/** A world with these environment variables, where waits take no time. */
export function world(env: Readonly<Record<string, string>> = {}): Context {
  return { ...worldOf({ env: { ...env }, clock: fastClock() }), random: Math.random };
}

/** Hands entries to a delivery and waits until they are durable. Files get whole days: what was handed over before is read again. */
export async function handOver(delivery: Delivery, all: readonly Entry[], from = 0): Promise<void> {
  if (delivery.kind === 'stream') {
    for (let at = from; at < all.length; at += BATCH)
      await delivery.put({ org: ORG, entries: all.slice(at, at + BATCH) });
    return delivery.flush();
  }
  const read = all.map(({ raw, id, time }) => ({ text: raw.toString(), id, time, values: {} }));
  const gathered = await gatheredFile(await makeHome(), { entries: read });
  try {
    await delivery.take(gathered, 'c');
  } finally {
    await gathered.close();
  }
}

/** Entries in one put. */
const BATCH = 200;

/** Delivers as a collector does: what was not flushed is given again, from its first entry, until it is. Gives how often that was. */
export async function deliverAll(destination: Destination, all: readonly Entry[], perFlush = 1000): Promise<number> {
  let again = 0;
  for (let at = 0; at < all.length; ) {
    let delivery: Delivery | undefined;
    try {
      delivery = await destination.open();
      while (at < all.length) {
        const end = Math.min(at + perFlush, all.length);
        await handOver(delivery, all.slice(0, end), at);
        at = end;
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
  let delivery: Delivery | undefined;
  try {
    delivery = await destination.open();
    await handOver(delivery, some);
  } catch (error) {
    return error as Error;
  } finally {
    await delivery?.close();
  }
  throw new Error('all of it was delivered');
}

export async function findings(destination: Destination): Promise<readonly CheckFinding[]> {
  const found: CheckFinding[] = [];
  for await (const finding of destination.check()) found.push(finding);
  return found;
}
