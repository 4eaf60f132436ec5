/** Runs at most `width` tasks at a time, first come, first served. */
export type Gate = <T>(task: () => Promise<T>) => Promise<T>;

export function openGate(width: number): Gate {
  const queue: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= width) await new Promise<void>((resolve) => queue.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      const next = queue.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
