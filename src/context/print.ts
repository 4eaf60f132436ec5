import { writeSync } from 'node:fs';

/**
 * Prints to standard output what can be said at once, without a world around it and even without Node's own stream: making them costs
 * start-up time. Gives whether it was taken, or nobody reads any more; if not, nothing of it was written.
 */
export function print(text: string): boolean {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(1, bytes, done);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code === 'EPIPE') return true;
      // A pipe that is full and does not wait.
      if (code === 'EAGAIN' && done > 0) continue;
      if (done === 0) return false;
      throw error;
    }
  }
  return true;
}
