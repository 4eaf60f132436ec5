import type { Define } from '../command.js';
import { flag, list } from '../flags/flag.js';
import { type FormatFlags, formatFlag } from '../flags/format.js';
import { explain } from '../help.js';
import type { PruneFlags } from './prune.js';

/** `auditlog archive status|prune`: what a directory that was collected into holds, and how to let go of what is old. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Looks after an archive: a directory that auditlog collect fills, with a folder for each organization and each day. Asks nobody.',
    examples: [
      ['auditlog archive status audit/', 'what it holds'],
      ['auditlog archive prune audit/ --older-than 7y --dry-run', 'what retention would remove'],
    ],
    ends: 'Whether it is still what it was: auditlog verify DIR',
  });

  const status = command.command('status').summary('show what an archive holds');
  explain(status, {
    does: 'Shows the days, entries and bytes of each organization, by the manifests: no file of entries is read.',
    examples: [
      ['auditlog archive status audit/', ''],
      ['auditlog archive status s3://my-lake/audit', 'in a bucket'],
      ['auditlog archive status audit/ -f json | jq -r ".orgs[].sealedTo"', 'for scripts'],
    ],
  });
  status
    .argument('<dir>', 'the archive, also as s3://bucket/prefix')
    .addOption(formatFlag('how to write it'))
    .action(
      perform(async (ctx, flags: FormatFlags, dir: string) =>
        (await import('./status.js')).archiveStatus(ctx, flags, dir),
      ),
    );

  const prune = command.command('prune').summary('remove days that are too old');
  explain(prune, {
    does: [
      'Removes the files of whole sealed days from the old end, and leaves a tombstone in the chain of each organization. Manifests stay, so that verify still tells what was there, and what was removed when. What is removed is gone: the vendor may have forgotten it, too.',
    ].join('\n'),
    examples: [
      ['auditlog archive prune audit/ --older-than 7y --dry-run', 'what would be removed'],
      ['auditlog archive prune audit/ --older-than 7y --yes', 'from cron'],
      ['auditlog archive prune audit/ --older-than 90d --org org_1', 'one organization'],
    ],
    ends: 'An age is a number of days (90d), weeks (12w), months (18mo) or years (7y) before today, in UTC. Days without a date (date=undated) and days that are not sealed stay.',
  });
  prune
    .argument('<dir>', 'the archive')
    .addOption(flag('--older-than <age>', 'remove days older than this: 7y, 18mo, 90d').makeOptionMandatory())
    .addOption(list('--org <id>', 'only of this organization'))
    .addOption(flag('--dry-run', 'tell what would be removed, and remove nothing'))
    .addOption(flag('--yes', 'do not ask'))
    .addOption(formatFlag('how to write what was removed'))
    .action(
      perform(async (ctx, flags: PruneFlags, dir: string) =>
        (await import('./prune.js')).archivePrune(ctx, flags, dir),
      ),
    );
};
