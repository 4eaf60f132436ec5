import { collectorNames } from '../../collect/definition.js';
import { type CollectorState, instant, loadCollector } from '../../collect/status.js';
import type { Context } from '../../context.js';
import { AuditlogError, EXIT, type ExitCode } from '../../errors.js';
import { safe } from '../../terminal/text.js';
import type { FormatFlags } from '../flags/format.js';
import { type Notes, openNotes } from '../say/notes.js';
import { table } from '../write/columns.js';
import { writeJson } from '../write/json.js';
import { partsOf } from './parts.js';

/** `auditlog collect list`. */
export async function listCollectors(ctx: Context, flags: FormatFlags): Promise<ExitCode> {
  const notes = openNotes(ctx, flags);
  const { all, code } = await loadCollectors(ctx, notes);
  if (flags.format === 'json') await writeJson(ctx, all.map(described));
  else if (all.length > 0) {
    const rows = all.map(({ definition: { name, connection, dest } }) => {
      return [name, connection.provider, connection.baseUrl ?? 'the demo', dest];
    });
    await ctx.stdout.write(table(['NAME', 'PROVIDER', 'ADDRESS', 'DESTINATION'], rows));
  } else if (code === EXIT.ok) notes.say(NONE);
  return code;
}

export const NONE = 'There are no collectors. To make one: auditlog collect NAME --create --dest DIR';

/** All collectors. A damaged one does not hide the others: it is reported, and gives the exit code. */
export async function loadCollectors(
  ctx: Context,
  notes: Notes,
): Promise<{ readonly all: readonly CollectorState[]; readonly code: ExitCode }> {
  const all: CollectorState[] = [];
  let code: ExitCode = EXIT.ok;
  const names = await collectorNames(ctx);
  for (const found of await Promise.allSettled(names.map((name) => loadCollector(ctx, name)))) {
    if (found.status === 'fulfilled') all.push(found.value);
    else if (!(found.reason instanceof AuditlogError)) throw found.reason;
    else {
      notes.insist([found.reason.message, found.reason.hint ?? ''].filter(Boolean).join('\n'));
      code = found.reason.exitCode;
    }
  }
  return { all, code };
}

/** `auditlog collect show NAME`. */
export async function showCollector(ctx: Context, flags: FormatFlags, name: string): Promise<void> {
  const collector = await loadCollector(ctx, name);
  if (flags.format === 'json') return writeJson(ctx, described(collector));
  const { definition, folder } = collector;
  const parts = Object.entries({
    ...partsOf(definition),
    ...(definition.interval === null ? {} : { 'meant to run every': definition.interval }),
    made: instant(definition.created) ?? '',
    'remembers in': folder.path,
  });
  const width = Math.max(...parts.map(([part]) => part.length));
  await ctx.stdout.write(parts.map(([part, text]) => `${part.padEnd(width)}  ${safe(text)}\n`).join(''));
}

function described({ definition: { created, ...rest }, folder }: CollectorState): object {
  return { ...rest, created: instant(created), directory: folder.path };
}
