import { readdir, stat, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EXIT, systemCode, systemWords } from '../../errors.js';
import { isOfDesktop, isOrgFolder, ORGS_FILE } from '../../manifest/names.js';
import type { CheckFinding } from '../destination.js';
import { failed, ok, skipped, warning } from '../shared/finding.js';

/** Checks that a directory is an archive or can become one, and that it is writable. Leaves nothing behind. */
export async function* checkArchive(root: string, shown: string): AsyncGenerator<CheckFinding, void> {
  const found = await lookAt(root, shown);
  yield found;
  if (found.status === 'failed') {
    yield skipped('writing', 'there is nowhere to write');
    return;
  }
  yield await tryWriting(root);
}

async function lookAt(root: string, shown: string): Promise<CheckFinding> {
  const name = 'directory';
  try {
    const names = await readdir(root);
    const other = names.find((one) => !isOrgFolder(one) && one !== ORGS_FILE && !isOfDesktop(one));
    if (other !== undefined)
      return warning(
        name,
        `${shown} holds something else: ${other}`,
        'Use an empty directory: query engines read every file in it',
      );
    return ok(name, names.length === 0 ? 'empty' : `organizations: ${names.filter(isOrgFolder).length}`);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return ok(name, 'not there yet: it is made by the first run');
    const what = code === 'ENOTDIR' ? `${shown} is not a directory` : systemWords(code);
    return failed(name, what, 'Name another directory', EXIT.usage);
  }
}

/** Writes in the directory itself, or in the nearest existing one above it. */
async function tryWriting(root: string): Promise<CheckFinding> {
  const name = 'writing';
  const probe = join(await nearest(root), `.auditlog-check-${basename(root)}`);
  try {
    await writeFile(probe, '', { flag: 'wx', mode: 0o600 });
    return ok(name, 'allowed');
  } catch (error) {
    return failed(name, systemWords(systemCode(error)), 'Name a directory that you may write to', EXIT.usage);
  } finally {
    await unlink(probe).catch(() => {});
  }
}

async function nearest(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere || dirname(path) === path ? path : nearest(dirname(path));
}
