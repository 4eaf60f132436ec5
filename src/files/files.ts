import { type BigIntStats, constants, type PathLike } from 'node:fs';
import { type FileHandle, link, lstat, open, readFile, rename, unlink } from 'node:fs/promises';
import { systemCode } from '../errors.js';

/** What writing files needs of a file system: a port, so that tests can interrupt it between any two operations. */
export interface Files {
  /** Creates a private file (0600). Rejects with EEXIST if it exists; never follows a symbolic link. */
  create(path: string): Promise<OpenFile>;
  /** Opens a file to continue it. Rejects with ELOOP for a symbolic link. */
  reopen(path: string): Promise<OpenFile>;
  readText(path: string): Promise<string>;
  /** What is at a path, links not followed; undefined: nothing. */
  look(path: string): Promise<PathInfo | undefined>;
  rename(from: string, to: string): Promise<void>;
  link(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes names in a directory durable, if the platform can. */
  syncDirectory(path: string): Promise<void>;
}

export interface PathInfo {
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  readonly size: number;
  /** When it was last written, by the clock of the file system, epoch ms. */
  readonly modified: number;
  /** The same for two names of one file. */
  readonly identity: string;
}

export interface OpenFile {
  /** Writes at `position`. Resolves to the number of bytes written, which may be smaller. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  read(into: Uint8Array, position: number): Promise<number>;
  truncate(size: number): Promise<void>;
  size(): Promise<number>;
  sync(): Promise<void>;
  /** As `PathInfo.identity` of its name, until that is renamed. */
  identity(): Promise<string>;
  close(): Promise<void>;
}

/** What the system says where nothing is, or can be. */
const NOTHING: readonly string[] = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'];

const { O_CREAT, O_EXCL, O_RDWR } = constants;
/** Not there on Windows. */
const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0;

export const realFiles: Files = {
  create: async (path) => openFile(await open(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR, 0o600)),
  reopen: async (path) => openFile(await open(path, O_NOFOLLOW | O_RDWR)),
  readText: (path) => readFile(path, 'utf8'),
  look: async (path) => {
    try {
      const stat = await lstat(path, { bigint: true });
      const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'link' : 'other';
      return { kind, size: Number(stat.size), modified: Number(stat.mtimeMs), identity: identityOf(stat) };
    } catch (error) {
      if (NOTHING.includes(systemCode(error))) return undefined;
      throw error;
    }
  },
  rename,
  link: (from: PathLike, to: PathLike) => link(from, to),
  remove: async (path) => {
    try {
      await unlink(path);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  },
  syncDirectory: async (path) => {
    let directory: FileHandle;
    try {
      directory = await open(path, 'r');
    } catch (error) {
      // Windows opens no directories.
      if (['EISDIR', 'EPERM', 'EACCES'].includes(systemCode(error))) return;
      throw error;
    }
    try {
      await directory.sync();
    } catch (error) {
      if (!['EINVAL', 'ENOTSUP', 'EPERM'].includes(systemCode(error))) throw error;
    } finally {
      await directory.close();
    }
  },
};

function openFile(handle: FileHandle): OpenFile {
  return {
    write: async (bytes, position) => (await handle.write(bytes, 0, bytes.length, position)).bytesWritten,
    read: async (into, position) => (await handle.read(into, 0, into.length, position)).bytesRead,
    truncate: (size) => handle.truncate(size),
    size: async () => (await handle.stat()).size,
    sync: () => handle.sync(),
    identity: async () => identityOf(await handle.stat({ bigint: true })),
    close: () => handle.close(),
  };
}

function identityOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

/** Writes all bytes: a short write is normal, an empty one is not. */
export async function writeAll(file: OpenFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const taken = await file.write(done === 0 ? bytes : bytes.subarray(done), position + done);
    if (taken === 0) throw Object.assign(new Error('the file takes no more bytes'), { code: 'ENOSPC' });
    done += taken;
  }
}
