import { type UncertainDays, uncertainDays } from '../../collect/gaps.js';
import { orgFolder } from '../../collect/paths.js';
import { acknowledge, unacknowledged } from '../../collect/state/acknowledged.js';
import { loadCollector } from '../../collect/status.js';
import type { Context } from '../../context.js';
import { EXIT, type ExitCode } from '../../errors.js';
import type { FormatFlags } from '../flags/format.js';
import { openNotes } from '../say/notes.js';
import { count } from '../say/numbers.js';
import { table } from '../write/columns.js';
import { writeJson } from '../write/json.js';
import { days } from './tell.js';

/** Days that may be incomplete at the destination. Entries gone from the server were delivered before: they are an alarm until acknowledged. */
const MISSING: ReadonlySet<UncertainDays['kind']> = new Set(['unread', 'unreconciled']);

export interface GapsFlags extends FormatFlags {
  readonly acknowledge?: boolean;
}

/** `auditlog collect gaps NAME`. */
export async function showGaps(ctx: Context, flags: GapsFlags, name: string): Promise<ExitCode> {
  if (flags.acknowledge === true) await acknowledgeGone(ctx, flags, name);
  const standing = await loadCollector(ctx, name);
  const found = uncertainDays(standing, ctx.clock.now());
  if (flags.format === 'json') await writeJson(ctx, found);
  else if (found.length === 0) openNotes(ctx, flags).say(`${name}: no gaps`);
  else await ctx.stdout.write(table(...rowsOf(found, standing.orgs.length > 1)));
  return found.some(({ kind, acknowledged }) => MISSING.has(kind) || acknowledged === false)
    ? EXIT.unreconciled
    : EXIT.ok;
}

/** Acknowledges the entries that are gone so far. Works while the collector runs. */
async function acknowledgeGone(ctx: Context, flags: GapsFlags, name: string): Promise<void> {
  const { orgs, folder } = await loadCollector(ctx, name);
  let rows = 0;
  for (const { org, gone, acknowledged = [] } of orgs) {
    const more = unacknowledged(gone, acknowledged);
    if (more > 0) await acknowledge(folder.files, orgFolder(folder, org), gone);
    rows += more;
  }
  openNotes(ctx, flags).say(
    rows === 0
      ? `${name}: there was nothing to acknowledge`
      : `${name}: acknowledged that ${count(rows)} ${rows === 1 ? 'event is' : 'events are'} gone from the server`,
  );
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
