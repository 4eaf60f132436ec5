import { type UncertainDays, uncertainDays } from '../../collect/gaps.js';
import { loadCollector } from '../../collect/status.js';
import type { Context } from '../../context.js';
import { EXIT, type ExitCode } from '../../errors.js';
import type { FormatFlags } from '../flags/format.js';
import { openNotes } from '../say/notes.js';
import { count } from '../say/numbers.js';
import { table, writeJson } from './table.js';
import { days } from './tell.js';

/** Days that may be incomplete at the destination. Entries that are gone from the server were delivered before, or never existed. */
const MISSING: ReadonlySet<UncertainDays['kind']> = new Set(['unread', 'unreconciled']);

/** `auditlog collect gaps NAME`. */
export async function showGaps(ctx: Context, flags: FormatFlags, name: string): Promise<ExitCode> {
  const standing = await loadCollector(ctx, name);
  const found = uncertainDays(standing, ctx.clock.now());
  if (flags.format === 'json') await writeJson(ctx, found);
  else if (found.length === 0) openNotes(ctx, flags).say(`${name}: no gaps`);
  else await ctx.stdout.write(table(...rowsOf(found, standing.orgs.length > 1)));
  return found.some(({ kind }) => MISSING.has(kind)) ? EXIT.unreconciled : EXIT.ok;
}

function rowsOf(
  found: readonly UncertainDays[],
  hasOrgs: boolean,
): readonly [readonly string[], readonly (readonly string[])[]] {
  const rows = found.map(({ org, kind, from, to, rows, why }) => [
    ...(hasOrgs ? [org] : []),
    kind,
    days(from ?? undefined, to ?? undefined),
    rows === null ? '-' : count(rows),
    why,
  ]);
  return [[...(hasOrgs ? ['ORG'] : []), 'WHAT', 'DAYS', 'EVENTS', 'WHY'], rows];
}
