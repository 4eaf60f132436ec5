import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HASH_BYTES, HashSet } from '../../days/hashes.js';
import { systemCode } from '../../errors.js';
import { writeFault } from '../../files/faults.js';
import { type Files, type OpenFile, writeAll } from '../../files/files.js';

const ENDING = '.ids';
const BLOCK = 1 << 20;

/** The files of a ledger: for each UTC day the 16-byte hashes of its entries in the order of delivery. Only appended to; a hash cut off is ignored. */
export class IdFiles {
  readonly #files: Files;
  readonly #folder: string;

  constructor(files: Files, folder: string) {
    this.#files = files;
    this.#folder = folder;
  }

  async read(day: string): Promise<HashSet> {
    const known = new HashSet();
    const file = await this.#reopen(this.#pathOf(day));
    if (file === undefined) return known;
    try {
      const end = wholeBytes(await file.size());
      const block = Buffer.alloc(Math.min(BLOCK, end));
      for (let position = 0; position < end; ) {
        const whole = wholeBytes(await file.read(block.subarray(0, Math.min(block.length, end - position)), position));
        if (whole === 0) break;
        for (let at = 0; at < whole; at += HASH_BYTES) known.add(block.subarray(at, at + HASH_BYTES));
        position += whole;
      }
      return known;
    } finally {
      await file.close();
    }
  }

  /** Appends durably. Rejects with a local error if the file system does. */
  async append(day: string, hashes: Buffer): Promise<void> {
    const path = this.#pathOf(day);
    try {
      const there = await this.#reopen(path);
      const file = there ?? (await this.#files.create(path));
      try {
        const size = await file.size();
        const end = wholeBytes(size);
        if (end !== size) await file.truncate(end);
        await writeAll(file, hashes, end);
        await file.sync();
      } finally {
        await file.close();
      }
      if (there === undefined) await this.#files.syncDirectory(dirname(path));
    } catch (error) {
      throw writeFault(error, path);
    }
  }

  /** The number of hashes in all files. */
  async total(): Promise<number> {
    const seen = await Promise.all((await this.#paths()).map((path) => this.#files.look(path)));
    return seen.reduce((sum, file) => sum + wholeBytes(file?.size ?? 0) / HASH_BYTES, 0);
  }

  async remove(day: string): Promise<void> {
    await this.#files.remove(this.#pathOf(day));
  }

  /** Returns whether there were any. */
  async removeAll(): Promise<boolean> {
    const paths = await this.#paths();
    for (const path of paths) await this.#files.remove(path);
    return paths.length > 0;
  }

  #pathOf(day: string): string {
    return join(this.#folder, `${day}${ENDING}`);
  }

  async #paths(): Promise<readonly string[]> {
    try {
      const names = await readdir(this.#folder);
      return names.filter((name) => name.endsWith(ENDING)).map((name) => join(this.#folder, name));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  async #reopen(path: string): Promise<OpenFile | undefined> {
    try {
      return await this.#files.reopen(path);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
}

function wholeBytes(size: number): number {
  return size - (size % HASH_BYTES);
}
