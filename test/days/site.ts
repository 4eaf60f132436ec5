import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../../src/manifest/manifest.js';
import { makeHome, NOW, type Ran, run } from '../helpers/world.js';
import type { ModelEntry } from '../model/entry.js';
import { makeEntries, makeEntry } from '../model/makeentries.js';
import type { ModelOptions } from '../model/options.js';
import { type Model, startModel } from '../model/server.js';

export const DAY = 86_400_000;
const HOUR = 3_600_000;

/** A log and a folder to export it to. */
export interface Site {
  readonly model: Model;
  readonly env: Readonly<Record<string, string>>;
  readonly home: string;
  /** Runs a command line at the model's time, in the folder. */
  run(line: string | readonly string[]): Promise<Ran>;
  close(): Promise<void>;
}

/** `n` entries of October and November, the newest of them of today. */
export function someEntries(n: number, seed = 1): readonly ModelEntry[] {
  const from = Date.parse('2026-10-20T00:00:00Z');
  return [makeEntry(NOW - HOUR, seed, n), ...makeEntries({ n: n - 1, from, to: NOW - HOUR, seed, grain: 1000 })];
}

export async function openSite(options: Partial<ModelOptions> = {}): Promise<Site> {
  const model = await startModel({ entries: someEntries(300), now: NOW, ...options });
  const home = await makeHome();
  const env = { AUDITLOG_BASE_URL: model.base.href, AUDITLOG_API_KEY: model.key };
  return {
    model,
    env,
    home,
    run: (line) => run(line, { env, home, cwd: home, now: model.now() }),
    close: () => model.close(),
  };
}

/** Every file under a directory, by name. */
export async function contents(directory: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(directory)).sort();
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(directory, name), 'latin1')] as const)),
  );
}

/** The data files of a directory: what two exports must have in common. */
export async function dayFiles(directory: string): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries([...(await contents(directory))].filter(([name]) => !name.endsWith('.json')));
}

export async function readManifest(...path: readonly string[]): Promise<Manifest> {
  return JSON.parse(await readFile(join(...path), 'utf8')) as Manifest;
}
