import type { Context } from '../context.js';
import { type EntryReader, entryReader } from '../engine/page/entries.js';
import { usageError } from '../errors.js';
import type { Entry } from '../event.js';
import { toEvent } from '../providers/event/normalize.js';
import { parseToken } from '../providers/event/parse.js';
import type { Provider } from '../providers/provider.js';
import { withActions } from './actions.js';
import { fileBytes, peek, unpacked } from './bytes.js';
import { csvEntries } from './csv/entries.js';
import { type Damaged, damageOf, nameOf } from './damage.js';
import { jsonArrayEntries } from './json/array.js';
import { ndjsonEntries } from './json/lines.js';
import type { InputEntries, InputSource } from './source.js';
import { refuseOtherWords } from './words.js';

/** An earlier export, opened: its beginning has been read, so that it is known what it is. */
export interface InputFile {
  /** As messages name it. */
  readonly name: string;
  readonly format: InputFormat;
  /** Whether its first entry reads as one of this vendor's: it has an action and a valid time. Undefined when it does not read at all, or there is none. */
  fits(provider: Provider): Promise<boolean | undefined>;
  /** All entries, in the order of the file; to be iterated once. Rejects at the first damage with an error that names the file and the line. */
  entries(provider: Provider): AsyncIterable<InputEntries>;
  /** Lets go of a file that is not read to its end. */
  close(): Promise<void>;
}

/** A file as what answers: one part, in its own order. */
export function sourceOf(file: InputFile): InputSource {
  return {
    name: file.name,
    parts: async function* (provider) {
      yield file.entries(provider);
    },
    sort: undefined,
    close: () => file.close(),
  };
}

export type InputFormat = 'ndjson' | 'json' | 'csv';

export interface InputFileOptions {
  readonly csvRaw: boolean;
  /** As messages name it; default: its path. */
  readonly shown?: string;
  /** What its manifest says it is; absent: what its text begins as. */
  readonly format?: InputFormat;
  /** Hears of the bytes of the file as they are read. */
  readonly seen?: (bytes: Buffer) => void;
}

/** The first entry is looked for in so much of the text. */
const HEAD = 1024 * 1024;

/**
 * Opens a file that `export` wrote, or standard input for `-`: NDJSON, a JSON array or CSV, each also compressed, told apart by what is
 * in it. `csvRaw`: CSV cells were written as they are. Rejects with a usage error for what cannot be opened.
 */
export async function openInputFile(
  ctx: Context,
  path: string,
  { csvRaw, shown = path, seen, format: known }: InputFileOptions,
): Promise<InputFile> {
  const damaged = damageOf(shown);
  const source = fileBytes(ctx, path);
  const [head, bytes] = await peek(unpacked(seen === undefined ? source : heard(source, seen), damaged), HEAD);
  if (head.subarray(0, 4).toString('latin1') === 'PAR1')
    throw usageError(
      `${nameOf(shown)} is Parquet, which is asked with SQL`,
      `auditlog query "select ..." --input ${nameOf(shown)}\nOr name the NDJSON, JSON or CSV that it was made of.`,
    );
  refuseOtherWords(head, nameOf(shown));
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

/** By the first character that is no white space, and by the first line where that could be an entry which is not an object. */
function formatOf(head: Buffer, isNamedLines: boolean): InputFormat {
  const first = head.find((byte) => byte > 0x20);
  if (first === OPEN_BRACE || first === undefined) return 'ndjson';
  const begin = head.indexOf(first);
  const end = head.indexOf(LF, begin);
  const line = head.toString('utf8', begin, end < 0 ? head.length : end);
  const next = end < 0 ? undefined : head.subarray(end).find((byte) => byte > 0x20);
  if (first === OPEN_BRACKET) return (isNamedLines || next !== undefined) && isOddRow(line, next) ? 'ndjson' : 'json';
  // Lines of CSV end with CRLF.
  return !line.endsWith('\r') && isJson(line) ? 'ndjson' : 'csv';
}

const LF = 0x0a;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;

/** Whether a first line is a list by itself, and no list of entries. `next`: what the next line begins with. */
function isOddRow(line: string, next: number | undefined): boolean {
  if (next === undefined && /^\[\s*\]\s*$/.test(line)) return false;
  return (next === OPEN_BRACE || !/^\[\s*\{/.test(line)) && isJson(line);
}

function isJson(line: string): boolean {
  return parseToken(line) !== undefined;
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

/** Undefined also when it does not read: that is told when the file is read as a whole. */
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
