import { readdir } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { type ConfigWorld, configDir } from '../config/dir.js';
import { parseWrittenJson, readTextFile } from '../config/json.js';
import { usageError } from '../errors.js';
import type { ProviderFile } from '../providers/file/parse.js';
import { PROVIDERS, unknownProvider } from '../providers/index.js';
import type { Provider } from '../providers/provider.js';
import type { Choice } from './pick.js';

/** The folder of the user's own vendors, each in a file of its name. It may not exist. */
export function providerDir(world: ConfigWorld): string {
  return join(configDir(world), 'providers');
}

/**
 * The chosen vendor: by a file's path, or by the name of a file in `providerDir`, of a built-in vendor, or of a file of the program. The user's own
 * files win, so that our assumptions about a vendor can be corrected. Throws a usage error that suggests the nearest name, or that names the fault in
 * the file.
 */
export async function openProvider(world: ConfigWorld, choice: Choice): Promise<Provider> {
  const { allLogs } = await import('../providers/logs.js');
  return allLogs((await findProviderFile(world, choice)).provider);
}

/** Like `openProvider`, with its examples and the place where it was found. `vendor/log` has that log alone. */
export async function findProviderFile(world: ConfigWorld, choice: Choice): Promise<FoundProvider> {
  const { vendor, log } = splitLog(choice.text);
  if (log === undefined) return findVendor(world, choice);
  const found = await findVendor(world, { ...choice, text: vendor });
  const { oneLog } = await import('../providers/logs.js');
  return { ...found, provider: oneLog(found.provider, log) };
}

/** A vendor's name, or the path of a file that ends in .json, and the log behind it. */
function splitLog(text: string): { readonly vendor: string; readonly log?: string } {
  const [, vendor, log] = /^([a-z0-9][a-z0-9_-]{0,31}|.*\.json)[/\\]([a-z0-9][a-z0-9_-]{0,31})$/.exec(text) ?? [];
  return vendor === undefined || log === undefined ? { vendor: text } : { vendor, log };
}

async function findVendor(world: ConfigWorld, { text, from }: Choice): Promise<FoundProvider> {
  if (looksLikeFile(text)) {
    const path = resolve(world.cwd, text);
    const found = await readProviderFile(path);
    if (found === undefined)
      throw usageError(`${from}: no such file: ${text}`, 'For a built-in vendor: auditlog provider list');
    return { ...found, origin: 'file', path };
  }
  const path = join(providerDir(world), `${text}.json`);
  const own = isName(text) ? await readProviderFile(path) : undefined;
  if (own !== undefined) {
    if (own.provider.name === text) return { ...own, origin: 'yours', path };
    throw usageError(
      `${path}: $.name: "${own.provider.name}" is not the file's own name, ${text}`,
      'Give both the same name',
    );
  }
  const known = PROVIDERS.find(({ name }) => name === text);
  if (known !== undefined) return { provider: known, examples: [], origin: 'built in', path: undefined };
  const { loadShipped } = await import('../providers/file/shipped.js');
  const shipped = await loadShipped(text);
  if (shipped !== undefined) return { ...shipped, origin: 'file of the program', path: undefined };
  throw unknownProvider(text, await providerNames(world));
}

/** The source of a vendor's data. */
export type ProviderOrigin = 'built in' | 'file of the program' | 'yours' | 'file';

export interface FoundProvider extends ProviderFile {
  readonly origin: ProviderOrigin;
  readonly path: string | undefined;
}

/** The names of the user's own files, sorted; none if there is no folder. */
export async function ownNames(world: ConfigWorld): Promise<readonly string[]> {
  const names = await readdir(providerDir(world)).catch(() => []);
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .filter(isName)
    .sort();
}

/** Every name that `--provider` accepts: built-in vendors, files of the program, and the user's own. */
export async function providerNames(world: ConfigWorld): Promise<readonly string[]> {
  const { SHIPPED } = await import('../providers/file/shipped.js');
  return [...new Set([...PROVIDERS.map(({ name }) => name), ...SHIPPED, ...(await ownNames(world))])];
}

export function looksLikeFile(text: string): boolean {
  const { vendor } = splitLog(text);
  return /[\\/]/.test(vendor) || vendor.endsWith('.json');
}

/** Throws a usage error for a relative path, because saved settings must not depend on the current folder. */
export function checkSavedProvider({ text, from }: Choice, world: ConfigWorld): void {
  if (!looksLikeFile(text) || isAbsolute(text)) return;
  throw usageError(
    `${from} ${text}: a relative path depends on the current folder`,
    `Save its whole path, or put the file into ${providerDir(world)} and save its name`,
  );
}

/** Maximum size of a vendor's file, in bytes. */
const MOST = 1024 * 1024;

/** The vendor in a file; undefined if there is no file. Throws a usage error that names the file, and the line or the path in it. */
export async function readProviderFile(path: string): Promise<ProviderFile | undefined> {
  const text = await readTextFile(path);
  if (text === undefined) return undefined;
  if (Buffer.byteLength(text) > MOST) throw usageError(`${path} is too large to describe a vendor`);
  const value = parseWrittenJson(text, path);
  const { toProviderFile } = await import('../providers/file/parse.js');
  return toProviderFile(value, path);
}

function isName(text: string): boolean {
  return /^[a-z0-9][a-z0-9_-]{0,31}$/.test(text);
}
