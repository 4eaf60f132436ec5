import { collectorNames, type Definition } from '../../collect/definition.js';
import { type CollectorState, type CollectorStatus, isSilent, loadCollector, statusOf } from '../../collect/status.js';
import type { Context } from '../../context.js';
import { AuditlogError, EXIT, type ExitCode } from '../../errors.js';
import { escapeJsonText } from '../../json/escape.js';
import { safe } from '../../terminal/text.js';
import type { FormatFlags } from '../flags/format.js';
import { type Notes, openNotes } from '../say/notes.js';
import { count, duration } from '../say/numbers.js';
import { partsOf } from './parts.js';

export interface StatusFlags extends FormatFlags {
  readonly failIfSilent?: string;
}

/** `auditlog collect list`. */
export async function listCollectors(ctx: Context, flags: FormatFlags): Promise<ExitCode> {
  const notes = openNotes(ctx, flags);
  const { all, code } = await standings(ctx, await collectorNames(ctx), notes);
  if (flags.format === 'json') {
    await writeJson(ctx, all.map(described));
    return code;
  }
  if (all.length === 0) {
    if (code === EXIT.ok) notes.say(NONE);
    return code;
  }
  const rows = all.map(({ definition }) => {
    const { name, connection, dest } = definition;
    return [name, connection.provider, connection.baseUrl ?? 'the demo', dest];
  });
  await ctx.stdout.write(table(['NAME', 'PROVIDER', 'ADDRESS', 'DESTINATION'], rows));
  return code;
}

const NONE = 'There are no collectors. To make one: auditlog collect NAME --create --dest DIR';

/** How all of these collectors are. One that is damaged does not hide the others: it is told, and gives the exit code. */
async function standings(
  ctx: Context,
  names: readonly string[],
  notes: Notes,
): Promise<{ readonly all: readonly CollectorState[]; readonly code: ExitCode }> {
  const all: CollectorState[] = [];
  let code: ExitCode = EXIT.ok;
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
  const standing = await loadCollector(ctx, name);
  if (flags.format === 'json') return writeJson(ctx, described(standing));
  const { definition, folder } = standing;
  const parts: readonly (readonly [string, string])[] = [
    ...Object.entries(partsOf(definition)),
    ...(definition.interval === null ? [] : [['meant to run every', definition.interval] as const]),
    ['made', instant(definition.created)],
    ['remembers in', folder.path],
  ];
  const width = Math.max(...parts.map(([part]) => part.length));
  await ctx.stdout.write(parts.map(([part, text]) => `${part.padEnd(width)}  ${safe(text)}\n`).join(''));
}

/** `auditlog collect status [NAME]`. */
export async function showStatus(ctx: Context, flags: StatusFlags, name: string | undefined): Promise<ExitCode> {
  const { parseDuration } = await import('../../time.js');
  const limit = flags.failIfSilent === undefined ? undefined : parseDuration(flags.failIfSilent, '--fail-if-silent');
  const notes = openNotes(ctx, flags);
  const { all, code } =
    name === undefined
      ? await standings(ctx, await collectorNames(ctx), notes)
      : { all: [await loadCollector(ctx, name)], code: EXIT.ok };
  const now = ctx.clock.now();
  const statuses = all.map((one) => statusOf(one, now));
  const silent = limit === undefined ? [] : all.filter((one) => isSilent(one, limit, now));
  if (flags.format === 'json') {
    const names = new Set(silent.map(({ definition }) => definition.name));
    await writeJson(
      ctx,
      statuses.map((one) => ({ ...one, ...(limit === undefined ? {} : { silent: names.has(one.name) }) })),
    );
  } else if (statuses.length === 0) {
    if (code === EXIT.ok) notes.say(NONE);
  } else
    await ctx.stdout.write(
      table(
        HEADINGS,
        statuses.map((one) => cells(one, now)),
      ),
    );
  if (limit !== undefined && all.length === 0) {
    notes.insist('there is no collector that could have succeeded');
    return EXIT.silent;
  }
  for (const { definition, last } of silent)
    notes.insist(
      last?.succeededAt == null
        ? `${definition.name} has never succeeded`
        : last.succeededAt > now
          ? `${definition.name} has its last success ${duration(last.succeededAt - now)} ahead of the clock: was it wrong then, or is it now?`
          : `${definition.name} has not succeeded for ${duration(now - last.succeededAt)}`,
    );
  return silent.length > 0 ? EXIT.silent : code;
}

const HEADINGS = ['NAME', 'STATE', 'LAST SUCCESS', 'LAG', 'EVENTS', 'LATE', 'CONFIRMED TO', 'NEXT RUN'] as const;

function cells(one: CollectorStatus, now: number): readonly string[] {
  const next =
    one.nextRun === null
      ? '-'
      : Date.parse(one.nextRun) <= now
        ? 'due'
        : `in ${duration(Date.parse(one.nextRun) - now)}`;
  const state = one.state === 'failing' ? `failing (${one.lastExitCode})` : one.state;
  return [
    one.name,
    state,
    one.lastSuccess ?? 'never',
    one.lagSeconds === null ? '-' : duration(one.lagSeconds * 1000),
    count(one.events),
    count(one.late),
    one.confirmedTo ?? '-',
    next,
  ];
}

/** A table whose columns are as wide as they must be. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows].map((row) => row.map(safe));
  const widths = headings.map((_, at) => Math.max(...lines.map((row) => (row[at] ?? '').length)));
  return lines
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

export async function writeJson(ctx: Context, value: unknown): Promise<void> {
  await ctx.stdout.write(`${escapeJsonText(JSON.stringify(value, null, 2))}\n`);
}

function described({ definition, folder }: CollectorState): object {
  const { created, ...rest }: Definition = definition;
  return { ...rest, created: instant(created), directory: folder.path };
}

function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
