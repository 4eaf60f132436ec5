import type { Context } from '../../context.js';
import { type BucketCopy, openBucketCopy } from '../../destinations/s3/copy.js';
import type { Hearing } from '../../http/outbound.js';
import type { DayCarrier } from '../../input/directory.js';
import { readAnyPath } from '../../manifest/layout.js';
import { CHAIN_FILE, COLUMNAR_ENDING, MANIFEST_ENDING, ORGS_FILE, withoutEnding } from '../../manifest/names.js';
import { readManifest } from '../../manifest/read.js';
import { count, size } from '../say/numbers.js';

/** A bucket address as an input, and the objects that each command copies before it reads them. */
export interface BucketInput {
  readonly copy: BucketCopy;
  readonly fetchEntries: () => Promise<DayCarrier | undefined>;
  readonly fetchColumns: () => Promise<void>;
  readonly fetchRecorded: () => Promise<void>;
  readonly fetchManifests: () => Promise<void>;
}

/** `say` is called when much is copied. */
export async function openBucketInput(
  ctx: Context,
  address: string,
  hears: Hearing,
  say: (text: string) => void,
): Promise<BucketInput> {
  const copy = await openBucketCopy(ctx, address, hears);
  const fetch = async (names: readonly string[]): Promise<void> => {
    const bytes = copy.sizeOf(names);
    if (bytes > MUCH) say(`copying ${count(names.length)} objects (${size(bytes)}) of ${address} to read them`);
    await copy.fetch(names);
  };
  return {
    copy,
    fetchEntries: () => fetchEntries(copy, fetch),
    fetchColumns: () => fetchColumns(copy, fetch),
    fetchRecorded: () => fetchRecorded(copy, fetch),
    fetchManifests: () => fetchManifests(copy, fetch),
  };
}

/** Bytes. */
const MUCH = 100_000_000;

type FetchObjects = (names: readonly string[]) => Promise<void>;

/** For commands that read entries: everything but day files, which are copied one day at a time. */
async function fetchEntries(copy: BucketCopy, fetch: FetchObjects): Promise<DayCarrier | undefined> {
  if (!copy.isFolder) {
    await fetch(copy.names);
    return undefined;
  }
  const isWanted = (name: string): boolean => isOfArchive(name) && !name.endsWith(COLUMNAR_ENDING);
  const own = copy.names.filter(isWanted);
  await copy.stand([]);
  await fetch(own.filter((name) => !IN_A_DAY.test(name)));
  const days = new Map<string, string[]>();
  for (const name of own) {
    const folder = name.slice(0, name.lastIndexOf('/') + 1);
    const names = days.get(folder) ?? [];
    names.push(name);
    days.set(folder, names);
  }
  const ofDay = (folder: string, day: string): readonly string[] => {
    const inside = copy.nameOf(folder);
    return days.get(`${inside === '' ? '' : `${inside}/`}date=${day}/`) ?? [];
  };
  return {
    bring: (folder, day) => copy.fetch(ofDay(folder, day)),
    drop: (folder, day) => copy.drop(ofDay(folder, day)),
  };
}

/** The folders in which an archive, or one organization's part, has files; objects elsewhere are not read. */
const PLACED = /^(?:org=[^/]+\/)?(?:date=[^/]+\/)?[^/]+$/;
const IN_A_DAY = /(?:^|\/)date=[^/]+\/[^/]+$/;

/** For SQL: manifests and Parquet files. */
async function fetchColumns(copy: BucketCopy, fetch: FetchObjects): Promise<void> {
  if (!copy.isFolder) {
    await fetch(copy.names);
    for (const name of copy.names) await copy.fetchBeside(`${withoutEnding(name)}${MANIFEST_ENDING}`);
    return;
  }
  await copy.stand([]);
  await fetch(copy.names.filter((name) => isOfArchive(name) && (isRecord(name) || name.endsWith(COLUMNAR_ENDING))));
}

/** For the archive's own records. */
async function fetchManifests(copy: BucketCopy, fetch: FetchObjects): Promise<void> {
  await copy.stand([]);
  await fetch(copy.names.filter((name) => isOfArchive(name) && isRecord(name)));
}

/** For verifying: manifests, and the files that they may list. Other objects become empty files, so that they are reported. */
async function fetchRecorded(copy: BucketCopy, fetch: FetchObjects): Promise<void> {
  if (!copy.isFolder) {
    for (const name of copy.names) await fetchWithManifest(copy, name);
    return;
  }
  const all = new Set(copy.names);
  const isListed = (name: string): boolean =>
    [name, withoutEnding(name)].some((stem) => all.has(`${stem}${MANIFEST_ENDING}`));
  const wanted = new Set(copy.names.filter((name) => PLACED.test(name) && (isRecord(name) || isListed(name))));
  await copy.stand(copy.names.filter((name) => !wanted.has(name)));
  await fetch([...wanted]);
}

/** The file itself, its manifest, and what that lists. */
async function fetchWithManifest(copy: BucketCopy, name: string): Promise<void> {
  await copy.fetch([name]);
  const stems = name.endsWith(MANIFEST_ENDING) ? [withoutEnding(name)] : [name, withoutEnding(name)];
  for (const stem of stems) {
    const manifest = `${stem}${MANIFEST_ENDING}`;
    if (!(await copy.fetchBeside(manifest))) continue;
    const parsed = await readManifest(copy.at(manifest));
    if ('fault' in parsed) return;
    const { file, columnar } = parsed.value;
    for (const record of [file, columnar]) {
      // The file's name follows from the manifest's, so no other object is ever requested.
      if (record == null || (record.name !== stem && withoutEnding(record.name) !== stem)) continue;
      await copy.fetchBeside(record.name);
    }
    return;
  }
}

/** Whether an object is a record of others. */
function isRecord(name: string): boolean {
  return name.endsWith('.json') && (isOfArchive(name) || name.endsWith(MANIFEST_ENDING));
}

function isOfArchive(name: string): boolean {
  const own = name.slice(name.lastIndexOf('/') + 1);
  if (!PLACED.test(name)) return false;
  return own === CHAIN_FILE || own === ORGS_FILE || readAnyPath(withoutEnding(name)) !== undefined;
}
