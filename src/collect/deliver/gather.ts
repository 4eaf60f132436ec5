import { writeFault } from '../../files/faults.js';
import { type Files, type OpenFile, writeAll } from '../../files/files.js';

/** A file of gathered entries. It need not survive a power cut, because lost entries are read again. */
export class GatherFile {
  readonly #file: OpenFile;
  readonly #path: string;
  size = 0;

  private constructor(file: OpenFile, path: string) {
    this.#file = file;
    this.#path = path;
  }

  static async create(files: Files, path: string): Promise<GatherFile> {
    try {
      await files.remove(path);
      return new GatherFile(await files.create(path), path);
    } catch (error) {
      throw writeFault(error, path);
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      await writeAll(this.#file, bytes, this.size);
    } catch (error) {
      throw writeFault(error, this.#path);
    }
    this.size += bytes.length;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
