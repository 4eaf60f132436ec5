import { AuditlogError, systemCode } from '../errors.js';
import { realFiles } from '../files/files.js';
import { hashFile } from '../manifest/blocks.js';
import { type Measured, measureFile } from '../manifest/measure.js';
import { unreadable } from '../manifest/read.js';
import type { ColumnarRecord, FileRecord, WorkbookRecord } from '../manifest/shape/file.js';
import type { Findings } from './finding.js';

export async function checkFile(path: string, record: FileRecord, into: Findings): Promise<void> {
  const shape = { ...record, guarded: record.csv?.guard === 'apostrophe-1' };
  await check(path, into, async () => {
    const why = differences(record, await measureFile(path, shape, into.openSpool));
    return why.length === 0 ? { what: `${record.rows} entries, ${record.sha256}` } : { why };
  });
}

/** Does not check that a Parquet file holds the same entries as the other file. */
export async function checkColumnar(path: string, record: ColumnarRecord, into: Findings): Promise<void> {
  await checkBytes(path, record, `${record.rows} entries in columns, ${record.sha256}`, into);
}

export async function checkWorkbook(path: string, record: WorkbookRecord, into: Findings): Promise<void> {
  await checkBytes(path, record, `workbook of ${record.rows} entries, ${record.sha256}`, into);
}

/** Compares the bytes of a file, whose content is not read. `what`: the file in words. */
async function checkBytes(
  path: string,
  record: Pick<FileRecord, 'bytes' | 'sha256'>,
  what: string,
  into: Findings,
): Promise<void> {
  await check(path, into, async () => {
    const found = await hashFile(path);
    const why = mismatches([
      ['bytes', record.bytes, found.bytes],
      ['SHA-256', record.sha256, found.sha256],
    ]);
    return why.length === 0 ? { what } : { why };
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
      into.find('changed', path, seen.why.join('; '));
      return;
    }
    into.files.valid += 1;
    into.addItem(path, seen.what);
  } catch (error) {
    // An error of ours is about the folder for temporary files, not about this file.
    if (error instanceof AuditlogError) throw error;
    if (systemCode(error) === 'ENOENT') into.find('missing', path, 'its manifest is there, the file is not');
    else into.find('changed', path, unreadable(error));
  }
}

export async function checkRemoved(path: string, into: Findings): Promise<void> {
  if ((await realFiles.look(path)) !== undefined)
    into.find('extra', path, 'it was to be removed because of its age: prune again');
}

/** All mismatches of a file and its manifest. */
function differences(record: FileRecord, found: Measured): readonly string[] {
  const ids = record.ids === null ? undefined : found.ids;
  const wrong = mismatches([
    ['bytes', record.bytes, found.bytes],
    ['SHA-256', record.sha256, found.sha256],
    ['unpacked bytes', record.unpacked?.bytes, found.unpacked?.bytes],
    ['unpacked SHA-256', record.unpacked?.sha256, found.unpacked?.sha256],
    ['entries', record.rows, found.rows],
    ['different ids', record.ids?.count, ids?.count],
    ['set of ids', record.ids?.sha256, ids?.sha256],
    ['first entry', shown(record.first), shown(found.first)],
    ['last entry', shown(record.last), shown(found.last)],
    [
      'cells with an apostrophe in front',
      record.csv?.guardedCells,
      record.csv === null ? undefined : found.guardedCells,
    ],
  ]);
  return found.fault === undefined ? wrong : [found.fault, ...wrong];
}

function mismatches(facts: readonly (readonly [string, unknown, unknown])[]): readonly string[] {
  return facts.flatMap(([name, wanted, real]) => (wanted === real ? [] : [`${name}: ${wanted} recorded, ${real} now`]));
}

function shown(entry: FileRecord['first']): string {
  return entry === null ? 'none' : `${entry.id ?? 'without an id'} at ${entry.time ?? 'no time'}`;
}
