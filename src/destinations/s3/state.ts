import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemCode, usageError } from '../../errors.js';
import { writeWhole } from '../../files/whole.js';
import { isOrgFolder } from '../../manifest/names.js';
import type { S3Client } from './client.js';
import type { S3Target } from './url.js';

const JOURNAL = '.ndjson';

/** The collector's directory for a bucket: its address, a journal for each folder, and the archive itself. */
export class BucketState {
  readonly target: S3Target;
  readonly #directory: string;
  readonly #journals: string;
  /** The file that exists once everything that the bucket held at first was read back. */
  readonly #readBack: string;

  constructor(directory: string | undefined, target: S3Target) {
    if (directory === undefined) throw new Error('a bucket needs a directory for what has to be remembered');
    this.target = target;
    this.#directory = directory;
    this.#journals = join(directory, 'mirror');
    this.#readBack = join(this.#journals, 'read-back');
  }

  /** The directory of the archive. */
  get root(): string {
    return join(this.#directory, 'archive');
  }

  journalOf(folder: string): string {
    return join(this.#journals, `${folder}${JOURNAL}`);
  }

  /** Rejects with a usage error when the first run had another bucket: the environment supplies a part of its address. */
  async keepTarget(): Promise<void> {
    const { shown } = this.target;
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const path = join(this.#directory, 'bucket');
    const before = await readFile(path, 'utf8').catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (before === undefined) return writeWhole(path, [Buffer.from(`${shown}\n`)]);
    if (before.trim() === shown) return;
    throw usageError(
      `the collector delivers to ${before.trim()}, but the address now means ${shown}`,
      'Set AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL and AWS_REGION as before, or make another collector',
    );
  }

  /** The folders of organizations put from here; the first time, also those in the bucket. */
  async folders(client: S3Client): Promise<readonly string[]> {
    for (const path of [this.#directory, this.root, this.#journals])
      await mkdir(path, { recursive: true, mode: 0o700 });
    const folders = new Set<string>();
    for (const name of await readdir(this.#journals)) if (name.endsWith(JOURNAL)) folders.add(basename(name, JOURNAL));
    if (!(await this.#isReadBack())) for await (const folder of client.folders(this.target.prefix)) folders.add(folder);
    return [...folders].filter(isOrgFolder);
  }

  async rememberReadBack(): Promise<void> {
    if (!(await this.#isReadBack())) await writeWhole(this.#readBack, [Buffer.from(`${this.target.shown}\n`)]);
  }

  #isReadBack(): Promise<boolean> {
    return stat(this.#readBack).then(
      () => true,
      () => false,
    );
  }
}
