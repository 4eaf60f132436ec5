import { resolve } from 'node:path';
import type { Pruning } from '../../archive/prune.js';
import type { Context } from '../../context.js';
import { EXIT, type ExitCode, usageError } from '../../errors.js';
import { escapeJsonText } from '../../json/escape.js';
import type { FormatFlags } from '../flags/format.js';
import { openNotes } from '../say/notes.js';
import { count } from '../say/numbers.js';
import { noArchive, size } from './status.js';

export interface PruneFlags extends FormatFlags {
  readonly olderThan: string;
  readonly org?: readonly string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export async function archivePrune(ctx: Context, flags: PruneFlags, dir: string): Promise<ExitCode> {
  const [{ parseAge }, { planPruning, prune }] = await Promise.all([
    import('../../archive/age.js'),
    import('../../archive/prune.js'),
  ]);
  const notes = openNotes(ctx, flags);
  const cutoff = parseAge(flags.olderThan, '--older-than', ctx.clock.now());
  const root = resolve(ctx.cwd, dir);
  const folders = await foldersOf(root, dir, flags.org);
  const planned: Pruning[] = [];
  for (const folder of folders) planned.push(await planPruning(root, dir, folder, cutoff));
  const isDry = flags.dryRun === true;
  if (!isDry && planned.some(({ record }) => record !== undefined))
    await confirm(ctx, { yes: flags.yes === true, mayPrompt: flags.input !== false }, planned, cutoff);
  const done: Pruning[] = [];
  // Also where nothing is left to bury: files may be that an earlier run was about to remove.
  for (const folder of isDry ? [] : folders) done.push(await prune(ctx, root, dir, folder, cutoff));
  const told = isDry ? planned : done;
  await ctx.stdout.write(flags.format === 'json' ? asJson(cutoff, isDry, told) : asText(told, isDry, cutoff));
  for (const { folder, unsealed } of told)
    if (unsealed > 0)
      notes.say(
        `${folder.slice('org='.length)}: days that are as old and stay, since they are not sealed: ${count(unsealed)}`,
      );
  return EXIT.ok;
}

async function foldersOf(root: string, dir: string, orgs: readonly string[] | undefined): Promise<readonly string[]> {
  const { orgFolders } = await import('../../archive/orgs.js');
  const there = await orgFolders(root);
  if (there.length === 0) throw noArchive(dir);
  if (orgs === undefined) return there;
  const missing = orgs.find((org) => !there.includes(`org=${org}`));
  if (missing !== undefined)
    throw usageError(`${dir} has no organization ${missing}`, `See: auditlog archive status ${dir}`);
  return there.filter((folder) => orgs.includes(folder.slice('org='.length)));
}

/** Rejects with a usage error unless somebody says yes: here, or on the line. */
async function confirm(
  ctx: Context,
  { yes, mayPrompt }: { readonly yes: boolean; readonly mayPrompt: boolean },
  planned: readonly Pruning[],
  cutoff: string,
): Promise<void> {
  if (yes) return;
  if (!ctx.stdin.isTTY || !mayPrompt)
    throw usageError(
      'nobody is here to say yes, and what is removed is gone',
      'Look first with --dry-run, then say --yes.',
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
          `${folder.slice('org='.length)}: ${isPlan ? 'would remove' : 'removed'} ${record.first} to ${record.last}, ${count(record.rows)} entries, ${size(record.bytes)}`,
        ],
  );
  return lines.length === 0 ? `nothing is older than ${cutoff}, or it was removed before\n` : `${lines.join('\n')}\n`;
}

function asJson(cutoff: string, dryRun: boolean, prunings: readonly Pruning[]): string {
  const orgs = prunings.map(({ folder, record, unsealed }) => ({
    org: folder.slice('org='.length),
    removed: record === undefined ? null : record,
    unsealed,
  }));
  return `${escapeJsonText(JSON.stringify({ format: 'auditlog-prune-1', before: cutoff, dryRun, orgs }, null, 2))}\n`;
}
