import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** The height of the terminal that standard output is, in lines; undefined if it is not a terminal, or does not know. */
export function screenRows(): number | undefined {
  return isatty(1) ? process.stdout.rows || undefined : undefined;
}

/**
 * Prints to standard output without a `Context` and without Node's own stream, both of which cost start-up time. True if everything was written or
 * the reader is gone; false if nothing was written.
 */
export function print(text: string): boolean {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(1, bytes, done);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code === 'EPIPE') return true;
      // A full pipe that does not block.
      if (code === 'EAGAIN' && done > 0) continue;
      if (done === 0) return false;
      throw error;
    }
  }
  return true;
}
