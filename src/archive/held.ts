import { join } from 'node:path';
import { type Folder, readFolder } from '../manifest/folder.js';
import type { ChainIdentity } from '../manifest/identity.js';
import { PARTITIONED } from '../manifest/layout.js';
import type { Manifest } from '../manifest/manifest.js';
import { UNDATED } from '../manifest/names.js';
import type { WindowRecord } from '../manifest/shape/run.js';
import { prunedBefore, prunedBy } from '../manifest/tombstone.js';
import { orgFolders } from './orgs.js';

/** What an archive holds of one organization, by its manifests. Reads no file of entries. */
export interface HeldOrg {
  /** Such as `org=org_1`. */
  readonly folder: string;
  readonly identity: ChainIdentity;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly sealedTo: string | null;
  readonly prunedBefore: string | null;
  /** Ascending; undated entries last. */
  readonly days: readonly HeldDay[];
}

export interface HeldDay {
  /** `YYYY-MM-DD`, or `undated`. */
  readonly day: string;
  /** Whether the day's own file never changes again. */
  readonly sealed: boolean;
  /** Entries in all files of the day, and those of them that appeared after it was sealed. */
  readonly rows: number;
  readonly late: number;
  /** Bytes of all files of entries. */
  readonly bytes: number;
  /** The server's counts of the ranges that were requested for it, when its files last changed. */
  readonly windows: readonly WindowRecord[];
}

/** Rejects with a usage error if a chain is damaged. */
export async function* readHeld(root: string, shown: string): AsyncGenerator<HeldOrg, void> {
  for (const folder of await orgFolders(root)) {
    const read = await readFolder(join(root, folder), join(shown, folder), PARTITIONED);
    if (read.chain !== undefined) yield heldOrg(folder, read, read.chain);
  }
}

function heldOrg(folder: string, { sealed, loose }: Folder, chain: NonNullable<Folder['chain']>): HeldOrg {
  const isPruned = prunedBy(sealed);
  const days = new Map<string, HeldDay>();
  // An interrupted run may have left manifests that are not in the chain.
  const counted = [...sealed, ...loose.values()].filter(({ chain: link }) => (link?.seq ?? 0) <= chain.tip.seq);
  for (const manifest of counted) {
    const key = manifest.day ?? (manifest.kind === 'undated' || manifest.kind === 'late' ? UNDATED : undefined);
    if (key !== undefined && !isPruned(manifest)) days.set(key, added(key, days.get(key), manifest));
  }
  return {
    folder,
    identity: chain.identity,
    firstDay: chain.days.first,
    lastDay: chain.days.last,
    sealedTo: sealed.findLast(({ kind }) => kind === 'day')?.day ?? null,
    prunedBefore: prunedBefore(sealed) ?? null,
    days: [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1)),
  };
}

function added(day: string, before: HeldDay | undefined, { kind, file, columnar, chain, read }: Manifest): HeldDay {
  const { rows = 0, late = 0, bytes = 0, sealed = false } = before ?? {};
  return {
    day,
    sealed: sealed || (kind !== 'late' && kind !== 'gone' && chain?.sealed === true),
    rows: rows + (file?.rows ?? 0),
    late: late + (kind === 'late' ? (file?.rows ?? 0) : 0),
    bytes: bytes + (file?.bytes ?? 0) + (columnar?.bytes ?? 0),
    windows: read.windows,
  };
}
