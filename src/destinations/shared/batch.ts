/** How much one request carries: whichever is reached first. */
export interface BulkLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** An entry as a destination wants it. */
export interface BulkRow {
  /** The bytes that stand for it in a request. */
  readonly body: Buffer;
  /** Which entry it is, for messages: its id, as far as it has one. Untrusted text. */
  readonly name: string;
}

/** Rows on their way: while one batch is sent the next one is filled, and no more than that is held. */
export interface Bulk {
  /** Resolves when there is room for more. Rejects with what went wrong with an earlier batch; then nothing is held any more. */
  add(row: BulkRow): Promise<void>;
  /** Resolves when every row is delivered. Rejects with what went wrong; then nothing is held any more. */
  flush(): Promise<void>;
}

/** `send` resolves when all of a batch is delivered. It is never called before the batch before is. */
export function openBulk(limits: BulkLimits, send: (rows: readonly BulkRow[]) => Promise<void>): Bulk {
  let rows: BulkRow[] = [];
  let bytes = 0;
  let underway: Promise<void> = Promise.resolve();

  const dispatch = async () => {
    const batch = rows;
    rows = [];
    bytes = 0;
    await underway;
    underway = send(batch);
    // Whoever asks next hears of it.
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
