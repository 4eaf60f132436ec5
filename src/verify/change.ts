import { compareLines, type LineDifference } from '../manifest/lines.js';
import type { Measured } from '../manifest/measure.js';
import type { FileRecord } from '../manifest/shape/file.js';

/** The difference of a file from its record: in one line, and each fact. */
export interface FileChange {
  readonly why: string;
  readonly details: readonly string[];
}

/** Compares a file with its record. Undefined: it is unchanged. */
export function changeOf(record: FileRecord, found: Measured): FileChange | undefined {
  const details = mismatches(record, found);
  if (details.length === 0) return undefined;
  const lines = record.lines === undefined ? undefined : compareLines(record.lines, found.lines);
  if (found.bytes === 0) return { why: `it is empty, ${rows(record.rows)} are recorded`, details };
  const { unpacked } = record;
  if (unpacked !== null && unpacked.sha256 === found.unpacked?.sha256)
    return { why: 'it was compressed again, the content is the same', details };
  if (unpacked !== null && unpacked.sha256 === found.sha256)
    return { why: 'it was unpacked, the content is the same', details };
  if (lines !== undefined) return { why: lineWords(lines), details };
  return { why: roughly(record, found), details };
}

/** `2 rows differ, first at line 14`. */
export function lineWords({ first: [from, to], changed, now, recorded }: LineDifference): string {
  const where = from === to ? `at line ${from}` : `between lines ${from} and ${to}`;
  if (now < recorded) return `${rows(recorded - now)} missing, first difference ${where}`;
  if (now > recorded) return `${rows(now - recorded)} added, first difference ${where}`;
  if (changed === undefined) return `rows differ, first ${where}`;
  return `${rows(changed)} ${changed === 1 ? 'differs' : 'differ'}, first ${where}`;
}

function rows(number: number): string {
  return number === 1 ? '1 row' : `${number} rows`;
}

/** For manifests without checksums of lines. */
function roughly(record: FileRecord, found: Measured): string {
  if (found.fault !== undefined) return found.fault;
  if (record.rows !== found.rows) return `it holds ${rows(found.rows)}, ${record.rows} are recorded`;
  if (record.ids !== null && record.ids.sha256 !== found.ids.sha256) return 'the set of ids differs';
  return 'the number of rows and the ids are the same, the content differs';
}

/** All mismatches between a file and its manifest. */
function mismatches(record: FileRecord, found: Measured): readonly string[] {
  const ids = record.ids === null ? undefined : found.ids;
  const wrong = factsThatDiffer([
    ['bytes', record.bytes, found.bytes],
    ['SHA-256', record.sha256, found.sha256],
    ['unpacked bytes', record.unpacked?.bytes, found.unpacked?.bytes],
    ['unpacked SHA-256', record.unpacked?.sha256, found.unpacked?.sha256],
    ['events', record.rows, found.rows],
    ['distinct ids', record.ids?.count, ids?.count],
    ['set of ids', record.ids?.sha256, ids?.sha256],
    ['first event', shown(record.first), shown(found.first)],
    ['last event', shown(record.last), shown(found.last)],
    ['guarded cells', record.csv?.guardedCells, record.csv === null ? undefined : found.guardedCells],
  ]);
  return found.fault === undefined ? wrong : [found.fault, ...wrong];
}

/** Each fact that differs from the record. */
export function factsThatDiffer(facts: readonly (readonly [string, unknown, unknown])[]): readonly string[] {
  return facts.flatMap(([name, wanted, real]) => (wanted === real ? [] : [`${name}: ${wanted} recorded, ${real} now`]));
}

function shown(entry: FileRecord['first']): string {
  return entry === null ? 'none' : `${entry.id ?? 'without an id'} at ${entry.time ?? 'no time'}`;
}
