import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { Context } from '../../context.js';
import { AuditlogError, serverError, usageError } from '../../errors.js';
import { makeFolders } from '../../files/folders.js';
import type { Hearing } from '../../http/outbound.js';
import { CHAIN_FILE } from '../../manifest/names.js';
import { openS3Client, type S3Client } from './client.js';
import { fetchObject, type PutAside, putAsideIn } from './fetch.js';
import { foldersOf, nameObjects } from './names.js';
import type { S3Listed } from './object.js';
import { inTurn } from './turns.js';
import { parseS3Url, type S3Target } from './url.js';

/** Larger objects are copied one after another. */
const SMALL = 8 << 20;

/** A place in a bucket, and where it is copied to. */
interface CopiedPlace {
  readonly client: S3Client;
  /** The private folder of the copy. */
  readonly root: string;
  /** Called once that is gone: until then it is removed also where the process ends at once. */
  readonly forget: (() => void) | undefined;
  readonly aside: PutAside;
  /** The local copy of `base`, a folder with the same last name. */
  readonly path: string;
  /** The address of that folder, without parameters. */
  readonly base: string;
  /** The parameters of the address, as they were written. */
  readonly search: string;
  /** The beginning of the keys in it. */
  readonly prefix: string;
  /** The version of each object that was listed, by its key; undefined for a file, beside which nothing is listed. */
  readonly listing: ReadonlyMap<string, string> | undefined;
  /** The file that the address names; undefined: it names the folder. */
  readonly single: S3Listed | undefined;
}

/**
 * A copy of what an address in a bucket names, to be read as local files are: everything below it, or one object. Nothing is copied before
 * it is asked for. The copy is private, and gone after `close`.
 */
export class BucketCopy {
  readonly #place: CopiedPlace;
  readonly #objects: Map<string, S3Listed>;
  readonly #copied = new Set<string>();
  /** Names that no file of ours has, relative to the folder. Untrusted text. */
  readonly odd: readonly string[];

  constructor(place: CopiedPlace, objects: ReadonlyMap<string, S3Listed>, odd: readonly string[]) {
    this.#place = place;
    this.#objects = new Map(objects);
    this.odd = odd;
  }

  /** The local path of the address. */
  get path(): string {
    const { path, single } = this.#place;
    return single === undefined ? path : join(path, basename(single.key));
  }

  get isFolder(): boolean {
    return this.#place.single === undefined;
  }

