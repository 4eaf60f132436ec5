import { join, resolve } from 'node:path';
import { bring, broughtBefore, takeAway } from '../../archive/bring.js';
import { identityIn, type KnownFolders, orgFolder, readKnownFolders } from '../../archive/orgs.js';
import type { Context } from '../../context.js';
import type { DayFiles } from '../../days/file.js';
import type { Gathered } from '../../days/gathered.js';
import { type Settled, settle } from '../../days/settle.js';
import { openSpool } from '../../engine/rows/spool.js';
import { AuditlogError, EXIT, usageError } from '../../errors.js';
import { writeFault } from '../../files/faults.js';
import { realFiles } from '../../files/files.js';
import { makeFolders } from '../../files/folders.js';
import { formatFor } from '../../formats/index.js';
import { type Folder, readFolder } from '../../manifest/folder.js';
import { refuseOther } from '../../manifest/identity.js';
import { PARTITIONED } from '../../manifest/layout.js';
import { LOCK } from '../../manifest/names.js';
import { shapeOf } from '../../manifest/record.js';
import { type Lock, takeLock } from '../../output/lock.js';
import { timeReader } from '../../providers/timeformat.js';
import { UTC } from '../../time.js';
import type { DayRows, Destination, DestinationOptions, FileDelivery, TakenDays } from '../destination.js';
import { checkArchive } from './check.js';

/** A directory as a destination: `org=ORG/date=YYYY-MM-DD/`, each day as NDJSON and as Parquet, with manifests in a chain for each organization. */
export function openArchive(ctx: Context, path: string, options: DestinationOptions): Destination {
  if (options.schema !== undefined)
    throw usageError(
      `an archive holds each entry as the vendor gave it: --schema ${options.schema.name} is for other destinations`,
      'Leave it out. What an archive holds can be exported with --input and --schema.',
    );
  const root = resolve(ctx.cwd, path);
  return {
    shown: path,
    idempotent: true,
    check: () => checkArchive(root, path),
    open: () => openArchiveDelivery(ctx, root, path, options),
  };
}

export interface ArchiveDelivery extends FileDelivery {
  /** The folder of the archive that it goes to, such as `org=org_1`. Rejects with a usage error where nothing tells. */
  folderOf(gathered: Gathered, org: string): Promise<string>;
}

/** Makes the directory if it is not there. `shown` is its name in messages. */
export async function openArchiveDelivery(
  ctx: Context,
  root: string,
  shown: string,
  { provider }: DestinationOptions,
): Promise<ArchiveDelivery> {
  ctx.keepHeapSmall?.();
  await makePrivate(root);
  const known: KnownFolders = await readKnownFolders(root);
  const plain = { provider, colorLevel: 0, isTTY: false, width: 0, zone: UTC, now: ctx.clock.now() } as const;
  let spools = 0;
  const filesIn = (directory: string): DayFiles => ({
    directory,
    layout: PARTITIONED,
    shape: shapeOf(provider, { format: 'ndjson', gzip: true, csvRaw: false }),
    columns: undefined,
    open: () => formatFor('ndjson', plain),
    openColumnar: () => formatFor('parquet', plain),
    openSpool: () => {
      spools += 1;
      return openSpool(ctx.tmp, `auditlog-${ctx.pid}-archive-${spools}-${Math.floor(ctx.random() * 1e9)}.spool`);
    },
  });
  const read = async (folder: string, gathered: Gathered): Promise<Folder> => {
    const at = join(shown, folder);
    const there = await readFolder(join(root, folder), at, PARTITIONED);
    const identity = identityIn(folder, gathered.ending.folder);
    refuseOther(there.chain?.identity, identity, `${at} holds entries of something else`, 'Use another directory.');
    return there;
  };
  /** Makes files of days of what is in the folder already. */
  const finish = async (folder: string, there: Folder, gathered: Gathered, lock: Lock): Promise<Settled> => {
    const path = join(root, folder);
    const identity = identityIn(folder, gathered.ending.folder);
    try {
      const settled = await settle(there, gathered, filesIn(path), {
        identity,
        collecting: { readTime: timeReader(provider.timeFormat) },
        check: async () => {
          if (!(await lock.isHeld())) throw usageError(`another run has taken over ${join(shown, folder)}`);
        },
      });
      await takeAway(path);
      known.set(folder, { identity, key: gathered.ending.run.source.key });
      return settled;
    } catch (error) {
      // What is refused now would be refused for ever, and everything after it too.
      if (error instanceof AuditlogError && error.exitCode === EXIT.usage && (await lock.isHeld()))
        await takeAway(path);
      throw error;
    }
  };
  const folderOf = (gathered: Gathered, org: string) => orgFolder(gathered, org, provider, known);
  return {
    kind: 'files',
    folderOf,
    async take(gathered, org) {
      const folder = await folderOf(gathered, org);
      const path = join(root, folder);
      await makePrivate(path);
      const lock = await takeLock(ctx, join(path, LOCK), join(shown, folder));
      try {
        const before = await broughtBefore(path);
        const finished: Settled[] = [];
        if (before !== undefined)
          try {
            finished.push(await finish(folder, await read(folder, before), before, lock));
          } finally {
            await before.close();
          }
        const there = await read(folder, gathered);
        await bring(path, gathered);
        finished.push(await finish(folder, there, gathered, lock));
        return takenDays(finished);
      } finally {
        await lock.release();
      }
    },
    close: async () => {},
  };
}

async function makePrivate(path: string): Promise<void> {
  try {
    await makeFolders(path);
    await realFiles.syncDirectory(join(path, '..'));
  } catch (error) {
    throw writeFault(error, path);
  }
}

/** What became of what an interrupted run had left, and of this one's own. */
function takenDays(finished: readonly Settled[]): TakenDays {
  const all = (what: 'late' | 'gone'): readonly DayRows[] => {
    const rows = new Map<string, number>();
    for (const settled of finished)
      for (const { day, rows: more } of settled[what]) rows.set(day, (rows.get(day) ?? 0) + more);
    return [...rows].map(([day, count]) => ({ day, rows: count }));
  };
  return {
    fresh: finished.reduce((sum, { fresh }) => sum + fresh, 0),
    held: finished.at(-1)?.held ?? 0,
    late: all('late'),
    gone: all('gone'),
    sealedTo: finished.at(-1)?.sealedTo,
  };
}
