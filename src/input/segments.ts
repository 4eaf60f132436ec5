import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Context } from '../context.js';
import { localError, systemCode } from '../errors.js';
import { type DayName, endingOf, MANIFEST_ENDING, numbered, withoutEnding } from '../manifest/names.js';
import { readManifest } from '../manifest/read.js';
import type { FileRecord } from '../manifest/shape/file.js';
import type { Provider } from '../providers/provider.js';
import { type Damaged, damageOf } from './damage.js';
import { type DayFolder, filesOf, prunedDays } from './folder.js';
import { openInputFile } from './open.js';
import type { InputEntries } from './source.js';

/** A file of a day: the day's own, or one of late entries. */
export interface DaySegment {
  readonly path: string;
  /** Its name in messages. */
  readonly name: string;
  /** The organization whose entries were requested. */
  readonly org: string;
  /** Sealed files never change again, so they must match their record. */
  readonly sealed: boolean;
  readonly record: FileRecord;
  /** The entries arrived after the day had been closed. */
  readonly late: boolean;
}

/**
 * The files of a day, its own first; none, after a call of `onPruned`, if they were pruned. Rejects with an error that names the missing, damaged or
 * misnamed file.
 */
export async function segmentsOf(
  folder: DayFolder,
  day: string,
  onPruned: (before: string) => void,
): Promise<readonly DaySegment[]> {
  const found: { readonly said: DayName; readonly segment: DaySegment }[] = [];
  for (const path of await filesOf(folder, day)) {
    if (!path.endsWith(MANIFEST_ENDING)) continue;
    const said = folder.layout.readPath(withoutEnding(path));
    if (said === undefined || said.kind === 'gone' || said.kind === 'pruned') continue;
    found.push({ said, segment: await openSegment(folder, path, said.kind === 'late') });
  }
  const numbers = found.flatMap(({ said }) => said.number ?? []).sort((a, b) => a - b);
  const gap = numbers.findIndex((number, at) => number !== at + 1);
  const { days } = folder.chain;
  if (days.first <= day && day <= days.last && !found.some(({ said }) => said.kind === 'day'))
    throw damageOf(folder.name)(`nothing is there of ${day}`);
  if (gap >= 0)
    throw damageOf(folder.name)(`of ${day} there is ${numbered('late', numbers[gap] ?? 0)} without the one before it`);
  const segments = found.sort((a, b) => (a.said.number ?? 0) - (b.said.number ?? 0)).map(({ segment }) => segment);
  const sizes = await Promise.all(segments.map(sizeOf));
  const absent = sizes.indexOf(undefined);
  if (absent < 0) {
    for (const [at, { record, sealed, name }] of segments.entries())
      if (sealed && sizes[at] !== record.bytes)
        throw damageOf(name)(`it has ${sizes[at]} bytes, and its manifest tells ${record.bytes}`);
    return segments;
  }
  const before = await prunedDays(folder);
  const { name, sealed } = segments[absent] as DaySegment;
  if (before === undefined || day >= before || !sealed) throw damageOf(name)('the file is not there');
  onPruned(before);
  // Only entries that arrived after the pruning are left of that day.
  return segments.filter((_, at) => sizes[at] !== undefined);
}

async function openSegment({ path, name }: DayFolder, manifestPath: string, late: boolean): Promise<DaySegment> {
  const shown = join(name, manifestPath);
  const parsed = await readManifest(join(path, manifestPath));
  if ('fault' in parsed) throw damageOf(shown)(parsed.fault);
  const { file, source, chain } = parsed.value;
  const stem = manifestPath.slice(0, -MANIFEST_ENDING.length);
  const own = file === null ? '' : `${stem}${endingOf(file.format, file.gzip)}`;
  // Never opens a file whose name does not follow from that of its manifest.
  if (file === null || join(dirname(manifestPath), file.name) !== join(own))
    throw damageOf(shown)('it is not what its name says');
  return {
    path: join(path, own),
    name: join(name, own),
    org: source.orgs[0] ?? '',
    sealed: chain?.sealed === true,
    record: file,
    late,
  };
}

/** Undefined if the file is missing. */
async function sizeOf({ path, name }: DaySegment): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw localError(`${name} cannot be read (${systemCode(error)})`, undefined, error);
  }
}

/** The entries of a file, in its order. Rejects at the first fault, and at the end of a sealed file that differs from its record. */
export async function* segmentEntries(
  ctx: Context,
  { path, name, org, sealed, record, late }: DaySegment,
  provider: Provider,
): AsyncGenerator<InputEntries, void> {
  if (record.rows === 0 && sealed) return;
  const hash = createHash('sha256');
  const damaged: Damaged = damageOf(name);
  const file = await openInputFile(ctx, path, {
    format: record.format,
    csvRaw: record.csv?.guard === 'none',
    shown: name,
    ...(sealed ? { seen: (bytes) => hash.update(bytes) } : {}),
  });
  let rows = 0;
  try {
    for await (const batch of file.entries(provider)) {
      rows += batch.entries.length;
      yield { entries: batch.entries, org: batch.org ?? org, ...(late ? { late } : {}) };
    }
  } finally {
    await file.close();
  }
  if (!sealed) return;
  if (rows !== record.rows) throw damaged(`it has ${rows} entries, and its manifest tells ${record.rows}`);
  if (`sha256:${hash.digest('hex')}` !== record.sha256) throw damaged('it differs from its manifest');
}
