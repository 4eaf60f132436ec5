import { AuditlogError, systemCode } from '../errors.js';
import { realFiles } from '../files/files.js';
import { hashFile } from '../manifest/blocks.js';
import { measureFile } from '../manifest/measure.js';
import { unreadable } from '../manifest/read.js';
import type { ColumnarRecord, FileRecord, WorkbookRecord } from '../manifest/shape/file.js';
import { changeOf, type FileChange, factsThatDiffer } from './change.js';
import type { Findings } from './finding.js';
import { resavedWords } from './spreadsheet.js';

export async function checkFile(path: string, record: FileRecord, into: Findings): Promise<void> {
  const { lines } = record;
  const shape = {
    ...record,
    guarded: record.csv?.guard === 'apostrophe-1',
    ...(lines === undefined ? {} : { linesPerRun: lines.per }),
  };
  await check(path, into, async () => {
    const found = await measureFile(path, shape, into.openSpool);
    into.expected.see(found.sha256, path, 'file');
    into.expected.see(found.unpacked?.sha256, path, 'unpacked file');
    const change = changeOf(record, found);
    if (change === undefined) return { what: `${record.rows} events, ${record.sha256}` };
    const why = await resavedWords(path, record, found.bytes);
    return why === undefined ? change : { ...change, why };
  });
}

/** Does not check that a Parquet file has the same entries as the other file. */
export async function checkColumnar(path: string, record: ColumnarRecord, into: Findings): Promise<void> {
  await checkBytes(path, record, into, {
    what: `${record.rows} events in columns, ${record.sha256}`,
    why: 'its content differs',
  });
}

export async function checkWorkbook(path: string, record: WorkbookRecord, into: Findings): Promise<void> {
  await checkBytes(path, record, into, {
    what: `workbook of ${record.rows} events, ${record.sha256}`,
    why: 'it was changed, or saved again by a spreadsheet; ask for the original',
  });
}

/** Compares the bytes of a file, but not its content. */
async function checkBytes(
  path: string,
  record: Pick<FileRecord, 'bytes' | 'sha256'>,
  into: Findings,
  { what, why }: { readonly what: string; readonly why: string },
): Promise<void> {
  await check(path, into, async () => {
    const found = await hashFile(path);
    into.expected.see(found.sha256, path, 'file');
    const details = factsThatDiffer([
      ['bytes', record.bytes, found.bytes],
      ['SHA-256', record.sha256, found.sha256],
    ]);
    return details.length === 0 ? { what } : { why, details };
  });
}

async function check(
  path: string,
  into: Findings,
  look: () => Promise<{ readonly what: string } | FileChange>,
): Promise<void> {
  into.files.all += 1;
  try {
    const seen = await look();
    if ('why' in seen) {
      into.find('changed', path, seen.why, seen.details);
      return;
    }
    into.files.valid += 1;
    into.addItem(path, seen.what);
  } catch (error) {
    // Our own errors are about the folder for temporary files, not about this file.
    if (error instanceof AuditlogError) throw error;
    if (systemCode(error) === 'ENOENT') into.find('missing', path, 'the file is missing, its manifest is here');
    else into.find('changed', path, unreadable(error));
  }
}

export async function checkRemoved(path: string, into: Findings): Promise<void> {
  if ((await realFiles.look(path)) !== undefined)
    into.find('extra', path, 'it should have been removed because of its age: run archive prune again');
}
