import { basename, dirname, join } from 'node:path';
import { hashFile } from '../manifest/blocks.js';
import { readAnyPath } from '../manifest/layout.js';
import { type Manifest, manifestHash } from '../manifest/manifest.js';
import { COLUMNAR_ENDING, endingOf, MANIFEST_ENDING } from '../manifest/names.js';
import { readManifest } from '../manifest/read.js';
import { checkColumnar, checkFile, checkRemoved, checkWorkbook } from './file.js';
import type { Findings } from './finding.js';

export interface Checked {
  readonly path: string;
  /** Undefined if it could not be read. */
  readonly manifest: Manifest | undefined;
  readonly inOrder: boolean;
}

/** Checks a manifest and the files beside it, under its own name. `isPruned`: whether a manifest's file was pruned. */
export async function checkManifest(
  path: string,
  into: Findings,
  isPruned: (manifest: Manifest) => boolean = () => false,
): Promise<Checked> {
  into.throwIfStopped();
  into.manifests.all += 1;
  const parsed = await readManifest(path);
  const manifest = 'value' in parsed ? parsed.value : undefined;
  const fault = 'fault' in parsed ? parsed.fault : (hashFault(parsed.value) ?? nameFault(parsed.value, path));
  const sha256 =
    into.expected.size > 0 || manifest?.kind === 'export'
      ? await hashFile(path).then(
          (found) => found.sha256,
          () => '',
        )
      : '';
  into.expected.see(sha256, path, 'manifest file');
  if (manifest === undefined || fault !== undefined) {
    into.find('changed', path, fault ?? '');
    return { path, manifest, inOrder: false };
  }
  into.manifests.valid += 1;
  into.expected.see(manifest.hash, path, 'manifest');
  if (manifest.kind === 'export') into.describe({ path, manifest, sha256 });
  const { file, columnar, pruned, workbook } = manifest;
  const beside = (name: string) => join(dirname(path), name);
  if (pruned !== undefined) {
    const what = `files of ${pruned.first} to ${pruned.last} were removed because of their age (${pruned.at})`;
    into.addItem(path, `tombstone: ${what}`);
  } else if (isPruned(manifest)) {
    into.addItem(path, 'manifest of a file that was removed because of its age');
    for (const record of [file, columnar]) if (record != null) await checkRemoved(beside(record.name), into);
  } else {
    into.addKnown(path, manifest);
    if (manifest.status === 'unreconciled') into.doubtful += 1;
    for (const words of coverageOf(manifest)) into.coverage.add(words);
    into.addItem(path, `manifest, ${manifest.status}`);
    if (file !== null) await checkFile(beside(file.name), file, into);
    if (workbook !== undefined) await checkWorkbook(beside(workbook.name), workbook, into);
    if (columnar !== undefined) await checkColumnar(beside(columnar.name), columnar, into);
  }
  return { path, manifest, inOrder: true };
}

/** What a manifest does not cover, according to itself. A day in a chain only covers itself. */
function coverageOf({
  coverage,
  day,
  file,
  workbook,
  query: { from },
  read: { endedAt },
}: Manifest): readonly string[] {
  if (coverage === undefined) return [];
  const { oldest, reachesBack, open } = coverage;
  const what = day ?? (workbook ?? file)?.name ?? 'a range';
  const isBeforeLog = reachesBack === false && (day === null || oldest === null || day <= oldest.slice(0, 10));
  const isOpen = open?.to != null && (day === null || open.from <= day);
  const log = oldest === null ? 'the log held nothing from before it' : `the log began at ${oldest}`;
  return [
    ...(isBeforeLog
      ? [day === null ? `${what}: the range starts at ${from}, but ${log}` : `${log}: days before that are empty`]
      : []),
    ...(isOpen ? [`${what}: ${day === null ? `${days(open)} ` : ''}not over yet when it was read (${endedAt})`] : []),
  ];
}

function days({ from, to }: { readonly from: string; readonly to: string | null }): string {
  return to === null || from >= to ? `${to ?? from} was` : `${from} to ${to} were`;
}

function hashFault(manifest: Manifest): string | undefined {
  try {
    const hash = manifestHash(manifest);
    return hash === manifest.hash ? undefined : `its hash is ${hash}, but it records ${manifest.hash}`;
  } catch {
    return 'it holds values that auditlog does not write';
  }
}

/** A renamed manifest counts as changed. The names of its files follow from its own: no other file is ever opened. */
function nameFault({ kind, day, file, columnar, chain, pruned, workbook }: Manifest, path: string): string | undefined {
  const stem = basename(path).slice(0, -MANIFEST_ENDING.length);
  const name = readAnyPath(path.slice(0, -MANIFEST_ENDING.length));
  const hasFile = kind !== 'gone' && kind !== 'pruned';
  const isPlaced =
    kind === 'export'
      ? day === null && chain === null && (workbook ?? file)?.name === stem
      : chain !== null &&
        name !== undefined &&
        name.kind === kind &&
        day === (isDayName(name.day) ? name.day : null) &&
        (hasFile ? file !== null && file.name === `${stem}${endingOf(file.format, file.gzip)}` : file === null);
  const isInStep =
    (pruned !== undefined) === (kind === 'pruned') &&
    (workbook === undefined || (kind === 'export' && file === null && columnar === undefined)) &&
    (columnar === undefined || (columnar.name === `${stem}${COLUMNAR_ENDING}` && columnar.rows === file?.rows));
  if (isPlaced && isInStep) return undefined;
  const own = (workbook ?? file)?.name;
  if (
    kind === 'export' &&
    isInStep &&
    own !== undefined &&
    own !== stem &&
    own === basename(own) &&
    !/^\.{0,2}$/.test(own)
  )
    return `it is the manifest of ${own}, not of ${stem}`;
  return 'its content does not belong to its name';
}

function isDayName(day: string): boolean {
  return /^\d/.test(day);
}
