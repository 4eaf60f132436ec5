import { resolve } from 'node:path';
import { type HeldOrg, readHeld } from '../../archive/held.js';
import type { Context } from '../../context.js';
import { usageError } from '../../errors.js';
import { safeJson } from '../../json/escape.js';
import { orgOf } from '../../manifest/names.js';
import type { FormatFlags } from '../flags/format.js';
import { withPlace } from '../job/place.js';
import { openNotes } from '../say/notes.js';
import { count, size } from '../say/numbers.js';

export async function archiveStatus(ctx: Context, flags: FormatFlags, dir: string): Promise<void> {
  const orgs = await withPlace(ctx, dir, openNotes(ctx, flags), async ({ path, bucket }) => {
    await bucket?.fetchManifests();
    const found: ArchiveOrgStatus[] = [];
    for await (const held of readHeld(resolve(ctx.cwd, path), path)) found.push(statusOf(held));
    if (found.length === 0) throw noArchive(path);
    return found;
  });
  await ctx.stdout.write(flags.format === 'json' ? asJson(orgs) : asTable(orgs));
}

export function noArchive(dir: string): Error {
  return usageError(
    `${dir} is not an archive: it has no folder of an organization`,
    'To make one: auditlog collect NAME --create --dest DIR',
  );
}

interface ArchiveOrgStatus {
  readonly org: string;
  readonly provider: string;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly sealedTo: string | null;
  readonly prunedBefore: string | null;
  /** Days that have an entry. */
  readonly days: number;
  readonly entries: number;
  readonly late: number;
  readonly undated: number;
  readonly bytes: number;
}

function statusOf({ folder, identity, days, firstDay, lastDay, sealedTo, prunedBefore }: HeldOrg): ArchiveOrgStatus {
  const sum = (what: 'rows' | 'late' | 'bytes') => days.reduce((total, { [what]: each }) => total + each, 0);
  return {
    org: orgOf(folder),
    provider: identity.provider ?? '',
    firstDay,
    lastDay,
    sealedTo,
    prunedBefore,
    days: days.filter(({ day, rows }) => rows > 0 && day !== 'undated').length,
    entries: sum('rows'),
    late: sum('late'),
    undated: days.find(({ day }) => day === 'undated')?.rows ?? 0,
    bytes: sum('bytes'),
  };
}

function asJson(orgs: readonly ArchiveOrgStatus[]): string {
  return `${safeJson({ format: 'auditlog-archive-1', orgs }, 2)}\n`;
}

const HEADINGS = ['ORG', 'FROM', 'TO', 'SEALED TO', 'DAYS', 'ENTRIES', 'LATE', 'SIZE'];

function asTable(orgs: readonly ArchiveOrgStatus[]): string {
  const rows = orgs.map((one) => [
    one.org,
    one.prunedBefore !== null && one.prunedBefore > one.firstDay ? one.prunedBefore : one.firstDay,
    one.lastDay,
    one.sealedTo ?? '-',
    count(one.days),
    count(one.entries),
    count(one.late),
    size(one.bytes),
  ]);
  const table = [HEADINGS, ...rows];
  const widths = HEADINGS.map((_, at) => Math.max(...table.map((cells) => cells[at]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => (at < 4 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ');
  return `${table.map((cells) => line(cells).trimEnd()).join('\n')}\n`;
}
