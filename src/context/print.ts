/**
 * Prints to standard output what can be said at once, without a world around it: making one costs start-up time.
 * Resolves to whether it was taken, or nobody reads any more.
 */
export function print(text: string): Promise<boolean> {
  return new Promise((resolve) => {
    process.stdout.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EPIPE'));
    process.stdout.write(text, (error) => {
      if (error == null) resolve(true);
    });
  });
}
