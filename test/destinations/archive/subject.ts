import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openArchive } from '../../../src/destinations/archive/open.js';
import { invent } from '../../../src/providers/invent.js';
import { type ArchiveSite, filesBelow, held, openArchiveSite } from '../../archive/site.js';
import type { Subject } from '../contract.js';
import { ORG } from '../entries.js';

export const archive: Subject<ArchiveSite> = {
  name: 'archive',
  destination: 'archive',
  redelivery: 'once',
  start: () => openArchiveSite(),
  open: async ({ ctx, root }) => openArchive(ctx(), root, { provider: invent, schema: undefined }),
  held: async ({ root }) => held(await filesBelow(root).catch(() => new Map())),
  goesAway: {
    exit: 1,
    async begin({ root }) {
      await rename(root, `${root}.away`);
      await writeFile(root, 'of somebody');
      return async () => {
        await rm(root);
        await rename(`${root}.away`, root);
      };
    },
  },
  takesAPart: {
    exit: 1,
    // A directory stands where the file of a day in the middle is written.
    async begin({ root }) {
      const day = join(root, `org=${ORG}`, 'date=2026-11-15');
      await mkdir(join(day, 'events.ndjson.gz.partial'), { recursive: true });
      return () => rm(day, { recursive: true });
    },
  },
  isFull: { missing: 'a directory is full when its disk is: test/engines/disk.engine.ts fills one' },
  refusesSecret: { missing: 'a directory has no secret' },
  restarts: {
    missing: 'nothing restarts between us and a directory: test/archive/killed.test.ts ends us at every step',
  },
  loses: { missing: 'a disk loses nothing that was synced: test/archive/killed.test.ts ends us at every step' },
  isSlow: { missing: 'every write is waited for: a slow disk is only that' },
};
