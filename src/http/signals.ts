import { setMaxListeners } from 'node:events';

/** How long a client is open: until the run is stopped, or until `end`. */
export class Lifetime {
  readonly #ending = new AbortController();
  readonly #whole: { readonly signal: AbortSignal; readonly release: () => void };

  constructor(stop: AbortSignal) {
    this.#whole = anySignal([stop, this.#ending.signal]);
  }

  /** Runs `work` with a signal that aborts at the end of this lifetime, and for `own`. Rejects with the signal's reason when that is over already. */
  async during<T>(own: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal, release } = anySignal(own === undefined ? [this.#whole.signal] : [this.#whole.signal, own]);
    try {
      signal.throwIfAborted();
      return await work(signal);
    } finally {
      release();
    }
  }

  /** Aborts what is under way. */
  end(why: string): void {
    this.#ending.abort(new Error(why));
    this.#whole.release();
  }
}

/** A signal that aborts with the reason of the first of `signals` that does. Without `release`, a signal that outlives the new one would keep it for ever. */
function anySignal(signals: readonly AbortSignal[]): { readonly signal: AbortSignal; readonly release: () => void } {
  const any = new AbortController();
  setMaxListeners(0, any.signal);
  const stops = signals.map((signal) => {
    const stop = (): void => any.abort(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    return () => signal.removeEventListener('abort', stop);
  });
  return {
    signal: any.signal,
    release: () => {
      for (const stop of stops) stop();
    },
  };
}

/** The promise's result; rejects with the signal's reason as soon as that aborts. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let onAbort = (): void => {};
  const stopped = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
