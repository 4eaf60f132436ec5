import { basename, dirname, join } from 'node:path';
import type { Spool } from '../engine/store/spool.js';
import { localError } from '../errors.js';
import { writeWhole } from '../files/whole.js';
import { fileText, type Manifest, sealManifest } from './manifest.js';
import { type FileShape, measureFile } from './measure.js';
import { MANIFEST_ENDING } from './names.js';
import { type RunFacts, recordFile, recordRun } from './record.js';

/** The path of a file's manifest: beside the file. */
export function manifestPath(path: string): string {
  return join(dirname(path), `${basename(path)}${MANIFEST_ENDING}`);
}

/**
 * Writes the manifest of one whole file beside it, from what the disk gives back. Rejects with a local error when that is not what the
 * run claims to have written; then there is no manifest.
 */
export async function writeFileManifest(
  path: string,
  file: { readonly shape: FileShape; readonly columns: readonly string[] | undefined; readonly sha256: string },
  run: RunFacts,
  openSpool: () => Spool,
): Promise<Manifest> {
  const found = await measureFile(path, file.shape, openSpool);
  const { kept, status, notes } = run.verdict;
  const why =
    found.fault ??
    (found.sha256 !== `sha256:${file.sha256}`
      ? 'it changed since it was written'
      : found.rows !== kept
        ? `it holds ${found.rows} entries where ${kept} were read`
        : undefined);
  if (why !== undefined) throw localError(`No manifest was made for ${path}: ${why}`);
  const manifest = sealManifest({
    ...recordRun(run),
    kind: 'export',
    day: null,
    status,
    notes,
    file: recordFile(basename(path), file.shape, file.columns, found),
    gone: null,
    chain: null,
  });
  await writeWhole(manifestPath(path), [Buffer.from(fileText(manifest))]);
  return manifest;
}
