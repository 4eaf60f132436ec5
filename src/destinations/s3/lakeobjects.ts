import { join } from 'node:path';
import { serverError } from '../../errors.js';
import { realFiles } from '../../files/files.js';
import { makeFolders } from '../../files/folders.js';
import { loadState, saveState } from '../../files/state.js';
import { readOcsfParquet } from '../../formats/parquet/ocsf.js';
import { isText, mapOf, objectOf, type TypeOf } from '../../json/is.js';
import type { S3Client } from './client.js';
import type { S3Listed } from './object.js';

/** Marks to remember: a collector comes back to the newest days, and older objects are read again. */
const MOST_MARKS = 2_000_000;
/** Characters of a mark, the beginning of a key: enough to seldom read an object in vain. */
const MARK = 11;

const isKnown = mapOf(objectOf({ etag: isText, marks: isText }));
type KnownObjects = TypeOf<typeof isKnown>;
const KIND = { format: 'auditlog-lake-1', key: 'objects', largest: 64 << 20 } as const;

/** Which events the objects of a lake have. The bucket is asked; what is remembered only saves reading. */
export class LakeObjects {
  readonly #client: S3Client;
  readonly #path: string | undefined;
  /** By key of the object, the least recently used first: a version, and the marks of its events in a row. */
  readonly #known: Map<string, KnownObjects[string]>;
  #held = 0;

  private constructor(client: S3Client, path: string | undefined, known: KnownObjects) {
    this.#client = client;
    this.#path = path;
    this.#known = new Map(Object.entries(known));
    for (const { marks } of this.#known.values()) this.#held += marks.length / MARK;
  }

  static async open(client: S3Client, directory: string | undefined): Promise<LakeObjects> {
    const path = directory === undefined ? undefined : join(directory, 'lake.json');
    const found =
      path === undefined
        ? undefined
        : await loadState(realFiles, path, { ...KIND, is: isKnown }).catch(() => undefined);
    return new LakeObjects(client, path, found === undefined || found === 'damaged' ? {} : found);
  }

  /** The objects whose names begin with `prefix` and that may have one of these events. Those of others are left out. */
  async having(prefix: string, keys: Iterable<string>): Promise<readonly S3Listed[]> {
    const wanted = new Set([...keys].map((key) => key.slice(0, MARK)));
    const found: S3Listed[] = [];
    for await (const object of this.#client.list(prefix)) {
      const { key, etag } = object;
      const known = this.#known.get(key);
      if (known?.etag !== etag) this.learn(key, etag, (await this.read(object))?.keys ?? []);
      else this.#remember(key, known);
      if (hasOne(this.#known.get(key)?.marks ?? '', wanted)) found.push(object);
    }
    return found;
  }

  /** The events of an object; undefined for one that is not ours. Rejects with a server error if it has changed since it was listed. */
  async read({ key, etag, size }: S3Listed): ReturnType<typeof readOcsfParquet> {
    const blocks: Buffer[] = [];
    for (let at = 0; at < size; at += BLOCK) {
      const to = Math.min(at + BLOCK, size);
      const found = await this.#client.read(key, { from: at, to });
      if (found?.etag !== etag || found.of !== size || found.body.length !== to - at)
        throw serverError(`${key} changed while it was read`, 'Stop other collectors of this source');
      blocks.push(found.body);
    }
    return readOcsfParquet(Buffer.concat(blocks));
  }

  /** Remembers the events of a version of an object. */
  learn(key: string, etag: string, keys: readonly string[]): void {
    this.#remember(key, { etag, marks: keys.map((each) => each.slice(0, MARK)).join('') });
  }

  #remember(key: string, object: KnownObjects[string]): void {
    this.#forget(key);
    this.#known.set(key, object);
    this.#held += object.marks.length / MARK;
    for (const oldest of this.#known.keys()) {
      if (this.#held <= MOST_MARKS || oldest === key) return;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#held -= (this.#known.get(key)?.marks.length ?? 0) / MARK;
    this.#known.delete(key);
  }

  /** Losing it costs requests only. */
  async save(): Promise<void> {
    if (this.#path === undefined) return;
    const path = this.#path;
    await makeFolders(join(path, '..'))
      .then(() => saveState(realFiles, path, KIND, Object.fromEntries(this.#known)))
      .catch(() => {});
  }
}

const BLOCK = 8 << 20;

function hasOne(marks: string, wanted: ReadonlySet<string>): boolean {
  for (let at = 0; at < marks.length; at += MARK) if (wanted.has(marks.slice(at, at + MARK))) return true;
  return false;
}
