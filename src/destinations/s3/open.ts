import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Context } from '../../context.js';
import { systemCode, usageError } from '../../errors.js';
import { writeWhole } from '../../files/whole.js';
import { isOrgFolder } from '../../manifest/names.js';
import { openArchiveDelivery } from '../archive/open.js';
import type { DestinationOptions, FileDelivery, OpenDestination } from '../destination.js';
import { checkS3 } from './check.js';
import { openS3Client, type S3Client } from './client.js';
import { guardFolder, localChain, type MirrorOf } from './guard.js';
import { openJournal } from './journal.js';
import { lakeOf, openLake, sourcePrefix } from './lake.js';
import { mirrorFolder, refillFolder } from './mirror.js';
import { restoreFolder } from './restore.js';
import { parseS3Url, type S3Target } from './url.js';

/** A bucket as a destination: it holds the files of an archive, and the collector's own directory holds the same files. With OCSF it is a data lake. */
export const openS3: OpenDestination = (ctx, url, options) => {
  const target = parseS3Url(url, ctx.env);
  const lake = lakeOf(target, options.schema);
  const { shown } = target;
  if (lake === undefined)
    return {
      shown,
      idempotent: true,
      check: () => checkS3(ctx, target, options.hears),
      open: async () => {
        await keepTarget(directoryOf(options), target);
        return openDelivery(ctx, target, options);
      },
    };
  return {
    shown,
    idempotent: false,
    check: () => checkS3(ctx, { ...target, prefix: sourcePrefix(target, ENTITY_MANAGEMENT) }, options.hears),
    open: async () => {
      await keepTarget(directoryOf(options), target);
      return openLake(ctx, lake, options);
    },
  };
};

/** The class, and so the source in a lake, of most events. */
const ENTITY_MANAGEMENT = 3004;

function directoryOf({ directory }: DestinationOptions): string {
  if (directory === undefined) throw new Error('a bucket needs a directory for what has to be remembered');
  return directory;
}

async function openDelivery(ctx: Context, target: S3Target, options: DestinationOptions): Promise<FileDelivery> {
  const directory = directoryOf(options);
  const root = join(directory, 'archive');
  const client = await openS3Client(ctx, target, options.hears);
  const within = <T>(folder: string, work: (mirror: MirrorOf) => Promise<T>) =>
    withMirror({ client, root, journals: join(directory, 'mirror'), target }, folder, work);
  try {
    for (const folder of await foldersOf(client, target, { directory, root }))
      await ((await localChain(join(root, folder))) === undefined
        ? within(folder, restoreFolder)
        : within(folder, refillFolder));
    await rememberReadBack(directory, target);
    const archive = await openArchiveDelivery(ctx, root, root, options);
    return {
      kind: 'files',
      take: async (gathered, org) => {
        const folder = await archive.folderOf(gathered, org);
        return within(folder, async (mirror) => {
          // First of all: nothing is added here on top of what somebody else has put there.
          await guardFolder(mirror);
          const taken = await archive.take(gathered, org);
          await mirrorFolder(mirror);
          return taken;
        });
      },
      close: async () => {
        await archive.close();
        await client.close();
      },
    };
  } catch (error) {
    await client.close();
    throw error;
  }
}

interface Sides {
  readonly client: S3Client;
  readonly root: string;
  readonly journals: string;
  readonly target: S3Target;
}

async function withMirror<T>(
  { client, root, journals, target }: Sides,
  folder: string,
  work: (mirror: MirrorOf) => Promise<T>,
): Promise<T> {
  const journal = await openJournal(join(journals, `${folder}${JOURNAL}`));
  try {
    return await work({ client, journal, directory: join(root, folder), prefix: `${target.prefix}${folder}/` });
  } finally {
    await journal.close();
  }
}

const JOURNAL = '.ndjson';
/** This file exists once everything that the bucket held at first was read back. */
const READ_BACK = 'read-back';

/** The folders of organizations put from here; the first time, also those in the bucket. */
async function foldersOf(
  client: S3Client,
  target: S3Target,
  { directory, root }: { readonly directory: string; readonly root: string },
): Promise<readonly string[]> {
  const journals = join(directory, 'mirror');
  for (const path of [directory, root, journals]) await mkdir(path, { recursive: true, mode: 0o700 });
  const folders = new Set<string>();
  for (const name of await readdir(journals)) if (name.endsWith(JOURNAL)) folders.add(basename(name, JOURNAL));
  if (!(await isReadBack(directory))) for await (const folder of client.folders(target.prefix)) folders.add(folder);
  return [...folders].filter(isOrgFolder);
}

async function isReadBack(directory: string): Promise<boolean> {
  return stat(join(directory, 'mirror', READ_BACK)).then(
    () => true,
    () => false,
  );
}

async function rememberReadBack(directory: string, { shown }: S3Target): Promise<void> {
  if (!(await isReadBack(directory)))
    await writeWhole(join(directory, 'mirror', READ_BACK), [Buffer.from(`${shown}\n`)]);
}

/** Rejects with a usage error when the bucket is another one than in the first run: the environment supplies a part of its address. */
async function keepTarget(directory: string, { shown }: S3Target): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'bucket');
  const before = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (before === undefined) return writeWhole(path, [Buffer.from(`${shown}\n`)]);
  if (before.trim() === shown) return;
  throw usageError(
    `this collector brings events to ${before.trim()}, and now that would be ${shown}`,
    'What the address leaves out comes from AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL and AWS_REGION: set them as they were. Another bucket is another collector.',
  );
}
