import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type ProviderFile, toProviderFile } from './parse.js';

/** The folder of the vendors' files that come with the program: beside this source, and beside its bundle in the package. */
const PLACES = ['../catalogue/', '../../src/providers/catalogue/', '../src/providers/catalogue/'];
const FOLDER = PLACES.map((place) => new URL(place, import.meta.url)).find((url) => existsSync(url));

/** Their names, sorted: each file is called NAME.json. */
export const SHIPPED: readonly string[] = (FOLDER === undefined ? [] : readdirSync(FOLDER))
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length))
  .sort();

/** The text of the file with this name; undefined for an unknown name. */
export async function shippedFile(name: string): Promise<unknown> {
  if (FOLDER === undefined || !SHIPPED.includes(name)) return undefined;
  return JSON.parse(await readFile(new URL(`${name}.json`, FOLDER), 'utf8'));
}

/** The vendor with this name; undefined for an unknown name. */
export async function loadShipped(name: string): Promise<ProviderFile | undefined> {
  const value = await shippedFile(name);
  return value === undefined ? undefined : toProviderFile(value, `${name}.json`);
}
