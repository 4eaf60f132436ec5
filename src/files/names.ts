import { posix, win32 } from 'node:path';
import { usageError } from '../errors.js';

/** The most that is put behind the name of a file while it is made: `.entries.partial.lock.takeover`, and some. */
const ROOM = 40;
/** The longest path inside a folder that is filled: an organization, a day, a file, and what is put behind its name. */
const INSIDE = 180;
/** Bytes of a name, on every usual file system; on Windows its characters. */
const LONGEST = 255;
/** Bytes of a whole path, its end included. Windows is asked with a prefix that lifts its limit. */
const LONGEST_PATH: Readonly<Partial<Record<NodeJS.Platform, number>>> = { linux: 4096, darwin: 1024, freebsd: 1024 };
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/** The part of the world that says which names can be. */
interface NameWorld {
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
}

/** Throws a usage error for a path that no file can have, before anything is requested or made. */
export function checkName(path: string, world: NameWorld): void {
  const { basename, isWindows } = placesOf(world);
  if (/[/]$/.test(path) || (isWindows && path.endsWith('\\')))
    throw usageError(`${shortened(path)} names a folder, not a file`, 'Name a file in it');
  const name = basename(path);
  if (name === '' || name === '.' || name === '..')
    throw usageError(`${path === '' ? 'an empty name' : path} names a folder, not a file`, 'Name a file in it');
  checkPath(path, world, ROOM);
  const length = lengthOf(name, isWindows);
  if (length + ROOM > LONGEST)
    throw usageError(
      `the name ${shortened(name)} is too long: ${length} ${isWindows ? 'characters' : 'bytes'}`,
      `Use at most ${LONGEST - ROOM}: more are added to it while the file is made`,
    );
}

/** As `checkName`, for a folder that gets files of days. */
export function checkFolderName(path: string, world: NameWorld): void {
  if (path === '') throw usageError('a folder needs a name', 'Name a folder, or . for this one');
  checkPath(path, world, INSIDE);
}

/** Whether Windows keeps the name, with any ending, for a device. */
export function isReserved(name: string): boolean {
  return RESERVED.test(name);
}

/** `room`: how much longer paths in it or beside it are. */
function checkPath(path: string, world: NameWorld, room: number): void {
  if (path.includes('\0')) throw usageError('the name has a NUL character', 'Choose another name');
  const { parse, resolve, isWindows } = placesOf(world);
  const { root } = parse(path);
  for (const name of path.slice(root.length).split(isWindows ? /[\\/]/ : '/')) {
    const length = lengthOf(name, isWindows);
    if (length > LONGEST)
      throw usageError(
        `the name ${shortened(name)} is too long: ${length} ${isWindows ? 'characters' : 'bytes'}`,
        `Use at most ${LONGEST}`,
      );
    if (isWindows && name !== '.' && name !== '..') checkWindowsName(name);
  }
  const whole = Buffer.byteLength(resolve(world.cwd, path)) + room;
  const longest = LONGEST_PATH[world.platform];
  if (longest !== undefined && whole >= longest)
    throw usageError(
      `the path ${shortened(path)} is too long: ${whole} bytes with what is put behind it`,
      `Use fewer than ${longest}`,
    );
}

function checkWindowsName(name: string): void {
  const shown = shortened(name);
  const wrong = /[<>:"|?*\u0001-\u001f]/.exec(name)?.[0];
  if (wrong !== undefined) throw usageError(`${shown}: Windows allows no ${wrong} in a name`, 'Choose another name');
  if (/[. ]$/.test(name))
    throw usageError(`${shown}: Windows names cannot end with a dot or a space`, 'Choose another name');
  if (isReserved(name)) throw usageError(`${shown} is the name of a device on Windows`, 'Choose another name');
}

function placesOf({ platform }: NameWorld) {
  const isWindows = platform === 'win32';
  return { ...(isWindows ? win32 : posix), isWindows };
}

function lengthOf(name: string, isWindows: boolean): number {
  return isWindows ? name.length : Buffer.byteLength(name);
}

function shortened(text: string): string {
  return text.length > 60 ? `${[...text].slice(0, 20).join('')}…` : text;
}
