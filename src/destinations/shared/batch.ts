/** How much one request carries: whichever limit is reached first. */
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
