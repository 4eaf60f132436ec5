import { createHash } from 'node:crypto';
import type { KeptPage, PageJournal } from '../engine/journal.js';
import type { Page, Window } from '../engine/request.js';
import { usageError } from '../errors.js';
import { writeFault } from '../files/faults.js';
import { type Files, type OpenFile, writeAll } from '../files/files.js';
import { isAnything, isText, mapOf, objectOf, oneOf } from '../json/is.js';

/** The purpose of a journal, like `ExportFileOptions.identity`. */
type JournalIdentity = Readonly<Record<string, string>>;

export interface JournalOptions {
  readonly files: Files;
  /** As the export was named, for messages. */
  readonly shown: string;
  readonly identity: JournalIdentity;
  /** Deletes the journal of an interrupted run. */
  readonly restart: boolean;
  readonly monotonic: () => number;
}

interface LineExtent {
  readonly start: number;
  readonly end: number;
}

const isHead = objectOf({ format: oneOf('auditlog-pages-1'), identity: mapOf(isText), plan: isAnything });
const SYNC_MS = 1000;
const HASH = 16;

/** The journal of an export as a file beside it: one record a line, with a hash. Lines after a damaged one are not used. */
export class JournalFile implements PageJournal {
  plan: unknown;
  /** The pages kept by the interrupted run, and their number of entries. */
  pages = 0;
  entries = 0;
  readonly #path: string;
  readonly #options: JournalOptions;
  readonly #kept = new Map<string, LineExtent[]>();
  #file: OpenFile | undefined;
  #opened: Promise<OpenFile> | undefined;
  #hasBegun = false;
  readonly #early: { readonly key: string; readonly kept: KeptPage }[] = [];
  #end = 0;
  #syncedAt = 0;

  constructor(path: string, options: JournalOptions) {
    this.#path = path;
    this.#options = options;
  }

  /** Reads the journal of an interrupted run. Rejects with a usage error if that read something else. */
  async load(): Promise<void> {
    const { files, restart, identity, shown } = this.#options;
    if ((await files.look(this.#path)) === undefined) return;
    if (restart) return files.remove(this.#path);
    this.#file = await files.reopen(this.#path);
    for await (const { value, start, end } of linesOf(this.#file)) {
      if (start === 0) {
        if (!isHead(value)) break;
        if (JSON.stringify(sorted(value.identity)) !== JSON.stringify(sorted(identity))) {
          await this.close();
          throw usageError(
            `${shown}.partial.pages is of an interrupted export of something else`,
            'Run the earlier command again to resume it, choose another name, or start again with --restart',
          );
        }
        this.plan = value.plan;
      } else {
        const { key, page } = value as {
          readonly key: string;
          readonly page: { readonly entries: readonly unknown[] };
        };
        this.#kept.set(key, [...(this.#kept.get(key) ?? []), { start, end }]);
        this.pages += 1;
        this.entries += page.entries.length;
      }
      this.#end = end;
    }
    await this.#file.truncate(this.#end);
    if (this.#end > 0) return;
    await this.remove();
  }

  async begin(plan: unknown): Promise<void> {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.plan ??= plan;
    for (const { key, kept } of this.#early.splice(0)) await this.add(key, kept);
  }

  async add(key: string, kept: KeptPage): Promise<void> {
    // The plan comes first in the file.
    if (!this.#hasBegun) {
      this.#early.push({ key, kept });
      return;
    }
    const { monotonic, shown } = this.#options;
    const { page, days } = kept;
    try {
      this.#opened ??= this.#create();
      const file = await this.#opened;
      await this.#append(file, { key, page: packed(page), days });
      this.pages += 1;
      if (monotonic() - this.#syncedAt < SYNC_MS) return;
      this.#syncedAt = monotonic();
      await file.sync();
    } catch (error) {
      throw writeFault(error, shown);
    }
  }

  async #create(): Promise<OpenFile> {
    const { files, identity } = this.#options;
    if (this.#file !== undefined) return this.#file;
    await files.remove(this.#path);
    this.#file = await files.create(this.#path);
    await this.#append(this.#file, { format: 'auditlog-pages-1', identity, plan: this.plan });
    return this.#file;
  }

  async take(key: string): Promise<KeptPage | undefined> {
    const extent = this.#kept.get(key)?.shift();
    if (extent === undefined || this.#file === undefined) return undefined;
    const bytes = Buffer.alloc(extent.end - extent.start);
    for (let done = 0; done < bytes.length; ) {
      const read = await this.#file.read(bytes.subarray(done), extent.start + done);
      if (read === 0) return undefined;
      done += read;
    }
    const { page, days } = JSON.parse(bytes.toString('utf8', HASH + 1)) as { page: PackedPage; days?: Window };
    return { page: unpacked(page), days };
  }

  async close(): Promise<void> {
    await this.#file?.close().catch(() => {});
    this.#file = undefined;
    this.#opened = undefined;
  }

  async remove(): Promise<void> {
    await this.close();
    await this.#options.files.remove(this.#path);
  }

  async #append(file: OpenFile, value: object): Promise<void> {
    const text = JSON.stringify(value);
    const line = Buffer.from(`${hashOf(text)} ${text}\n`);
    // Several pages may arrive at a time.
    const start = this.#end;
    this.#end += line.length;
    await writeAll(file, line, start);
  }
}

interface PackedPage extends Omit<Page, 'entries' | 'orgs'> {
  readonly entries: readonly { readonly raw: string; readonly time: number | null }[];
  readonly orgs: readonly string[];
}

function packed({ entries, orgs, ...page }: Page): object {
  return {
    ...page,
    orgs: [...orgs],
    entries: entries.map(({ raw, ...entry }) => ({ ...entry, raw: raw.toString('base64') })),
  };
}

function unpacked({ entries, orgs, ...page }: PackedPage): Page {
  return {
    ...page,
    orgs: new Set(orgs),
    // JSON has no NaN, and leaves out what is undefined.
    entries: entries.map(({ raw, time, ...entry }) => ({
      id: undefined,
      ...entry,
      raw: Buffer.from(raw, 'base64'),
      time: time ?? Number.NaN,
    })),
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, HASH);
}

function sorted(identity: JournalIdentity): readonly (readonly [string, string])[] {
  return Object.entries(identity).sort(([one], [other]) => (one < other ? -1 : 1));
}

/** The complete lines of a journal, up to the first damaged one. */
async function* linesOf(file: OpenFile): AsyncGenerator<LineExtent & { readonly value: unknown }, void> {
  const block = Buffer.allocUnsafe(1 << 20);
  let rest: Buffer = Buffer.alloc(0);
  let start = 0;
  for (let position = 0; ; ) {
    const read = await file.read(block, position);
    if (read === 0) return;
    position += read;
    rest = Buffer.concat([rest, block.subarray(0, read)]);
    for (let at = rest.indexOf(0x0a); at >= 0; at = rest.indexOf(0x0a)) {
      const text = rest.toString('utf8', HASH + 1, at);
      if (hashOf(text) !== rest.toString('latin1', 0, HASH)) return;
      yield { value: JSON.parse(text), start, end: start + at + 1 };
      start += at + 1;
      rest = rest.subarray(at + 1);
    }
  }
}
