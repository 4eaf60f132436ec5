import { basename, dirname, join } from 'node:path';
import { AuditlogError, systemCode } from '../errors.js';
import { realFiles } from '../files/files.js';
import { hashFile } from '../manifest/blocks.js';
import { readAnyPath } from '../manifest/layout.js';
import { type Manifest, manifestHash } from '../manifest/manifest.js';
import { type Measured, measureFile } from '../manifest/measure.js';
import { COLUMNAR_ENDING, endingOf, MANIFEST_ENDING } from '../manifest/names.js';
import { readManifest, unreadable } from '../manifest/read.js';
import type { ColumnarRecord, FileRecord } from '../manifest/shape/file.js';
import { addItem, type Findings } from './finding.js';

/** A manifest after the check; `stem` is its file name without the ending. */
export interface Checked {
  readonly path: string;
  readonly stem: string;
  /** Undefined when it could not be read. */
  readonly manifest: Manifest | undefined;
  readonly inOrder: boolean;
}

/**
 * Checks a manifest and its files, which are looked for beside the manifest, under the manifest's own name, and nowhere else.
 * `isPruned`: whether the file of a manifest was removed because of its age.
 */
export async function checkManifest(
  path: string,
  into: Findings,
  isPruned: (manifest: Manifest) => boolean = () => false,
): Promise<Checked> {
  const stem = basename(path).slice(0, -MANIFEST_ENDING.length);
  into.manifests.all += 1;
  const parsed = await readManifest(path);
  if ('fault' in parsed) {
    into.findings.push({ kind: 'changed', path, why: parsed.fault });
    return { path, stem, manifest: undefined, inOrder: false };
  }
  const manifest = parsed.value;
  const fault = hashFault(manifest) ?? nameFault(manifest, path);
  if (fault !== undefined) {
    into.findings.push({ kind: 'changed', path, why: fault });
    return { path, stem, manifest, inOrder: false };
  }
  into.manifests.valid += 1;
  const { file, columnar, pruned } = manifest;
  if (pruned !== undefined) {
    const what = `files of ${pruned.first} to ${pruned.last} were removed because of their age (${pruned.at})`;
    addItem(into, path, `tombstone, ${what}`);
  } else if (isPruned(manifest)) {
    addItem(into, path, 'manifest of a file that was removed because of its age');
    for (const record of [file, columnar])
      if (record != null) await checkRemoved(join(dirname(path), record.name), into);
  } else {
    if (into.keeps.known) into.known.push({ path, manifest });
    if (manifest.status === 'unreconciled') into.doubtful += 1;
    addItem(into, path, `manifest, ${manifest.status}`);
    if (file !== null) await checkFile(join(dirname(path), file.name), file, into);
    if (columnar !== undefined) await checkColumnar(join(dirname(path), columnar.name), columnar, into);
  }
  return { path, stem, manifest, inOrder: true };
}

function hashFault(manifest: Manifest): string | undefined {
  try {
    const hash = manifestHash(manifest);
    return hash === manifest.hash ? undefined : `its hash should be ${hash}, it says ${manifest.hash}`;
  } catch {
    return 'it holds values that no manifest of ours has';
  }
}

/** A renamed manifest counts as changed. The names of its files follow from its own name: no other file is ever opened. */
function nameFault({ kind, day, file, columnar, chain, pruned }: Manifest, path: string): string | undefined {
  const stem = basename(path).slice(0, -MANIFEST_ENDING.length);
  const name = readAnyPath(path.slice(0, -MANIFEST_ENDING.length));
  const hasFile = kind !== 'gone' && kind !== 'pruned';
  const isPlaced =
    kind === 'export'
      ? day === null && chain === null && file !== null && file.name === stem
      : chain !== null &&
        name !== undefined &&
        name.kind === kind &&
        day === (isDayName(name.day) ? name.day : null) &&
        (hasFile ? file !== null && file.name === `${stem}${endingOf(file.format, file.gzip)}` : file === null);
  const isInStep =
    (pruned !== undefined) === (kind === 'pruned') &&
    (columnar === undefined || (columnar.name === `${stem}${COLUMNAR_ENDING}` && columnar.rows === file?.rows));
  return isPlaced && isInStep ? undefined : 'it is not what its name says';
}

