import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Context } from '../context.js';
import { entryReader } from '../engine/entries.js';
import { ScanError, scanPage, wantPaths } from '../engine/scan.js';
import { localError, usageError } from '../errors.js';
import type { Entry } from '../event.js';
import type { Provider } from '../providers/provider.js';
import { readPath } from '../providers/value.js';

/** Entries to try a vendor's data on, read as those of an answer are; and what an answer itself showed to be wrong. */
export interface Sample {
  readonly entries: readonly Entry[];
  readonly wrong: readonly string[];
}

export function sampleOf(provider: Provider, entries: readonly unknown[]): Sample {
  return { entries: scan(provider, Buffer.from(JSON.stringify(entries)), '', '$.examples'), wrong: [] };
}

/** Reads a file with an entry, a list of entries, or a whole answer of the API. Throws a usage error for what is none of these. */
export async function readSample(ctx: Context, provider: Provider, name: string): Promise<Sample> {
  const body = await readFile(resolve(ctx.cwd, name)).catch((error: NodeJS.ErrnoException) => {
    throw localError(`cannot read ${name} (${error.code})`, undefined, error);
  });
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    throw usageError(`${name} is not JSON`, 'Give an entry, a list of entries, or a whole answer of the API.');
  }
  if (Array.isArray(value)) return { entries: scan(provider, body, '', name), wrong: [] };
  if (provider.items !== '' && Array.isArray(readPath(value, provider.items)))
    return { entries: scan(provider, body, provider.items, name), wrong: wrongAround(provider, value) };
  const [list] = provider.items === '' || !isEntry(provider, value) ? listsIn(value) : [];
  if (list !== undefined && !isEntry(provider, value)) {
    const wrong = `$.items: ${JSON.stringify(provider.items)} is not where the entries are. Did you mean ${list}?`;
    return { entries: scan(provider, body, list, name), wrong: [wrong] };
  }
  const one = Buffer.concat([
    Buffer.from('['),
    Buffer.from(body.toString('utf8').replace(/^\ufeff/, '')),
    Buffer.from(']'),
  ]);
  return { entries: scan(provider, one, '', name), wrong: [] };
}

function scan(provider: Provider, body: Buffer, items: string, name: string): readonly Entry[] {
  const { paths, entryOf } = entryReader(provider);
  try {
    return scanPage(body, items, wantPaths(paths)).rows.map(entryOf);
  } catch (error) {
    if (!(error instanceof ScanError)) throw error;
    throw usageError(`${name}: an entry is not an object`);
  }
}

/** What stands around the entries of an answer and is not as the vendor's data says. */
function wrongAround({ paging, total }: Provider, answer: unknown): readonly string[] {
  const wrong: string[] = [];
  const look = (at: string, path: string, isRight: (value: unknown) => boolean, what: string) => {
    if (!isRight(readPath(answer, path))) wrong.push(`${at}: there is ${what} at ${path} in the answer`);
  };
  if (total !== undefined && 'path' in total)
    look('$.total.path', total.path, (value) => typeof value === 'number', 'no number');
  if ('cursor' in paging) look('$.paging.next', paging.next, (value) => value !== undefined, 'nothing');
  if (paging.hasMore !== undefined)
    look('$.paging.hasMore', paging.hasMore, (value) => typeof value === 'boolean', 'neither true nor false');
  return wrong;
}

function isEntry({ fields }: Provider, value: unknown): boolean {
  return [fields.time].flat().some((path) => readPath(value, path) !== undefined);
}

/** Where in an answer there are lists of objects. */
function listsIn(value: unknown, path = '', depth = 0): readonly string[] {
  if (Array.isArray(value)) return value.some((one) => typeof one === 'object' && one !== null) ? [path] : [];
  if (typeof value !== 'object' || value === null || depth > 3) return [];
  return Object.entries(value).flatMap(([key, one]) => listsIn(one, path === '' ? key : `${path}.${key}`, depth + 1));
}
