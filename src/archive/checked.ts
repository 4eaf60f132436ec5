import { createHash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AuditlogError, EXIT } from '../errors.js';
import { realFiles } from '../files/files.js';
import { makeFolders } from '../files/folders.js';
import { loadState, saveState } from '../files/state.js';
import { isText, mapOf } from '../json/is.js';
import { hashFile } from '../manifest/blocks.js';
import { manifestHash } from '../manifest/manifest.js';
import { MANIFEST_ENDING, withoutEnding } from '../manifest/names.js';
import { readManifest, unreadable } from '../manifest/read.js';

const isStamps = mapOf(isText);
const KIND = { format: 'auditlog-checked-1', key: 'files', largest: 64 * 1024 * 1024 } as const;

/** Remembers which files were compared with their manifests, so that an unchanged file is read once. Losing it costs time only. */
export interface CheckedFiles {
  /** Rejects with an error (exit 7) that names the file, if it differs from its manifest. */
  check(path: string, shown: string): Promise<void>;
  /** Remembers what was compared. Never rejects. */
  save(): Promise<void>;
}

/** `folder`: where it is remembered. `root`: what is asked. */
export async function openChecked(folder: string, root: string): Promise<CheckedFiles> {
  const memory = join(folder, `${createHash('sha256').update(root).digest('hex').slice(0, 16)}.json`);
  const loaded = await loadState(realFiles, memory, { ...KIND, is: isStamps }).catch(() => undefined);
  const before = loaded === undefined || loaded === 'damaged' ? {} : loaded;
  const now: Record<string, string> = {};
  let isNew = false;
  return {
    check: async (path, shown) => {
      const manifest = `${withoutEnding(path)}${MANIFEST_ENDING}`;
      const stamp = `${await stampOf(path)} ${await stampOf(manifest)}`;
      if (before[path] !== stamp) {
        await compare(path, manifest, shown);
        isNew = true;
      }
      now[path] = stamp;
    },
    save: async () => {
      if (!isNew) return;
      await makeFolders(folder)
        .then(() => saveState(realFiles, memory, KIND, now))
        .catch(() => {});
    },
  };
}

/** Differs after a file was replaced or written to. */
async function stampOf(path: string): Promise<string> {
  const seen = await lstat(path, { bigint: true }).catch(() => undefined);
  return seen === undefined ? 'none' : `${seen.size}-${seen.mtimeNs}-${seen.ctimeNs}-${seen.ino}`;
}

async function compare(path: string, manifest: string, shown: string): Promise<void> {
  const differs = (what: string, why: string): Error =>
    new AuditlogError(`${what}: ${why}`, EXIT.different, `See what else differs: auditlog verify ${dirname(shown)}`);
  const parsed = await readManifest(manifest);
  const beside = join(dirname(shown), basename(manifest));
  if ('fault' in parsed) throw differs(beside, parsed.fault);
  if (safeHash(parsed.value) !== parsed.value.hash) throw differs(beside, 'its hash is not that of what it says');
  const record = parsed.value.columnar;
  if (record === undefined) throw differs(shown, 'its manifest does not list it');
  const found = await hashFile(path).catch((error: unknown) => {
    throw differs(shown, unreadable(error));
  });
  if (found.bytes !== record.bytes) throw differs(shown, `bytes: ${record.bytes} recorded, ${found.bytes} now`);
  if (found.sha256 !== record.sha256) throw differs(shown, `SHA-256: ${record.sha256} recorded, ${found.sha256} now`);
}

function safeHash(manifest: Parameters<typeof manifestHash>[0]): string | undefined {
  try {
    return manifestHash(manifest);
  } catch {
    return undefined;
  }
}
