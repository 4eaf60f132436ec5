import { constants, fstatSync, readFileSync, statSync } from 'node:fs';

/**
 * Whether a standard stream was closed when the program started. Node puts the null device in its place, opened to read and to write, which
 * is not how anybody redirects output. Only Linux shows how a file was opened: elsewhere, and where it cannot be told, false.
 */
export function wasClosed(descriptor: number): boolean {
  try {
    if (fstatSync(descriptor).rdev !== statSync('/dev/null').rdev) return false;
    const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1] ?? '0';
    return (Number.parseInt(flags, 8) & 3) === constants.O_RDWR;
  } catch {
    return false;
  }
}
