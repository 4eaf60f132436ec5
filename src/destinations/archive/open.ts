import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { leftGathered, putGathered, removeGathered } from '../../archive/gathered.js';
import { headOf, lookAt, stampOfFolder } from '../../archive/look.js';
import { identityIn, type KnownFolders, orgFolder, readKnownFolders } from '../../archive/orgs.js';
import type { Context } from '../../context.js';
import type { DayFiles } from '../../days/file.js';
import type { Gathered } from '../../days/gathered.js';
import type { ExpectedFiles, Holding, Repair } from '../../days/holding.js';
import { type Settled, settle } from '../../days/settle.js';
import { openSpool } from '../../engine/store/spool.js';
import { AuditlogError, EXIT, localError, systemCode, usageError } from '../../errors.js';
import { writeFault } from '../../files/faults.js';
import { realFiles } from '../../files/files.js';
import { makeFolders } from '../../files/folders.js';
import { type Lock, takeLock } from '../../files/lock.js';
import { checkFolderName } from '../../files/names.js';
import { formatFor } from '../../formats/index.js';
import { shapeOf } from '../../manifest/file.js';
import { type Folder, readFolder } from '../../manifest/folder.js';
import { refuseOther } from '../../manifest/identity.js';
import { PARTITIONED } from '../../manifest/layout.js';
import { LOCK } from '../../manifest/names.js';
import { addToOrgList } from '../../manifest/orglist.js';
import { salvageFolder } from '../../manifest/salvage.js';
import type { Provider } from '../../providers/provider.js';
import { timeReader } from '../../providers/times.js';
import { UTC } from '../../time.js';
import type { DayRows, Destination, DestinationOptions, FileDelivery, LookedFiles, TakenDays } from '../destination.js';
import { checkArchive } from './check.js';

/** A directory as a destination: `org=ORG/date=YYYY-MM-DD/`, each day as NDJSON and as Parquet, and a chain of manifests for each organization. */
export function openArchive(ctx: Context, path: string, options: DestinationOptions): Destination {
  if (options.schema !== undefined)
    throw usageError(
      `an archive holds each entry as the vendor sent it: --schema ${options.schema.name} is for other destinations`,
      'Leave it out. What an archive holds can be exported with --input and --schema',
    );
  checkFolderName(path, ctx);
  const root = resolve(ctx.cwd, path);
  return {
    shown: path,
    idempotent: true,
    check: () => checkArchive(root, path),
    open: () => openArchiveDelivery(ctx, root, path, options),
  };
}

/** Creates a missing directory. `shown` is its name in messages. */
export async function openArchiveDelivery(
  ctx: Context,
  root: string,
  shown: string,
  { provider }: DestinationOptions,
): Promise<ArchiveDelivery> {
  ctx.keepHeapSmall?.();
  await makePrivate(root);
  return new ArchiveDelivery(ctx, { root, shown, provider, known: await readKnownFolders(root) });
}

interface ArchiveOptions {
  readonly root: string;
  /** The directory in messages. */
  readonly shown: string;
  readonly provider: Provider;
  readonly known: KnownFolders;
}

/** Takes days into a directory. One run at a time may change the folder of an org. */
export class ArchiveDelivery implements FileDelivery {
  readonly kind = 'files';
  readonly #ctx: Context;
  readonly #options: ArchiveOptions;
  readonly #started: number;
  #spools = 0;

  constructor(ctx: Context, options: ArchiveOptions) {
    this.#ctx = ctx;
    this.#options = options;
    this.#started = ctx.clock.now();
  }

  /** The archive's folder for what was gathered, such as `org=org_1`. Rejects with a usage error when it cannot be determined. */
  folderOf(gathered: Gathered, org: string): Promise<string> {
    const { provider, known } = this.#options;
    return orgFolder(gathered, org, provider, known);
  }

