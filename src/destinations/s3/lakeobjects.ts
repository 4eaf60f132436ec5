import { join } from 'node:path';
import { serverError } from '../../errors.js';
import { realFiles } from '../../files/files.js';
import { makeFolders } from '../../files/folders.js';
import { loadState, saveState } from '../../files/state.js';
import { readOcsfParquet } from '../../formats/parquet/ocsf.js';
import { isText, listOf, mapOf, objectOf, type TypeOf } from '../../json/is.js';
import type { S3Client } from './client.js';
import type { S3Listed } from './object.js';

/** Keys of events to remember: a collector comes back to the newest days, and older objects are read again. */
const MOST_KNOWN = 100_000;

const isKnown = mapOf(objectOf({ etag: isText, keys: listOf(isText) }));
type KnownObjects = TypeOf<typeof isKnown>;
const KIND = { format: 'auditlog-lake-1', key: 'objects', largest: 64 << 20 } as const;

/** An object of a lake: one version, and the keys of its events. */
export interface LakeObject extends S3Listed {
  readonly keys: ReadonlySet<string>;
}

/** Which events the objects of a lake have. The bucket is asked; what is remembered only saves reading. */
export class LakeObjects {
  readonly #client: S3Client;
  readonly #path: string | undefined;
  /** By key of the object, the least recently used first. */
  readonly #known: Map<string, KnownObjects[string]>;

  private constructor(client: S3Client, path: string | undefined, known: KnownObjects) {
    this.#client = client;
    this.#path = path;
    this.#known = new Map(Object.entries(known));
  }

  static async open(client: S3Client, directory: string | undefined): Promise<LakeObjects> {
    const path = directory === undefined ? undefined : join(directory, 'lake.json');
    const found =
      path === undefined
        ? undefined
        : await loadState(realFiles, path, { ...KIND, is: isKnown }).catch(() => undefined);
    return new LakeObjects(client, path, found === undefined || found === 'damaged' ? {} : found);
  }

  /** The objects whose keys begin like this. Objects of others are left out. */
  async below(prefix: string): Promise<readonly LakeObject[]> {
    const objects: LakeObject[] = [];
    for await (const object of this.#client.list(prefix)) {
      const { key, etag } = object;
      const known = this.#known.get(key);
      const keys = known?.etag === etag ? known.keys : ((await this.read(object))?.keys ?? []);
      this.learn(key, etag, keys);
      objects.push({ ...object, keys: new Set(keys) });
    }
    return objects;
  }

  /** The events of an object; undefined for one that is not ours. Rejects with a server error if it has changed since it was listed. */
  async read({ key, etag, size }: S3Listed): ReturnType<typeof readOcsfParquet> {
    const blocks: Buffer[] = [];
    for (let at = 0; at < size; at += BLOCK) {
      const to = Math.min(at + BLOCK, size);
      const found = await this.#client.read(key, { from: at, to });
      if (found?.etag !== etag || found.of !== size || found.body.length !== to - at)
        throw serverError(`${key} changed while it was read`, 'Does another collector deliver to the same source?');
      blocks.push(found.body);
    }
    return readOcsfParquet(Buffer.concat(blocks));
  }

  learn(key: string, etag: string, keys: readonly string[]): void {
    this.#known.delete(key);
    this.#known.set(key, { etag, keys: [...keys] });
    let held = [...this.#known.values()].reduce((sum, one) => sum + one.keys.length, 0);
    for (const [oldest, one] of this.#known) {
      if (held <= MOST_KNOWN || oldest === key) return;
      this.#known.delete(oldest);
      held -= one.keys.length;
    }
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
