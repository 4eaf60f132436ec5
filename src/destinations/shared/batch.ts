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
  /** The entry's id, or a stand-in, for messages. Untrusted text. */
  readonly name: string;
}

/** Sends rows in batches. Fills the next batch while one is sent, and holds no more than these two. */
export interface Batches {
  /** Resolves when there is room for more. Rejects with the error of an earlier batch; nothing is held afterwards. */
  add(row: BatchRow): Promise<void>;
  /** Resolves when every row is delivered. Rejects with what failed; nothing is held afterwards. */
  flush(): Promise<void>;
}

/** `send` resolves when all of a batch is delivered. Batches are sent one after another. */
export function openBatches(limits: BatchLimits, send: (rows: readonly BatchRow[]) => Promise<void>): Batches {
  let rows: BatchRow[] = [];
  let bytes = 0;
  let underway: Promise<void> = Promise.resolve();

  const dispatch = async () => {
    const batch = rows;
    rows = [];
    bytes = 0;
    await underway;
    underway = send(batch);
    // The next call reports the error.
    underway.catch(() => undefined);
  };
  const orForget = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      rows = [];
      bytes = 0;
      underway = Promise.resolve();
      throw error;
    }
  };

  return {
    add: (row) =>
      orForget(async () => {
        if (rows.length > 0 && bytes + row.body.length > limits.bytes) await dispatch();
        rows.push(row);
        bytes += row.body.length;
        if (rows.length >= limits.rows || bytes >= limits.bytes) await dispatch();
      }),
    flush: () =>
      orForget(async () => {
        if (rows.length > 0) await dispatch();
        await underway;
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
    async put({ org, entries }) {
      for (const entry of entries) await batches.add({ body: bodyOf(org, entry), name: entryName(org, entry) });
    },
    async flush() {
      await batches.flush();
      await settled?.();
    },
    close,
  };
}

/**
 * Sends rows until none is left. `send` gives the rows still to be sent, or undefined where the request is too large: it is sent in halves then.
 * `tooLarge` is the error for a single row. `send` also gets the number of rows in the half that it belongs to.
 */
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
    if (rest.length === 1) throw tooLarge(rest[0]!);
    const half = Math.ceil(rest.length / 2);
    await sendInHalves(rest.slice(0, half), send, tooLarge);
    return sendInHalves(rest.slice(half), send, tooLarge);
  }
}
