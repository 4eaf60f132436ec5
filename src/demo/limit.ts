const WINDOW = 60_000;

/** Lets `perMinute` requests through in any minute; gives the seconds to wait when one is too many. `at` is in ms and never goes back. */
export function rateLimit(perMinute: number): (at: number) => number | undefined {
  const admitted: number[] = [];
  let oldest = 0;
  return (at) => {
    while (oldest < admitted.length && admitted[oldest]! <= at - WINDOW) oldest += 1;
    if (oldest > perMinute) oldest -= admitted.splice(0, oldest).length;
    if (admitted.length - oldest >= perMinute) return Math.ceil((admitted[oldest]! + WINDOW - at) / 1000);
    admitted.push(at);
    return undefined;
  };
}
