import type { DeliveredEntry, StreamDelivery } from '../destination.js';
import { entryName } from './identity.js';

/** The size of one request: whichever limit is reached first. */
export interface BatchLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** An entry in the form of a destination. */
export interface BatchRow {
  /** Its bytes in a request. */
  readonly body: Buffer;
  /** The entry's id, or a placeholder, for messages. Untrusted text. */
  readonly name: string;
  /** Called when the destination rejects it. Absent: a rejection is an error. */
  readonly refuse?: ((why: string) => void) | undefined;
}

/** Sends one thing while the next is made. A failure is reported once, by the next call. */
export function openRelay<T>(send: (item: T) => Promise<void>) {
  let underway: Promise<void> = Promise.resolve();
  /** Resolves when nothing is being sent. */
  const settle = (): Promise<void> => {
    const last = underway;
    underway = Promise.resolve();
    return last;
  };
  /** Waits for the item before, and resolves when this one is being sent. */
  const pass = async (item: T): Promise<void> => {
    await settle();
    underway = send(item);
    underway.catch(() => undefined);
  };
  return { pass, settle };
}

/** Sends rows in batches, one after another: `send` resolves when all of one is delivered. Holds no more than two. After an error it holds nothing. */
export function openBatches(limits: BatchLimits, send: (rows: readonly BatchRow[]) => Promise<void>) {
  const { pass, settle } = openRelay(send);
  let rows: BatchRow[] = [];
  let bytes = 0;
  const take = (): readonly BatchRow[] => {
    const batch = rows;
    rows = [];
    bytes = 0;
    return batch;
  };
  const orForget = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      take();
      throw error;
    }
  };
  return {
    /** Resolves when there is room for more. Rejects with the error of an earlier batch. */
    add: (row: BatchRow) =>
      orForget(async () => {
        if (rows.length > 0 && bytes + row.body.length > limits.bytes) await pass(take());
        rows.push(row);
        bytes += row.body.length;
        if (rows.length >= limits.rows || bytes >= limits.bytes) await pass(take());
      }),
    /** Resolves when every row is delivered. Rejects with what failed. */
    flush: () =>
      orForget(async () => {
        if (rows.length > 0) await pass(take());
        await settle();
      }),
  };
}

export interface BatchDelivery {
  readonly limits: BatchLimits;
  readonly bodyOf: (org: string, entry: DeliveredEntry) => Buffer;
  /** Resolves when all of a batch is delivered. */
  readonly send: (rows: readonly BatchRow[]) => Promise<void>;
  /** Resolves when everything sent is durable. Default: at once. */
  readonly settled?: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A delivery that sends entries in batches. */
export function deliverInBatches({ limits, bodyOf, send, settled, close }: BatchDelivery): StreamDelivery {
  const batches = openBatches(limits, send);
  return {
    kind: 'stream',
    async put({ org, entries, refuse }) {
      for (const entry of entries)
        await batches.add({
          body: bodyOf(org, entry),
          name: entryName(org, entry),
          refuse: refuse && ((why) => refuse(entry, why)),
        });
    },
    async flush() {
      await batches.flush();
      await settled?.();
    },
    close,
  };
}

/** Passes a rejected row on. Throws if there is no handler. */
export function refuseRow({ refuse }: BatchRow, error: Error): void {
  if (refuse === undefined) throw error;
  refuse(error.message);
}

/** Sends rows until none is left. `send` gives those still to be sent, or undefined where the request is too large: then it is halved. It also gets the size of the half. */
export async function sendInHalves(
  rows: readonly BatchRow[],
  send: (rows: readonly BatchRow[], of: number) => Promise<readonly BatchRow[] | undefined>,
  tooLarge: (row: BatchRow) => Error,
): Promise<void> {
  for (let rest = rows; rest.length > 0; ) {
    const left = await send(rest, rows.length);
    if (left !== undefined) {
      rest = left;
      continue;
    }
    const [only] = rest;
    if (rest.length === 1 && only !== undefined) return refuseRow(only, tooLarge(only));
    const half = Math.ceil(rest.length / 2);
    await sendInHalves(rest.slice(0, half), send, tooLarge);
    return sendInHalves(rest.slice(half), send, tooLarge);
  }
}
