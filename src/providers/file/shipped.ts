import { type ProviderFile, toProviderFile } from './parse.js';

/** Vendors' files that come with the program, ready to use and as examples. */
const FILES: Readonly<Record<string, () => Promise<{ readonly default: unknown }>>> = {
  github: () => import('../catalogue/github.json', { with: { type: 'json' } }),
  slack: () => import('../catalogue/slack.json', { with: { type: 'json' } }),
};

export const SHIPPED: readonly string[] = Object.keys(FILES);

/** The file of that name as it is; undefined when there is none. */
export async function shippedFile(name: string): Promise<unknown> {
  return Object.hasOwn(FILES, name) ? (await FILES[name]!()).default : undefined;
}

/** The vendor of that name; undefined when there is none. */
export async function loadShipped(name: string): Promise<ProviderFile | undefined> {
  const value = await shippedFile(name);
  return value === undefined ? undefined : toProviderFile(value, `${name}.json`);
}
