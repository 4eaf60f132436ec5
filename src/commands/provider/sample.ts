import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Context } from '../../context.js';
import { entryReader } from '../../engine/page/entries.js';
import { scanEach } from '../../engine/page/scan/each.js';
import { ScanError, scanPage, wantPaths } from '../../engine/page/scan/scan.js';
import { localError, usageError } from '../../errors.js';
import type { Entry } from '../../event.js';
import type { Provider } from '../../providers/provider.js';
import { readPath } from '../../providers/value.js';

/** Entries that test a vendor's data, read like the entries of an answer. */
export interface VendorSample {
  readonly entries: readonly Entry[];
  /** The rest of the answer, if the sample is a complete answer of the API. */
  readonly answer?: { readonly envelope: unknown };
  /** The faults of the sample itself. */
  readonly wrong: readonly string[];
}

export function sampleOf(provider: Provider, entries: readonly unknown[]): VendorSample {
  return {
    entries: scan(provider, Buffer.from(JSON.stringify(entries)), { items: '', isAnswer: false }, '$.examples'),
    wrong: [],
  };
}

/** Reads a file with an entry, a list of entries, or a whole answer of the API. Throws a usage error for anything else. */
export async function readSample(ctx: Context, provider: Provider, name: string): Promise<VendorSample> {
  const body = await readFile(resolve(ctx.cwd, name)).catch((error: NodeJS.ErrnoException) => {
    throw localError(`cannot read ${name} (${error.code})`, undefined, error);
  });
  return answerSample(provider, body, name);
}

/** Parses an entry, a list of entries, or a complete answer; `name` names it in messages. Throws a usage error for anything else. */
export function answerSample(provider: Provider, body: Buffer, name: string): VendorSample {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    throw usageError(`${name} is not JSON`, 'Give an entry, a list of entries, or a whole answer of the API');
  }
  if (Array.isArray(value)) {
    const entries = scan(provider, body, { items: '', isAnswer: provider.items === '' }, name);
    return { entries, wrong: [], ...(provider.items === '' ? { answer: { envelope: undefined } } : {}) };
  }
  if (provider.items !== '' && Array.isArray(readPath(value, provider.items)))
    return {
      entries: scan(provider, body, { items: provider.items, isAnswer: true }, name),
      wrong: [],
      answer: { envelope: value },
    };
  const [list] = provider.items === '' || !isEntry(provider, value) ? listsIn(value) : [];
  if (list !== undefined && !isEntry(provider, value)) {
    const wrong = `$.items: ${JSON.stringify(provider.items)} is not where the entries are: did you mean ${list}?`;
    return { entries: scan(provider, body, { items: list, isAnswer: true }, name), wrong: [wrong] };
  }
  const one = Buffer.concat([
    Buffer.from('['),
    Buffer.from(body.toString('utf8').replace(/^\ufeff/, '')),
    Buffer.from(']'),
  ]);
  return { entries: scan(provider, one, { items: '', isAnswer: false }, name), wrong: [] };
}

/** Where a text has its entries. */
interface SampleList {
  readonly items: string;
  /** The text is a complete answer of the API, in which entries may be wrapped. */
  readonly isAnswer: boolean;
}

function scan(provider: Provider, body: Buffer, { items, isAnswer }: SampleList, name: string): readonly Entry[] {
  const { paths, entryOf } = entryReader(provider);
  try {
    const wanted = wantPaths(paths);
    const each = isAnswer ? provider.each : undefined;
    const page = each === undefined ? scanPage(body, items, wanted) : scanEach(body, items, each, wanted);
    const entries = page.entries.map(entryOf);
    if (entries.every(({ odd }) => odd !== 'not-an-object')) return entries;
  } catch (error) {
    if (!(error instanceof ScanError)) throw error;
    throw usageError(`${name}: the entries cannot be read`);
  }
  throw usageError(`${name}: an entry is not an object`);
}

function isEntry({ fields }: Provider, value: unknown): boolean {
  return [fields.time].flat().some((path) => readPath(value, path) !== undefined);
}

/** The paths of the lists of objects in an answer. */
function listsIn(value: unknown, path = '', depth = 0): readonly string[] {
  if (Array.isArray(value)) return value.some((one) => typeof one === 'object' && one !== null) ? [path] : [];
  if (typeof value !== 'object' || value === null || depth > 3) return [];
  return Object.entries(value).flatMap(([key, one]) => listsIn(one, path === '' ? key : `${path}.${key}`, depth + 1));
}
