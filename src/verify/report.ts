import { lstat, readFile } from 'node:fs/promises';
import { sha256 } from '../manifest/canonical.js';
import { unreadable } from '../manifest/read.js';
import { checkReport, isReport } from '../report/check.js';
import type { Findings } from './finding.js';

/** Whether an HTML file is one of our reports, changed or not. */
export async function isReportFile(path: string): Promise<boolean> {
  if (!/\.html?$/i.test(path)) return false;
  try {
    return (await lstat(path)).isFile() && isReport(await readFile(path));
  } catch {
    return false;
  }
}

/** Checks a report by the record inside it. */
export async function checkReportFile(path: string, into: Findings): Promise<void> {
  into.throwIfStopped();
  into.manifests.all += 1;
  into.files.all += 1;
  try {
    const bytes = await readFile(path);
    const hash = sha256(bytes);
    into.expected.see(hash, path, 'file');
    const { record, faults, events: found } = await checkReport(bytes);
    into.expected.see(found, path, 'events');
    if (faults.length > 0)
      into.find(
        'changed',
        path,
        faults.map(({ why }) => why).join('; '),
        faults.flatMap(({ details = [] }) => details),
      );
    if (record === undefined) return;
    if (!faults.some(({ isOfRecord }) => isOfRecord)) into.manifests.valid += 1;
    if (faults.length > 0) return;
    into.describeReport({ path, record, sha256: hash });
    into.files.valid += 1;
    if (record.status === 'incomplete') into.doubtful += 1;
    const { events, total, query } = record;
    const held = events.rows === total ? `${total} events` : `${events.rows} of ${total} events`;
    into.addItem(
      path,
      `report of ${record.provider}, ${query.asked}, made ${record.madeAt}: ${held}, ${events.sha256}`,
    );
  } catch (error) {
    into.find('changed', path, unreadable(error));
  }
}
