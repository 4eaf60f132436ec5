import { join } from 'node:path';
import type { Context } from '../../context.js';
import { openArchiveDelivery } from '../archive/open.js';
import type { DestinationOptions, FileDelivery, OpenDestination } from '../destination.js';
import { checkS3 } from './check.js';
import { openS3Client } from './client.js';
import { forgetDeleted, readBack } from './compare.js';
import { guardFolder, localChain, type MirrorOf } from './guard.js';
import { openJournal } from './journal.js';
import { lakeOf, openLake, sourcePrefix } from './lake.js';
import { mirrorFolder, refillFolder } from './mirror.js';
import { hashOfList, mirrorOrgList } from './orglist.js';
import { restoreFolder } from './restore.js';
import { BucketState } from './state.js';
import { parseS3Url } from './url.js';

/** A bucket as a destination: it holds the files of an archive, and so does the collector's own directory. With OCSF it is a data lake. */
export const openS3: OpenDestination = (ctx, url, options) => {
  const target = parseS3Url(url, ctx.env);
  const lake = lakeOf(target, options.schema);
  const checked = lake === undefined ? target : { ...target, prefix: sourcePrefix(target, ENTITY_MANAGEMENT) };
  return {
    shown: target.shown,
    idempotent: true,
    check: () => checkS3(ctx, checked, options.hears),
    open: async () => {
      const state = new BucketState(options.directory, target);
      await state.keepTarget();
      return lake === undefined ? openDelivery(ctx, state, options) : openLake(ctx, lake, options);
    },
  };
};

/** The class, and so the source in a lake, of most events. */
const ENTITY_MANAGEMENT = 3004;

function wordsOf([first, ...others]: readonly string[]): string {
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${first}${more} ${others.length === 0 ? 'was' : 'were'} deleted from the bucket: putting ${others.length === 0 ? 'it' : 'them'} again`;
}

async function openDelivery(ctx: Context, state: BucketState, options: DestinationOptions): Promise<FileDelivery> {
  const { root, target } = state;
  const client = await openS3Client(ctx, target, options.hears);
  const within = async <T>(folder: string, work: (mirror: MirrorOf) => Promise<T>): Promise<T> => {
    const journal = await openJournal(state.journalOf(folder));
    try {
      return await work({ client, journal, directory: join(root, folder), prefix: `${target.prefix}${folder}/` });
    } finally {
      await journal.close();
    }
  };
  try {
    for (const folder of await state.folders(client)) {
      const isThere = (await localChain(join(root, folder))) !== undefined;
      await within<unknown>(folder, isThere ? refillFolder : restoreFolder);
    }
    const listed = { client, root, prefix: target.prefix };
    let list = await mirrorOrgList(listed);
    await state.rememberReadBack();
    const archive = await openArchiveDelivery(ctx, root, root, options);
    return {
      kind: 'files',
      look: (known, deep) =>
        within(known.folder, async (mirror) => {
          const deleted = deep ? await forgetDeleted(mirror) : [];
          const notes = deleted.length === 0 ? [] : [wordsOf(deleted)];
          const looked = await archive.look(known, deep);
          if (!looked.isBroken || !(await readBack(mirror))) return { ...looked, notes };
          const restored = `${known.folder} in ${root} was damaged: it was read back from the bucket`;
          return { ...(await archive.look(known, deep)), notes: [...notes, restored] };
        }),
      take: async (gathered, org, expected) => {
        const folder = await archive.folderOf(gathered, org);
        return within(folder, async (mirror) => {
          // Before anything is added here to a bucket of somebody else.
          await guardFolder(mirror);
          const taken = await archive.take(gathered, org, expected);
          await mirrorFolder(mirror);
          // After the folder: what is listed is there.
          if ((await hashOfList(root)) !== list) list = await mirrorOrgList(listed);
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
