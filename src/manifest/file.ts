import { basename, dirname, join } from 'node:path';
import type { Verdict } from '../engine/source.js';
import type { Spool } from '../engine/store/spool.js';
import { localError } from '../errors.js';
import { writeWhole } from '../files/whole.js';
import type { Connection } from '../profile.js';
import { rowFields } from '../providers/rows.js';
import { hashFile } from './blocks.js';
import { fileText, type Manifest, sealManifest } from './manifest.js';
import { type FileShape, type Measured, measureFile } from './measure.js';
import { MANIFEST_ENDING } from './names.js';
import type { FileRecord } from './shape/file.js';
import type { RunRecord } from './shape/run.js';

export function manifestPath(path: string): string {
  return join(dirname(path), `${basename(path)}${MANIFEST_ENDING}`);
}

/** Writes the manifest of a file beside it, from the file on disk. Rejects with a local error if that differs from what the run wrote. */
export async function writeFileManifest(
  path: string,
  file: { readonly shape: FileShape; readonly columns: readonly string[] | undefined; readonly sha256: string },
  { record, verdict }: { readonly record: RunRecord; readonly verdict: Verdict },
  openSpool: () => Spool,
): Promise<Manifest> {
  const found = await measureFile(path, file.shape, openSpool);
  const { kept, status, notes } = verdict;
  const why =
    found.fault ??
    (found.sha256 !== `sha256:${file.sha256}`
      ? 'it changed since it was written'
      : found.rows !== kept
        ? `it holds ${found.rows} entries where ${kept} were read`
        : undefined);
  if (why !== undefined) throw localError(`no manifest was written for ${path}: ${why}`);
  const manifest = sealManifest({
    ...record,
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

/** Writes the manifest of a workbook beside it. Cells are not read again: only the file's hash counts. */
export async function writeWorkbookManifest(
  path: string,
  file: { readonly sha256: string; readonly ndjson: string },
  { record, verdict }: { readonly record: RunRecord; readonly verdict: Verdict },
): Promise<Manifest> {
  const { kept, status, notes } = verdict;
  const found = await hashFile(path);
  if (found.sha256 !== `sha256:${file.sha256}`)
    throw localError(`no manifest was written for ${path}: it changed since it was written`);
  const manifest = sealManifest({
    ...record,
    kind: 'export',
    day: null,
    status,
    notes,
    file: null,
    gone: null,
    chain: null,
    workbook: { name: basename(path), format: 'xlsx', ...found, rows: kept, ndjson: `sha256:${file.ndjson}` },
  });
  await writeWhole(manifestPath(path), [Buffer.from(fileText(manifest))]);
  return manifest;
}

/** The record of a file that was just written and read back. */
export function recordFile(
  name: string,
  shape: FileShape,
  columns: readonly string[] | undefined,
  found: Measured,
): FileRecord {
  const { bytes, sha256, unpacked, rows, first, last } = found;
  const hasIds = shape.format !== 'csv' || shape.fields.id.some((field) => columns?.includes(field));
  return {
    name,
    format: shape.format,
    gzip: shape.gzip,
    bytes,
    sha256,
    unpacked,
    rows,
    ids: hasIds ? found.ids : null,
    first,
    last,
    csv:
      shape.format === 'csv'
        ? {
            columns: columns ?? [],
            guard: shape.guarded ? 'apostrophe-1' : 'none',
            guardedCells: found.guardedCells,
          }
        : null,
    fields: shape.fields,
    lines: found.lines,
  };
}

/** The form in which a run writes a file. A CSV file has our column names, not the vendor's paths. */
export function shapeOf(
  provider: Connection['provider'],
  { format, gzip, csvRaw }: { readonly format: FileShape['format']; readonly gzip: boolean; readonly csvRaw: boolean },
): FileShape {
  const fields = format === 'csv' ? { id: ['id'], time: ['time'] } : rowFields(provider);
  return { format, gzip, fields, guarded: format === 'csv' && !csvRaw };
}
