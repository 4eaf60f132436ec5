import { lstat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { usageError } from '../errors.js';
import { hashFile } from '../manifest/blocks.js';
import { CHAIN_FILE, MANIFEST_ENDING, withoutEnding } from '../manifest/names.js';
import { unreadable } from '../manifest/read.js';
import { checkDirectory } from './directory.js';
import { Findings, type VerifyWorld } from './finding.js';
import { checkManifest } from './manifest.js';
import { checkReportFile, isReportFile } from './report.js';

/**
 * Checks everything, despite faults. Rejects with the signal's reason when stopped, with a usage error for a path (file, manifest or directory) that
 * does not exist or that no manifest lists.
 */
export async function verifyPaths(world: VerifyWorld, paths: readonly string[]): Promise<Findings> {
  const into = new Findings(world);
  const seen = new Set<string>();
  for (const path of paths) {
    const target = await targetOf(world.cwd, path, into.expected.size > 0);
    if (seen.has(target.path)) continue;
    seen.add(target.path);
    if (target.kind === 'manifest') await checkManifest(target.path, into);
    else if (target.kind === 'report') await checkReportFile(target.path, into);
    else if (target.kind === 'bare') await checkBare(target.path, into);
    else if (!(await checkDirectory(target.path, into)))
      throw usageError(`${path}: no manifest in it`, 'To make one: auditlog export -o FILE --manifest');
  }
  return into;
}

interface CheckTarget {
  /** `bare`: a file without a manifest, which can only be compared by hash. */
  readonly kind: 'directory' | 'manifest' | 'report' | 'bare';
  /** Absolute. */
  readonly path: string;
}

/** For a file its manifest or, if it is a report, the file itself; for the record of a chain its directory. */
async function targetOf(cwd: string, path: string, mayBeBare: boolean): Promise<CheckTarget> {
  const at = (name: string) => resolve(cwd, name);
  const name = basename(path);
  const seen = await kindOf(at(path));
  if (seen === 'directory') return { kind: 'directory', path: at(path) };
  if (name === CHAIN_FILE) return { kind: 'directory', path: dirname(at(path)) };
  if (name.endsWith(MANIFEST_ENDING)) {
    if (seen === undefined) throw usageError(`${path}: no such file`);
    return { kind: 'manifest', path: at(path) };
  }
  if (await isReportFile(at(path))) return { kind: 'report', path: at(path) };
  const beside = [name, withoutEnding(name)].map((stem) => join(dirname(at(path)), `${stem}${MANIFEST_ENDING}`));
  for (const manifest of beside)
    if ((await kindOf(manifest)) !== undefined) return { kind: 'manifest', path: manifest };
  if (seen === undefined) throw usageError(`${path}: no such file`);
  if (mayBeBare) return { kind: 'bare', path: at(path) };
  throw usageError(
    `${path}: no manifest beside it`,
    'To make one: auditlog export -o FILE --manifest\nTo compare a hash that you were sent: auditlog verify FILE --expect HASH',
  );
}

/** Compares the hash of a file without a manifest. */
async function checkBare(path: string, into: Findings): Promise<void> {
  into.files.all += 1;
  try {
    const { sha256 } = await hashFile(path);
    into.files.valid += 1;
    into.expected.see(sha256, path, 'file');
    into.addItem(path, `no manifest, ${sha256}`);
  } catch (error) {
    into.find('changed', path, unreadable(error));
  }
}

async function kindOf(path: string): Promise<'directory' | 'other' | undefined> {
  try {
    return (await lstat(path)).isDirectory() ? 'directory' : 'other';
  } catch {
    return undefined;
  }
}
