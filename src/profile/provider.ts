import { readdir, readFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { configDir } from '../config/dir.js';
import { badJsonLine } from '../config/syntax.js';
import type { Context } from '../context.js';
import { localError, usageError } from '../errors.js';
import type { ProviderFile } from '../providers/file/parse.js';
import { PROVIDERS, unknownProvider } from '../providers/index.js';
import type { Provider } from '../providers/provider.js';
import type { Choice } from './pick.js';

type Places = Pick<Context, 'env' | 'home' | 'platform' | 'cwd'>;

/** Where users' own vendors are, each in a file of its name. It may not exist. */
export function providerDir(places: Places): string {
  return join(configDir(places), 'providers');
}

/**
 * The vendor that somebody chose: a file's path, the name of a file in `providerDir`, of a built-in vendor, or of one that comes with
 * the program as a file. Users' own files win, so that what we assume of a vendor can be corrected. Throws a usage error
 * that suggests the nearest name, or tells what is wrong in the file.
 */
export async function openProvider(places: Places, choice: Choice): Promise<Provider> {
  return (await findProviderFile(places, choice)).provider;
}

/** As `openProvider`, with where it was found and its examples. */
export async function findProviderFile(places: Places, { text, from }: Choice): Promise<FoundProvider> {
  if (looksLikeFile(text)) {
    const path = resolve(places.cwd, text);
    const found = await readProviderFile(path);
    if (found === undefined) throw usageError(`${from}: there is no file ${text}`, 'A vendor without a / is a name.');
    return { ...found, origin: 'file', path };
  }
  const path = join(providerDir(places), `${text}.json`);
  const own = isName(text) ? await readProviderFile(path) : undefined;
  if (own !== undefined) {
    if (own.provider.name === text) return { ...own, origin: 'yours', path };
    throw usageError(`${path}: $.name: "${own.provider.name}" is not the file's own name, ${text}`, 'Make them agree.');
  }
  const known = PROVIDERS.find(({ name }) => name === text);
  if (known !== undefined) return { provider: known, examples: [], origin: 'built in', path: undefined };
  const { loadShipped } = await import('../providers/file/shipped.js');
  const shipped = await loadShipped(text);
  if (shipped !== undefined) return { ...shipped, origin: 'file of the program', path: undefined };
  throw unknownProvider(text, await providerNames(places));
}

/** Where a vendor's data is from. */
export type Origin = 'built in' | 'file of the program' | 'yours' | 'file';

export interface FoundProvider extends ProviderFile {
  readonly origin: Origin;
  readonly path: string | undefined;
}

/** The names of users' own files, sorted; none when there is no folder. */
export async function ownNames(places: Places): Promise<readonly string[]> {
  const names = await readdir(providerDir(places)).catch(() => []);
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .filter(isName)
    .sort();
}

/** Every name that `--provider` takes: the built-in ones, those that come as files, users' own. */
export async function providerNames(places: Places): Promise<readonly string[]> {
  const { SHIPPED } = await import('../providers/file/shipped.js');
  return [...new Set([...PROVIDERS.map(({ name }) => name), ...SHIPPED, ...(await ownNames(places))])];
}

export function looksLikeFile(text: string): boolean {
  return /[\\/]/.test(text) || text.endsWith('.json');
}

/** Throws a usage error for a choice that may work today, and not from another folder: what is saved must not depend on where one stands. */
export function checkSavedProvider({ text, from }: Choice, places: Places): void {
  if (!looksLikeFile(text) || isAbsolute(text)) return;
  throw usageError(
    `${from} ${text}: this is found from one folder only`,
    `Save its whole path, or put the file into ${providerDir(places)} and save its name.`,
  );
}

/** Nobody describes a vendor with more bytes. */
const MOST = 1024 * 1024;

/** The vendor that a file describes; undefined when there is no such file. Throws a usage error that names the file, and the line or the path in it. */
export async function readProviderFile(path: string): Promise<ProviderFile | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw localError(`cannot read ${path} (${code})`, undefined, error);
  }
  if (bytes.length > MOST) throw usageError(`${path} is too large to describe a vendor`);
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw usageError(`${path}, line ${badJsonLine(text) ?? 1}: this is not valid JSON`);
  }
  const { toProviderFile } = await import('../providers/file/parse.js');
  return toProviderFile(value, path);
}

function isName(text: string): boolean {
  return /^[a-z][a-z0-9_-]{0,31}$/.test(text);
}
