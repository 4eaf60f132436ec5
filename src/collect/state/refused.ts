import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeliveredEntry } from '../../destinations/destination.js';
import { systemCode } from '../../errors.js';
import type { Files } from '../../files/files.js';
import { isNumber, isText, nullable, objectOf, type TypeOf } from '../../json/is.js';
import { loadCollectorFile, saveCollectorFile } from './file.js';

const FOLDER = 'refused';
const ENDING = '.json';

const isRefused = objectOf({
  /** Why the destination refused it. May quote a server: neutralise before showing. */
  why: isText,
  /** The server's clock, epoch ms. */
  at: isNumber,
  id: nullable(isText),
  /** Epoch ms; null: not a valid time. */
  time: nullable(isNumber),
  sibling: isNumber,
  ordinal: isNumber,
  /** The entry's own text. */
  raw: isText,
});
type RefusedEntry = TypeOf<typeof isRefused>;

interface RefusedPlace {
  readonly files: Files;
  readonly makeFolder: (path: string) => Promise<void>;
  /** The folder of one organization's state. */
  readonly path: string;
}

/** The entries of one organization that its destination rejected: one file each, until the destination accepts them. */
export class RefusedEntries {
  readonly #place: RefusedPlace;
  readonly #folder: string;

  constructor(place: RefusedPlace) {
    this.#place = place;
    this.#folder = join(place.path, FOLDER);
  }

  /** Durable when it resolves. The same entry has one file, however often it is refused. Rejects with a local error if the file system does. */
  async add({ id, time, sibling = 0, ordinal = 0, raw }: DeliveredEntry, why: string, at: number): Promise<void> {
    await this.#place.makeFolder(this.#folder);
    const entry = { id: id ?? null, time: Number.isNaN(time) ? null : time, sibling, ordinal };
    const hash = createHash('sha256').update(JSON.stringify(entry));
    if (entry.id === null || entry.time === null) hash.update(raw);
    const refused: RefusedEntry = { why, at, ...entry, raw: raw.toString('utf8') };
    await saveCollectorFile(
      this.#place.files,
      join(this.#folder, `${hash.digest('hex').slice(0, 32)}${ENDING}`),
      refused,
    );
  }

  async names(): Promise<readonly string[]> {
    return refusedNames(this.#folder);
  }

  /** Undefined: its file is gone or damaged. */
  async load(name: string): Promise<DeliveredEntry | undefined> {
    const found = await loadCollectorFile(this.#place.files, join(this.#folder, name), isRefused);
    if (found === undefined || found === 'damaged') return undefined;
    const { id, time, sibling, ordinal, raw } = found;
    return { id: id ?? undefined, time: time ?? Number.NaN, sibling, ordinal, raw: Buffer.from(raw) };
  }

  async remove(name: string): Promise<void> {
    await this.#place.files.remove(join(this.#folder, name));
  }
}

/** How many entries of an organization its destination refuses. `path`: the folder of its state. */
export async function countRefused(path: string): Promise<number> {
  return (await refusedNames(join(path, FOLDER))).length;
}

async function refusedNames(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(ENDING)).sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