  /** A private folder for what is known of the copy. */
  get memory(): string {
    return join(this.#place.root, '.checked');
  }

  /** The names of all objects, relative to the folder. */
  get names(): readonly string[] {
    return [...this.#objects.keys()];
  }

  /** Bytes of these objects. */
  sizeOf(names: readonly string[]): number {
    return names.reduce((sum, name) => sum + (this.#objects.get(name)?.size ?? 0), 0);
  }

  /** Where an object is copied to. */
  at(name: string): string {
    return join(this.#place.path, name);
  }

  /** The name of a path in the copy, as in `names`. */
  nameOf(path: string): string {
    return relative(this.#place.path, path).replaceAll('\\', '/');
  }

  /** Copies objects that were not copied yet. Rejects with an error that names the object, also if it has changed since it was listed. */
  async fetch(names: readonly string[]): Promise<void> {
    const { client, aside } = this.#place;
    const one = async (name: string): Promise<void> => {
      const object = this.#objects.get(name);
      if (object === undefined || this.#copied.has(name)) return;
      this.#copied.add(name);
      await aside(() => makeFolders(dirname(this.at(name))));
      await fetchObject(client, object, this.at(name), aside);
    };
    const isSmall = (name: string) => this.sizeOf([name]) <= SMALL;
    await inTurn(names.filter(isSmall), one);
    for (const name of names) if (!isSmall(name)) await one(name);
  }

  /** Copies an object beside the one that the address names, if there is one. */
  async fetchBeside(name: string): Promise<boolean> {
    const { client, prefix } = this.#place;
    const key = `${prefix}${name}`;
    if (!this.#objects.has(name)) {
      const found = await look(client, key);
      if (found === undefined) return false;
      this.#objects.set(name, found);
    }
    await this.fetch([name]);
    return true;
  }

  /** Makes empty files of objects whose name alone matters, and the folders of all. */
  async stand(names: readonly string[]): Promise<void> {
    await this.#place.aside(async () => {
      for (const folder of new Set(this.names.flatMap(foldersOf))) await makeFolders(this.at(folder));
      for (const name of names) await writeFile(this.at(name), '', { mode: 0o600, flag: 'wx' });
    });
  }

  /** The error for a difference that may be one of the moment, as something was written there meanwhile; undefined: nothing was. */
  async outdated(): Promise<AuditlogError | undefined> {
    const isSame = await this.#isAsListed().catch(() => true);
    if (isSame) return undefined;
    return serverError(
      `${this.#place.base} changed while it was read`,
      'Another program, such as a collector, writes there. Run the same command again',
    );
  }

  /** Removes copies that were read. They may be fetched again. */
  async drop(names: readonly string[]): Promise<void> {
    for (const name of names) if (this.#copied.delete(name)) await rm(this.at(name), { force: true });
  }

  /** The address of a name that no path is made of. */
  addressOf(name: string): string {
    return `${this.#place.base}/${name}`;
  }

  /** A text with addresses in place of the paths of the copy. */
  shown(text: string): string {
    return this.#replaced(text, (rest) => `${this.#place.base}${rest}`);
  }

  /** As `shown`, with addresses that can be pasted into a shell. */
  pasted(text: string): string {
    const { base, search } = this.#place;
    return this.#replaced(text, (rest) => (search === '' ? `${base}${rest}` : `'${base}${rest}${search}'`));
  }

  /** An error in which the copy is not mentioned. */
  explained(error: unknown): unknown {
    if (!(error instanceof AuditlogError)) return error;
    const hint = error.hint === undefined ? undefined : this.pasted(error.hint);
    return new AuditlogError(this.shown(error.message), error.exitCode, hint, error);
  }

  async close(): Promise<void> {
    const { client, root, forget } = this.#place;
    await client.close();
    await rm(root, { recursive: true, force: true });
    forget?.();
  }

  async #isAsListed(): Promise<boolean> {
    const { client, prefix, listing } = this.#place;
    if (listing === undefined) {
      for (const { key, etag } of this.#objects.values()) if ((await client.head(key))?.etag !== etag) return false;
      return true;
    }
    let seen = 0;
    for await (const { key, etag } of client.list(prefix)) {
      if (listing.get(key) !== etag) return false;
      seen += 1;
    }
    return seen === listing.size;
  }

  #replaced(text: string, address: (rest: string) => string): string {
    const { path } = this.#place;
    const [before = '', ...parts] = text.split(path);
    return parts.reduce((whole, part) => {
      const rest = /^(?:[\\/][A-Za-z0-9._=@-]+)*/.exec(part)?.[0] ?? '';
      return `${whole}${address(rest.replaceAll('\\', '/'))}${part.slice(rest.length)}`;
    }, before);
  }
}

/**
 * Finds out what an address names: one object, or what is below it. Rejects with a usage error if that is nothing. `hears`: what the requests
 * tell. Endpoint, region and keys are those of destinations.
 */
export async function openBucketCopy(ctx: Context, address: string, hears?: Hearing): Promise<BucketCopy> {
  const target = parseS3Url(address, ctx.env);
  const { pathname, search } = new URL(address);
  const client = await openS3Client(ctx, target, hears);
  let root: string | undefined;
  try {
    const key = target.prefix.slice(0, -1);
    const isFolder = key === '' || pathname.endsWith('/') || basename(key) === CHAIN_FILE;
    const own = isFolder ? undefined : await look(client, key);
    // Some stores have empty objects for folders.
    const single = own?.size === 0 && (await isAnythingBelow(client, `${key}/`)) ? undefined : own;
    const isWithin = single !== undefined || basename(key) === CHAIN_FILE;
    const prefix = isWithin ? key.slice(0, key.lastIndexOf('/') + 1) : target.prefix;
    const found = single === undefined ? await listed(client, prefix, target) : [single];
    const { files, odd } =
      single === undefined ? nameObjects(found, prefix) : { files: new Map([[basename(key), single]]), odd: [] };
    const aside = putAsideIn(ctx.tmp);
    const made = await aside(() => mkdtemp(join(ctx.tmp, 'auditlog-bucket-')));
    root = made;
    const forget = ctx.atExit?.(() => rmSync(made, { recursive: true, force: true }));
    const place: CopiedPlace = {
      client,
      root,
      forget,
      aside,
      path: join(root, prefix === '' ? target.bucket : basename(prefix)),
      base: `s3://${target.bucket}${prefix === '' ? '' : `/${prefix.slice(0, -1)}`}`,
      search,
      prefix,
      listing: single === undefined ? new Map(found.map((object) => [object.key, object.etag])) : undefined,
      single,
    };
    await aside(() => makeFolders(place.path));
    return new BucketCopy(place, files, odd);
  } catch (error) {
    await client.close();
    if (root !== undefined) await rm(root, { recursive: true, force: true });
    throw error;
  }
}

async function look(client: S3Client, key: string): Promise<S3Listed | undefined> {
  const found = await client.head(key);
  if (found === undefined) return undefined;
  const { etag, size } = found;
  if (!Number.isSafeInteger(size)) throw serverError(`the store sent no size for ${key}`);
  return { key, etag, size };
}

async function isAnythingBelow(client: S3Client, prefix: string): Promise<boolean> {
  for await (const { key } of client.list(prefix)) if (key !== prefix) return true;
  return false;
}

async function listed(client: S3Client, prefix: string, { bucket }: S3Target): Promise<readonly S3Listed[]> {
  const found = new Map<string, S3Listed>();
  for await (const object of client.list(prefix)) {
    if (found.has(object.key)) throw serverError(`the list of the bucket names ${object.key} twice`);
    found.set(object.key, object);
  }
  if (found.size > 0) return [...found.values()];
  throw usageError(
    `nothing is stored at s3://${bucket}/${prefix}`,
    'Name an archive or a file in it. Check the bucket, the prefix and the endpoint',
  );
}
