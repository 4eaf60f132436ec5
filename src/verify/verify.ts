import { lstat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Spool } from '../engine/store/spool.js';
import { usageError } from '../errors.js';
import { CHAIN_FILE, MANIFEST_ENDING, withoutEnding } from '../manifest/names.js';
import { checkDirectory } from './directory.js';
import { Findings, type KeptResults } from './finding.js';
import { checkManifest } from './manifest.js';
import { checkReportFile, isReportFile } from './report.js';

/** What verifying needs. `openSpool` holds ids on disk while a large file is read. */
export interface VerifyWorld {
  readonly cwd: string;
  readonly openSpool: () => Spool;
  /** Ends it between two files. */
  readonly signal?: AbortSignal;
  /** Default: everything. */
  readonly keeps?: KeptResults;
}

/** Never stops at a fault. Rejects with the signal's reason when stopped, with a usage error for a path (file, manifest or directory) that does not exist or that no manifest lists. */
export async function verifyPaths(world: VerifyWorld, paths: readonly string[]): Promise<Findings> {
  const into = new Findings(world.openSpool, world.keeps ?? { items: true, known: true }, world.signal);
  const seen = new Set<string>();
  for (const path of paths) {
    const target = await targetOf(world.cwd, path);
    if (seen.has(target.path)) continue;
    seen.add(target.path);
    if (target.kind === 'manifest') await checkManifest(target.path, into);
    else if (target.kind === 'report') await checkReportFile(target.path, into);
    else if (!(await checkDirectory(target.path, into)))
      throw usageError(
        `${path}: there is no manifest in it`,
        'Manifests are made with: auditlog export -o FILE --manifest',
      );
  }
  return into;
}

interface CheckTarget {
  readonly kind: 'directory' | 'manifest' | 'report';
  /** Absolute. */
  readonly path: string;
}

/** For a file its manifest or, of a report, itself; for the record of a chain its directory. */
async function targetOf(cwd: string, path: string): Promise<CheckTarget> {
  const at = (name: string) => resolve(cwd, name);
  const name = basename(path);
  const seen = await kindOf(at(path));
  if (seen === 'directory') return { kind: 'directory', path: at(path) };
  if (name === CHAIN_FILE) return { kind: 'directory', path: dirname(at(path)) };
  if (name.endsWith(MANIFEST_ENDING)) {
    if (seen === undefined) throw usageError(`${path}: there is no such file`);
    return { kind: 'manifest', path: at(path) };
  }
  if (await isReportFile(at(path))) return { kind: 'report', path: at(path) };
  const beside = [name, withoutEnding(name)].map((stem) => join(dirname(at(path)), `${stem}${MANIFEST_ENDING}`));
  for (const manifest of beside)
    if ((await kindOf(manifest)) !== undefined) return { kind: 'manifest', path: manifest };
  throw usageError(
    seen === undefined ? `${path}: there is no such file` : `${path}: there is no manifest beside it`,
    seen === undefined ? undefined : 'Manifests are made with: auditlog export -o FILE --manifest',
  );
}

async function kindOf(path: string): Promise<'directory' | 'other' | undefined> {
  try {
    return (await lstat(path)).isDirectory() ? 'directory' : 'other';
  } catch {
    return undefined;
  }
}
