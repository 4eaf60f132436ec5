import type { Context } from '../context.js';
import { type EntryReader, entryReader } from '../engine/page/entries.js';
import type { Spool } from '../engine/store/spool.js';
import type { Entry } from '../event.js';
import { toEvent } from '../providers/event/normalize.js';
import type { Provider } from '../providers/provider.js';
import { withActions } from './actions.js';
import { fileBytes, peek, unpacked } from './bytes.js';
import { csvEntries } from './csv/entries.js';
import { type Damaged, damageOf, nameOf } from './damage.js';
import { formatOf, type InputFormat, requireEntries } from './detect.js';
import { jsonArrayEntries } from './json/array.js';
import { ndjsonEntries } from './json/lines.js';
import { sortedByTime } from './newest/sorted.js';
import type { InputEntries, InputSource } from './source.js';

/** An earlier export. Its format is detected from its beginning. */
export interface InputFile {
  /** Its name in messages. */
  readonly name: string;
  readonly format: InputFormat;
  /** Whether its first entry has an action and a valid time for this vendor; undefined if there is no readable entry. */
  fits(provider: Provider): Promise<boolean | undefined>;
  /** All entries in the order of the file, once. Rejects at the first fault with an error that names the file and the line. */
  entries(provider: Provider): AsyncIterable<InputEntries>;
  /** Closes a file before its end. */
  close(): Promise<void>;
}

/** A file as a source: one part, in its own order if newest first is wanted. */
export function sourceOf(file: InputFile, openSpool: () => Spool): InputSource {
  return {
    name: file.name,
    parts: async function* (provider) {
      yield file.entries(provider);
    },
    keepsOrder: true,
    sort: (batches, order) => sortedByTime(batches, order, openSpool),
    close: () => file.close(),
  };
}

export interface InputFileOptions {
  readonly csvRaw: boolean;
  /** The name in messages; default: its path. */
  readonly shown?: string;
  /** From its manifest; absent: detected from the text. */
  readonly format?: InputFormat;
  /** Called with the bytes of the file as they are read. */
  readonly seen?: (bytes: Buffer) => void;
}

/** Bytes in which the first entry is looked for. */
const HEAD = 1024 * 1024;

/**
 * Opens a file that `export` wrote, or standard input for `-`: NDJSON, a JSON array or CSV, also compressed, detected from the text. `csvRaw`: CSV
 * cells have no guard. Rejects with a usage error if the file cannot be opened.
 */
export async function openInputFile(
  ctx: Context,
  path: string,
  { csvRaw, shown = path, seen, format: known }: InputFileOptions,
): Promise<InputFile> {
  const damaged = damageOf(shown);
  const source = fileBytes(ctx, path);
  const [head, bytes] = await peek(unpacked(seen === undefined ? source : heard(source, seen), damaged), HEAD);
  requireEntries(head, nameOf(shown));
  const format = known ?? formatOf(head, /\.(?:ndjson|jsonl)(?:\.gz)?$/i.test(path));
  const read = READERS[format];
  return {
    name: nameOf(shown),
    format,
    fits: async (provider) => {
      const first = await firstEntry(read(once(head), provider, { csvRaw, damaged }));
      if (first === undefined) return undefined;
      const event = toEvent(provider, first);
      return event.action !== '' && !Number.isNaN(event.time);
    },
    entries: (provider) => read(bytes, provider, { csvRaw, damaged }),
    close: async () => {
      await Promise.all([bytes.return(), source.return()]);
    },
  };
}

interface InputReadOptions {
  readonly csvRaw: boolean;
  readonly damaged: Damaged;
}

type ReadInput = (
  bytes: AsyncIterable<Buffer>,
  provider: Provider,
  options: InputReadOptions,
) => AsyncIterable<InputEntries>;

const READERS: Readonly<Record<InputFormat, ReadInput>> = {
  ndjson: (bytes, provider, { damaged }) => withoutOrg(ndjsonEntries(bytes, readerOf(provider), damaged)),
  json: (bytes, provider, { damaged }) => withoutOrg(jsonArrayEntries(bytes, readerOf(provider), damaged)),
  csv: (bytes, provider, { csvRaw, damaged }) => csvEntries(bytes, provider, { isRaw: csvRaw, damaged }),
};

function readerOf(provider: Provider): EntryReader {
  return withActions(provider, entryReader(provider));
}

async function* withoutOrg(all: AsyncIterable<readonly Entry[]>): AsyncGenerator<InputEntries, void> {
  for await (const entries of all) yield { entries, org: undefined };
}

/** Also undefined for a damaged file, which reading it completely reports. */
async function firstEntry(all: AsyncIterable<InputEntries>): Promise<Entry | undefined> {
  try {
    for await (const { entries } of all) if (entries.length > 0) return entries[0];
  } catch {
    return undefined;
  }
  return undefined;
}

async function* heard(bytes: AsyncIterable<Buffer>, seen: (bytes: Buffer) => void): AsyncGenerator<Buffer, void> {
  for await (const block of bytes) {
    seen(block);
    yield block;
  }
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer, void> {
  yield bytes;
}
