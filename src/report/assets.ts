import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { localError } from '../errors.js';

/** The folder to which `npm run build` writes the page's script and style: beside the bundle, and as seen from this source. */
const PLACES = ['../report/', './report/', '../../dist/report/'];

export interface Assets {
  readonly script: string;
  readonly style: string;
}

/** The script and the style of the page. Rejects with a local error if the program was not built. */
export async function loadAssets(): Promise<Assets> {
  const folder = PLACES.map((place) => new URL(place, import.meta.url)).find((url) =>
    existsSync(new URL('page.js', url)),
  );
  if (folder === undefined) throw localError('the page of the report is missing from this installation');
  const [script, style] = await Promise.all(
    ['page.js', 'page.css'].map((name) => readFile(new URL(name, folder), 'utf8')),
  );
  return { script: script!.trim(), style: style!.trim() };
}