  async look(known: Holding, deep: boolean): Promise<LookedFiles> {
    return { ...(await lookAt(this.#options.root, known, deep)), notes: [] };
  }

  async take(gathered: Gathered, org: string, expected?: ExpectedFiles): Promise<TakenDays> {
    const folder = await this.folderOf(gathered, org);
    const path = this.#pathOf(folder);
    await makePrivate(path);
    const lock = await takeLock(this.#ctx, join(path, LOCK), this.#shownOf(folder));
    try {
      const head = await headOf(path);
      const asExpected = expected?.head === undefined || expected.head === head;
      const repair = expected?.repair;
      // A count says that a day is still what was remembered, which these files may not be.
      const trusted = (one: Gathered): Gathered => (asExpected ? one : withoutConfirmed(one));
      // A collector that remembers nothing of the files cannot know beforehand that days are missing.
      const repairs = repair !== undefined || (expected !== undefined && expected.head === undefined);
      const into = { folder, lock, repairs };
      const before = await leftGathered(path);
      const finished: Settled[] = [];
      if (before !== undefined)
        try {
          finished.push(await this.#finish(into, await this.#read(folder, before, repair), trusted(before)));
        } finally {
          await before.close();
        }
      const there = await this.#read(folder, gathered, before === undefined ? repair : undefined);
      await putGathered(path, gathered);
      finished.push(await this.#finish(into, there, trusted(gathered)));
      const holding = await holdingAfter(path, folder, finished);
      return { ...takenDays(finished), holding, asExpected };
    } finally {
      await lock.release();
    }
  }

  async close(): Promise<void> {}

  #pathOf(folder: string): string {
    return join(this.#options.root, folder);
  }

  #shownOf(folder: string): string {
    return join(this.#options.shown, folder);
  }

  async #read(folder: string, gathered: Gathered, repair: Repair | undefined): Promise<Folder> {
    const shown = this.#shownOf(folder);
    const path = this.#pathOf(folder);
    const there =
      repair?.mend === true
        ? await salvageFolder(path, PARTITIONED, { ...this.#filesIn(path), first: repair.first })
        : await readFolder(path, shown, PARTITIONED);
    const identity = identityIn(folder, gathered.ending.folder);
    const own = there.chain?.identity;
    refuseOther(
      own !== undefined && Object.keys(own).length === 0 ? undefined : own,
      identity,
      `${shown} holds entries of something else`,
      'Use another directory',
    );
    return there;
  }

  /** Settles the days that were brought into the folder, then removes what was brought. */
  async #finish({ folder, lock, repairs }: Into, there: Folder, gathered: Gathered): Promise<Settled> {
    const path = this.#pathOf(folder);
    const { provider, known } = this.#options;
    const identity = identityIn(folder, gathered.ending.folder);
    await addToOrgList(this.#options.root, [...known.keys(), folder]);
    try {
      const settled = await settle(there, gathered, this.#filesIn(path), {
        identity,
        collecting: { readTime: timeReader(provider.timeFormat, provider.timeZone), repairs },
        check: async () => {
          if (!(await lock.isHeld())) throw usageError(`another run has taken over ${this.#shownOf(folder)}`);
        },
      });
      await removeGathered(path);
      // Another collector may have written its own list meanwhile.
      await addToOrgList(this.#options.root, [folder]);
      known.set(folder, { identity, key: gathered.ending.run.source.key });
      return settled;
    } catch (error) {
      // Otherwise the refusal would repeat for ever.
      if (error instanceof AuditlogError && error.exitCode === EXIT.usage && (await lock.isHeld()))
        await removeGathered(path);
      throw error;
    }
  }

  #filesIn(directory: string): DayFiles {
    const ctx = this.#ctx;
    const { provider } = this.#options;
    const plain = { provider, colorLevel: 0, isTTY: false, width: 0, zone: UTC, now: this.#started } as const;
    return {
      directory,
      layout: PARTITIONED,
      shape: shapeOf(provider, { format: 'ndjson', gzip: true, csvRaw: false }),
      columns: undefined,
      open: () => formatFor('ndjson', plain),
      openColumnar: () => formatFor('parquet', plain),
      openSpool: () => {
        this.#spools += 1;
        return openSpool(
          ctx.tmp,
          `auditlog-${ctx.pid}-archive-${this.#spools}-${Math.floor(ctx.random() * 1e9)}.spool`,
        );
      },
    };
  }
}

/** Where days are settled. */
interface Into {
  readonly folder: string;
  readonly lock: Lock;
  readonly repairs: boolean;
}

function withoutConfirmed(gathered: Gathered): Gathered {
  const { confirmed: _, ...ending } = gathered.ending;
  return { ...gathered, ending };
}

async function holdingAfter(path: string, folder: string, finished: readonly Settled[]): Promise<Holding> {
  const { chain: head = '', holds: days = {} } = finished.at(-1) ?? {};
  return { folder, head, stamp: await stampOfFolder(path), days };
}

/** Rejects with a local error where something else is in the way: later it may be gone. */
async function makePrivate(path: string): Promise<void> {
  try {
    await makeFolders(path);
    if (!(await stat(path)).isDirectory()) throw notFolder(path);
    await realFiles.syncDirectory(join(path, '..'));
  } catch (error) {
    throw systemCode(error) === 'ENOTDIR' ? notFolder(path) : writeFault(error, path);
  }
}

function notFolder(path: string): AuditlogError {
  return localError(`${path} cannot be a folder: a file is in its place, or above it`, 'Name another folder');
}

/** The results of an interrupted run and of this one, together. */
function takenDays(finished: readonly Settled[]): Omit<TakenDays, 'holding' | 'asExpected'> {
  const all = (what: 'late' | 'dropped'): readonly DayRows[] => {
    const rows = new Map<string, number>();
    for (const { day, rows: more } of finished.flatMap((settled) => settled[what]))
      rows.set(day, (rows.get(day) ?? 0) + more);
    return Array.from(rows, ([day, count]) => ({ day, rows: count }));
  };
  return {
    fresh: finished.reduce((sum, { fresh }) => sum + fresh, 0),
    held: finished.at(-1)?.held ?? 0,
    late: all('late'),
    // What an interrupted run found is read again.
    gone: finished.at(-1)?.gone ?? [],
    dropped: all('dropped'),
    sealedTo: finished.at(-1)?.sealedTo,
  };
}
