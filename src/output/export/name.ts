import { posix, win32 } from 'node:path';
import { usageError } from '../../errors.js';

/** The most that is put behind the name of a file while it is made: `.entries.partial.lock.takeover`, and some. */
const ROOM = 40;
/** Bytes of a name, on every usual file system. */
const LONGEST = 255;
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/** Throws a usage error for a name that no file can have, before anything is requested or made. */
export function checkName(path: string, platform: NodeJS.Platform): void {
  if (path.includes('\0')) throw usageError('the name of the file holds a NUL character', 'Choose another name.');
  const isWindows = platform === 'win32';
  if (/[/]$/.test(path) || (isWindows && path.endsWith('\\')))
    throw usageError(`${path} names a folder, not a file`, 'Name a file in it.');
  const name = (isWindows ? win32 : posix).basename(path);
  if (name === '' || name === '.' || name === '..')
    throw usageError(`${path === '' ? 'an empty name' : path} names a folder, not a file`, 'Name a file in it.');
  const bytes = Buffer.byteLength(name);
  if (bytes + ROOM > LONGEST)
    throw usageError(
      `the name ${name.slice(0, 20)}… is too long: ${bytes} bytes`,
      `Use at most ${LONGEST - ROOM} bytes: more are added to it while the file is made.`,
    );
  if (!isWindows) return;
  const wrong = /[<>:"|?*\u0001-\u001f]/.exec(name)?.[0];
  if (wrong !== undefined) throw usageError(`${name}: Windows allows no ${wrong} in a name`, 'Choose another name.');
  if (/[. ]$/.test(name))
    throw usageError(`${name}: Windows allows no name that ends with a dot or a space`, 'Choose another name.');
  if (RESERVED.test(name)) throw usageError(`${name} is the name of a device on Windows`, 'Choose another name.');
}
