import { systemCode, usageError } from '../errors.js';
import { writeFault } from './faults.js';
import { type Files, type OpenFile, realFiles, writeAll } from './files.js';
import { type Holder, isAlive, type LockWorld, nameOf, readHolder, writeHolder } from './holder.js';

/** A file that names the process at work in a folder or on a file. */
export class Lock {
  readonly #files: Files;
  readonly #path: string;
  readonly #file: OpenFile;
  readonly #text: string;
  readonly #stop: (() => void) | undefined;

  constructor(world: LockWorld, { files, path, text }: LockPlace, file: OpenFile) {
    this.#files = files;
    this.#path = path;
    this.#text = text;
    this.#file = file;
    this.#stop = world.every?.(RENEW, () => this.#renew().catch(() => {}));
  }

  /** Whether it is still ours: ask before doing what must not happen twice. */
  async isHeld(): Promise<boolean> {
    return (await textOf(this.#files, this.#path)) === this.#text;
  }

  /** Never rejects. */
  async release(): Promise<void> {
    this.#stop?.();
    await this.#file.close().catch(() => {});
    if (await this.isHeld()) await this.#files.remove(this.#path).catch(() => {});
  }

  /** Writes to the file itself, not to its name: who took the lock over has put another file there. */
  async #renew(): Promise<void> {
    await writeAll(this.#file, Buffer.from(this.#text), 0);
    await this.#file.sync();
  }
}

/** Where a lock is, and what it says when it is ours. */
interface LockPlace {
  readonly files: Files;
  readonly path: string;
  readonly text: string;
}

export interface LockOptions {
  readonly files?: Files;
  /** How long to wait for another holder before giving up, ms. Default 0. */
  readonly wait?: number;
}

/** A holder writes its lock again this often, ms. */
const RENEW = 10_000;
/** A lock of another host or container that was not renewed for this long, by the clock of the file system, is stale, ms. */
const STALE = 60_000;
const RETRY = 50;

/**
 * Takes a lock, for whatever runs on this host, in its containers, and on other hosts that share the file system. A lock left by a process
 * that has ended is taken over: at once where its id can be looked up, else after a minute without a renewal. Rejects with a usage error
 * that names the holder. `what` is the name of what the lock guards, for messages.
 */
export async function takeLock(
  ctx: LockWorld,
  path: string,
  what: string,
  { files = realFiles, wait = 0 }: LockOptions = {},
): Promise<Lock> {
  const place = { files, path, text: await writeHolder(ctx) };
  try {
    for (let waited = 0; ; waited += RETRY) {
      const file = (await create(files, path, place.text)) ?? (await takeOver(ctx, place));
      if (file !== undefined) return new Lock(ctx, place, file);
      const holder = await liveHolder(ctx, files, path);
      if (holder !== undefined && waited >= wait)
        throw usageError(
          `${what} is being written by another run (${await nameOf(ctx, holder)})`,
          `Wait for it. If no run is active: rm ${path}`,
        );
      await ctx.clock.sleep(RETRY, ctx.signal);
    }
  } catch (error) {
    throw writeFault(error, what);
  }
}

/** Whether a process that still runs holds the lock. */
export async function isLocked(ctx: LockWorld, path: string, files: Files = realFiles): Promise<boolean> {
  return (await liveHolder(ctx, files, path)) !== undefined;
}

/** Puts a stale lock aside and takes its place. Undefined: it is not stale, or another process was quicker. */
async function takeOver(ctx: LockWorld, { files, path, text }: LockPlace): Promise<OpenFile | undefined> {
  const seen = await settled(ctx, files, path);
  if (seen === undefined || (await isLive(ctx, files, path, seen))) return undefined;
  // Only one process at a time replaces a lock, and looks again before it does.
  const door = `${path}.takeover`;
  const opened = await create(files, door, text);
  if (opened === undefined) {
    const other = await settled(ctx, files, door);
    if (other !== undefined && !(await isLive(ctx, files, door, other))) await files.remove(door);
    return undefined;
  }
  try {
    if ((await textOf(files, path)) !== seen) return undefined;
    const next = `${path}.next`;
    await files.remove(next);
    const file = await create(files, next, text);
    if (file !== undefined) await files.rename(next, path);
    return file;
  } finally {
    await opened.close();
    await files.remove(door);
  }
}

async function liveHolder(ctx: LockWorld, files: Files, path: string): Promise<Holder | undefined> {
  const text = await textOf(files, path);
  return text !== undefined && (await isLive(ctx, files, path, text)) ? readHolder(text) : undefined;
}

async function isLive(ctx: LockWorld, files: Files, path: string, text: string): Promise<boolean> {
  const holder = readHolder(text);
  if (holder === undefined) return false;
  return (await isAlive(ctx, holder)) ?? !(await isOld(ctx, files, path));
}

/** Whether a file was last written more than a minute ago by the clock of its file system, which need not be ours. */
async function isOld(ctx: LockWorld, files: Files, path: string): Promise<boolean> {
  const probe = `${path}.${ctx.pid}.${Math.floor(ctx.random() * 1e9)}`;
  const now = await create(files, probe, '');
  if (now === undefined) return false;
  try {
    const [then, clock] = [await files.look(path), await files.look(probe)];
    return then !== undefined && clock !== undefined && clock.modified - then.modified > STALE;
  } finally {
    await now.close();
    await files.remove(probe);
  }
}

/** What a lock says. Who has made it just now gets a second to write it. */
async function settled(ctx: LockWorld, files: Files, path: string): Promise<string | undefined> {
  for (let left = 20; ; left -= 1) {
    const text = await textOf(files, path);
    if (text === undefined || readHolder(text) !== undefined || left === 0) return text;
    await ctx.clock.sleep(RETRY, ctx.signal);
  }
}

/** Undefined when there is one already. */
async function create(files: Files, path: string, text: string): Promise<OpenFile | undefined> {
  let file: OpenFile | undefined;
  try {
    file = await files.create(path);
    await writeAll(file, Buffer.from(text), 0);
    return file;
  } catch (error) {
    if (file === undefined && systemCode(error) === 'EEXIST') return undefined;
    await file?.close().catch(() => {});
    if (file !== undefined) await files.remove(path).catch(() => {});
    throw error;
  }
}

async function textOf(files: Files, path: string): Promise<string | undefined> {
  try {
    return await files.readText(path);
  } catch {
    return undefined;
  }
}
