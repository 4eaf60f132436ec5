import { resolve } from 'node:path';
import { parseAge } from '../../archive/age.js';
import { orgFolders } from '../../archive/orgs.js';
import { type Pruning, planPruning, prune } from '../../archive/prune.js';
import type { Context } from '../../context.js';
import { EXIT, type ExitCode, usageError } from '../../errors.js';
import { safeJson } from '../../json/escape.js';
import { orgOf } from '../../manifest/names.js';
import type { FormatFlags } from '../flags/format.js';
import { isBucketAddress } from '../job/place.js';
import { openNotes } from '../say/notes.js';
import { count, size } from '../say/numbers.js';
import { noArchive } from './status.js';

export interface PruneFlags extends FormatFlags {
  readonly olderThan: string;
  readonly org?: readonly string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export async function archivePrune(ctx: Context, flags: PruneFlags, dir: string): Promise<ExitCode> {
  const notes = openNotes(ctx, flags);
  const cutoff = parseAge(flags.olderThan, '--older-than', ctx.clock.now());
  if (isBucketAddress(dir))
    throw usageError(
      'a bucket cannot be pruned: prune the directory of the collector that fills it',
      'To find the directory: auditlog collect show NAME\nThe next cycle removes the objects',
    );
  const root = resolve(ctx.cwd, dir);
  const orgs = (await foldersOf(root, dir, flags.org)).map((folder) => ({ root, shown: dir, folder }));
  const planned: Pruning[] = [];
  for (const org of orgs) planned.push(await planPruning(org, cutoff));
  const isDry = flags.dryRun === true;
  if (!isDry && flags.yes !== true && planned.some(({ record }) => record !== undefined))
    await confirm(ctx, flags.input !== false, planned, cutoff);
  const done: Pruning[] = [];
  // Runs even if nothing is left to prune: an interrupted run may have left files to delete.
  for (const org of isDry ? [] : orgs) done.push(await prune(ctx, org, cutoff));
  const told = isDry ? planned : done;
  await ctx.stdout.write(flags.format === 'json' ? asJson(cutoff, isDry, told) : asText(told, isDry, cutoff));
  for (const { folder, unsealed } of told)
    if (unsealed > 0)
      notes.say(`${orgOf(folder)}: kept ${count(unsealed)} older ${unsealed === 1 ? 'day' : 'days'}: not sealed yet`);
  return EXIT.ok;
}

async function foldersOf(root: string, dir: string, orgs: readonly string[] | undefined): Promise<readonly string[]> {
  const there = await orgFolders(root);
  if (there.length === 0) throw noArchive(dir);
  if (orgs === undefined) return there;
  const missing = orgs.find((org) => !there.includes(`org=${org}`));
  if (missing !== undefined)
    throw usageError(`${dir} has no organization ${missing}`, `See: auditlog archive status ${dir}`);
  return there.filter((folder) => orgs.includes(orgOf(folder)));
}

/** Asks on the terminal. Rejects with a usage error unless the answer is yes. */
async function confirm(ctx: Context, mayPrompt: boolean, planned: readonly Pruning[], cutoff: string): Promise<void> {
  if (!ctx.stdin.isTTY || !mayPrompt)
    throw usageError(
      'cannot ask for confirmation: standard input is not a terminal',
      'Add --yes. To see what would be removed: --dry-run',
    );
  await ctx.stderr.write(`${asText(planned, true, cutoff)}What is removed is gone. Remove it? [y/N] `);
  for await (const typed of ctx.stdin.chunks()) {
    if (/^\s*y(es)?\s*$/i.test(Buffer.from(typed).toString())) return;
    break;
  }
  throw usageError('nothing was removed');
}

function asText(prunings: readonly Pruning[], isPlan: boolean, cutoff: string): string {
  const lines = prunings.flatMap(({ folder, record }) =>
    record === undefined
      ? []
      : [
          `${orgOf(folder)}: ${isPlan ? 'would remove' : 'removed'} ${record.first} to ${record.last}, ${count(record.rows)} entries, ${size(record.bytes)}`,
        ],
  );
  return lines.length === 0 ? `nothing is older than ${cutoff}, or it was removed before\n` : `${lines.join('\n')}\n`;
}

function asJson(cutoff: string, dryRun: boolean, prunings: readonly Pruning[]): string {
  const orgs = prunings.map(({ folder, record, unsealed }) => ({
    org: orgOf(folder),
    removed: record === undefined ? null : record,
    unsealed,
  }));
  return `${safeJson({ format: 'auditlog-prune-1', before: cutoff, dryRun, orgs }, 2)}\n`;
}
