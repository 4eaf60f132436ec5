import { setMaxListeners } from 'node:events';

/** A signal that aborts, with the same reason, when any of them does. `release` lets go of them: without it, a signal that outlives the new one would keep it for ever. */
export function anySignal(signals: readonly AbortSignal[]): { signal: AbortSignal; release: () => void } {
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
