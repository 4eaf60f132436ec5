/** A signal that aborts, with the same reason, when either does. `release` lets go of the longer-lived one: without it every request would leave a listener behind. */
export function eitherSignal(
  run: AbortSignal,
  own: AbortSignal | undefined,
): { signal: AbortSignal; release: () => void } {
  if (own === undefined) return { signal: run, release: () => {} };
  const both = new AbortController();
  const stops = [run, own].map((signal) => {
    const stop = (): void => both.abort(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    return () => signal.removeEventListener('abort', stop);
  });
  return {
    signal: both.signal,
    release: () => {
      for (const stop of stops) stop();
    },
  };
}
