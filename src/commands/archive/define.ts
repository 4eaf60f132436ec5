import type { Define } from '../command.js';
import { flag, list } from '../flags/flag.js';
import { type FormatFlags, formatFlag } from '../flags/format.js';
import { explain } from '../help.js';
import type { PruneFlags } from './prune.js';

/** `auditlog archive status|prune`: shows what an archive holds, and deletes old days. */
export const define: Define = (command, perform) => {
  explain(command, {
    does: 'Inspect an archive and delete old days. An archive is a directory that auditlog collect fills. Works offline.',
    examples: [
      ['auditlog archive status audit/', 'what it holds'],
      ['auditlog archive prune audit/ --older-than 7y --dry-run', 'what would be removed'],
    ],
    ends: 'To check that nothing changed: auditlog verify DIR',
  });

  const status = command.command('status').summary('show what an archive holds');
  explain(status, {
    does: 'Show the days, entries and bytes of each organization. Reads the manifests, not the entries.',
    examples: [
      ['auditlog archive status audit/', ''],
      ['auditlog archive status s3://my-lake/audit', 'in a bucket'],
      ['auditlog archive status audit/ -f json | jq -r ".orgs[].sealedTo"', 'for scripts'],
    ],
  });
  status
    .argument('<dir>', 'the archive, also as s3://bucket/prefix')
    .addOption(formatFlag('output format'))
    .action(
      perform(async (ctx, flags: FormatFlags, dir: string) =>
        (await import('./status.js')).archiveStatus(ctx, flags, dir),
      ),
    );

  const prune = command.command('prune').summary('delete old days');
  explain(prune, {
    does: 'Delete the files of old sealed days, and record that in the chain of each organization. Manifests stay, so verify still shows what was deleted and when. Deleted events may no longer exist at the vendor either.',
    examples: [
      ['auditlog archive prune audit/ --older-than 7y --dry-run', 'what would be removed'],
      ['auditlog archive prune audit/ --older-than 7y --yes', 'from cron'],
      ['auditlog archive prune audit/ --older-than 90d --org org_1', 'one organization'],
    ],
    ends: 'Ages are days (90d), weeks (12w), months (18mo) or years (7y) before today, in UTC. Undated entries and days that are not sealed stay.',
  });
  prune
    .argument('<dir>', 'the archive')
    .addOption(flag('--older-than <age>', 'delete days older than this: 7y, 18mo, 90d').makeOptionMandatory())
    .addOption(list('--org <id>', 'only this organization'))
    .addOption(flag('--dry-run', 'print what would be deleted, and delete nothing'))
    .addOption(flag('--yes', 'do not ask for confirmation'))
    .addOption(formatFlag('output format'))
    .action(
      perform(async (ctx, flags: PruneFlags, dir: string) =>
        (await import('./prune.js')).archivePrune(ctx, flags, dir),
      ),
    );
};