function isDayName(day: string): boolean {
  return /^\d/.test(day);
}

async function checkFile(path: string, record: FileRecord, into: Findings): Promise<void> {
  const shape = {
    format: record.format,
    gzip: record.gzip,
    fields: record.fields,
    guarded: record.csv?.guard === 'apostrophe-1',
  };
  await check(path, into, async () => {
    const why = differences(record, await measureFile(path, shape, into.openSpool));
    return why.length === 0 ? { what: `${record.rows} entries, ${record.sha256}` } : { why };
  });
}

/** Compares the bytes of a Parquet file. That it holds the same entries as the other file is not checked. */
async function checkColumnar(path: string, record: ColumnarRecord, into: Findings): Promise<void> {
  await check(path, into, async () => {
    const found = await hashFile(path);
    const why = [
      ...(found.bytes === record.bytes ? [] : [`bytes: ${record.bytes} recorded, ${found.bytes} now`]),
      ...(found.sha256 === record.sha256 ? [] : [`SHA-256: ${record.sha256} recorded, ${found.sha256} now`]),
    ];
    return why.length === 0 ? { what: `${record.rows} entries in columns, ${record.sha256}` } : { why };
  });
}

async function check(
  path: string,
  into: Findings,
  look: () => Promise<{ readonly what: string } | { readonly why: readonly string[] }>,
): Promise<void> {
  into.files.all += 1;
  try {
    const seen = await look();
    if ('why' in seen) {
      into.findings.push({ kind: 'changed', path, why: seen.why.join('; ') });
      return;
    }
    into.files.valid += 1;
    addItem(into, path, seen.what);
  } catch (error) {
    // An error of ours is about the folder for temporary files, not about this file.
    if (error instanceof AuditlogError) throw error;
    const isMissing = systemCode(error) === 'ENOENT';
    into.findings.push({
      kind: isMissing ? 'missing' : 'changed',
      path,
      why: isMissing ? 'its manifest is there, the file is not' : unreadable(error),
    });
  }
}

async function checkRemoved(path: string, into: Findings): Promise<void> {
  if ((await realFiles.look(path)) === undefined) return;
  into.findings.push({ kind: 'extra', path, why: 'it was to be removed because of its age: prune again' });
}

/** Every way in which a file is not what its manifest says. */
function differences(record: FileRecord, found: Measured): readonly string[] {
  const facts: readonly (readonly [string, unknown, unknown])[] = [
    ['bytes', record.bytes, found.bytes],
    ['SHA-256', record.sha256, found.sha256],
    ['unpacked bytes', record.unpacked?.bytes, found.unpacked?.bytes],
    ['unpacked SHA-256', record.unpacked?.sha256, found.unpacked?.sha256],
    ['entries', record.rows, found.rows],
    ['different ids', record.ids?.count, record.ids === null ? undefined : found.ids.count],
    ['set of ids', record.ids?.sha256, record.ids === null ? undefined : found.ids.sha256],
    ['first entry', shown(record.first), shown(found.first)],
    ['last entry', shown(record.last), shown(found.last)],
    [
      'cells with an apostrophe in front',
      record.csv?.guardedCells,
      record.csv === null ? undefined : found.guardedCells,
    ],
  ];
  const wrong = facts
    .filter(([, wanted, real]) => wanted !== real)
    .map(([name, wanted, real]) => `${name}: ${wanted} recorded, ${real} now`);
  return found.fault === undefined ? wrong : [found.fault, ...wrong];
}

function shown(entry: FileRecord['first']): string {
  return entry === null ? 'none' : `${entry.id ?? 'without an id'} at ${entry.time ?? 'no time'}`;
}
