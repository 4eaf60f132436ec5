import { lastClosedDay } from '../engine/plan.js';
import { canonicalJson } from '../manifest/canonical.js';
import type { WindowRecord, WireRecord } from '../manifest/shape/run.js';
import { addDays, FIRST_DAY, LAST_DAY, parseTimestamp } from '../time.js';
import type { Finding, KnownManifest } from './finding.js';

/** The server's count of a range of days, for all of these filters together. */
export type CountDays = (
  days: { readonly from: string | undefined; readonly to: string | undefined },
  wire: readonly WireRecord[],
) => Promise<number>;

export interface Recount {
  readonly findings: readonly Finding[];
  /** The compared ranges of days, and those with days that were open when read. */
  readonly compared: readonly string[];
  readonly open: readonly string[];
}

/**
 * Counts again what manifests recorded: one request for all consecutive days, and more only to find where the count differs. Ranges that were open
 * then are only checked for missing entries.
 */
export async function recount(known: readonly KnownManifest[], count: CountDays): Promise<Recount> {
  const findings: Finding[] = [];
  const compared: string[] = [];
  const open: string[] = [];
  for (const { path, wire, ranges } of questions(known)) {
    const differs = (range: CountedRange, now: number): void => {
      const why = `the server reports ${now} events now, ${range.count} when they were read${range.at === null ? '' : ` (${range.at})`}: ${now > range.count ? 'some arrived late, export again' : 'some are gone'}`;
      findings.push({ kind: 'server', path, why: `${shown(range)}: ${why}` });
    };
    for (const run of inARow(ranges.filter(({ closed }) => closed))) {
      compared.push(shown({ from: run[0]!.from, to: run.at(-1)!.to }));
      for (const { range, now } of await changed(run, (days) => count(bounds(days), wire))) differs(range, now);
    }
    for (const range of ranges.filter(({ closed }) => !closed)) {
      open.push(shown(range));
      const now = await count(bounds(range), wire);
      if (now < range.count) differs(range, now);
    }
  }
  return { findings, compared, open };
}

interface DaySpan {
  readonly from: string;
  readonly to: string;
}

interface CountedRange extends DaySpan {
  readonly count: number;
  readonly at: string | null;
  /** Over in every time zone when read. */
  readonly closed: boolean;
}

interface CountedQuery {
  /** The newest manifest with this query. */
  readonly path: string;
  readonly wire: readonly WireRecord[];
  readonly ranges: readonly CountedRange[];
}

/** The distinct queries of all manifests, each with the newest count for each day. */
function questions(known: readonly KnownManifest[]): readonly CountedQuery[] {
  const newestFirst = [...known].sort((a, b) => (a.manifest.read.endedAt < b.manifest.read.endedAt ? 1 : -1));
  const found = new Map<string, { path: string; wire: readonly WireRecord[]; ranges: CountedRange[] }>();
  for (const { path, manifest } of newestFirst) {
    const { wire } = manifest.query;
    // A server cannot be asked for pseudonyms.
    if (manifest.pseudonyms !== undefined && wire.some(({ filters }) => Object.keys(filters).length > 0)) continue;
    const key = canonicalJson(wire);
    const question = found.get(key) ?? { path, wire, ranges: [] };
    found.set(key, question);
    const { windows, closed } = manifest.read;
    for (const range of [...(closed === null ? [] : toRange(closed)), ...windows.flatMap(toRange)]) {
      if (!isCovered(range, question.ranges)) question.ranges.push(range);
    }
  }
  return [...found.values()];
}

function toRange({ from, to, count, at }: Pick<WindowRecord, 'from' | 'to' | 'count' | 'at'>): readonly CountedRange[] {
  if (count === null) return [];
  const readAt = at === null ? Number.NaN : parseTimestamp(at);
  const closed = to !== null && !Number.isNaN(readAt) && to <= lastClosedDay(readAt);
  return [{ from: from ?? FIRST_DAY, to: to ?? LAST_DAY, count, at, closed }];
}

/** Whether one of these ranges covers every day of a range. */
function isCovered({ from, to }: DaySpan, ranges: readonly DaySpan[]): boolean {
  let day = from;
  for (;;) {
    const over = ranges.find((range) => range.from <= day && day <= range.to);
    if (over === undefined) return false;
    if (over.to >= to) return true;
    day = addDays(over.to, 1);
  }
}

/** Groups ranges that follow one another without a gap or an overlap. */
function inARow(ranges: readonly CountedRange[]): readonly (readonly CountedRange[])[] {
  const rows: CountedRange[][] = [];
  for (const range of [...ranges].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const row = rows.at(-1);
    if (row !== undefined && addDays(row.at(-1)!.to, 1) === range.from) row.push(range);
    else rows.push([range]);
  }
  return rows;
}

async function changed(
  row: readonly CountedRange[],
  count: (days: DaySpan) => Promise<number>,
): Promise<readonly { readonly range: CountedRange; readonly now: number }[]> {
  const now = await count({ from: row[0]!.from, to: row.at(-1)!.to });
  if (now === row.reduce((sum, range) => sum + range.count, 0)) return [];
  if (row.length === 1) return [{ range: row[0]!, now }];
  const half = Math.ceil(row.length / 2);
  const parts = [...(await changed(row.slice(0, half), count)), ...(await changed(row.slice(half), count))];
  // If both halves match and the whole does not, the server's days do not add up, or the log changed meanwhile.
  const whole = { from: row[0]!.from, to: row.at(-1)!.to, count: row.reduce((sum, range) => sum + range.count, 0) };
  return parts.length > 0 ? parts : [{ range: { ...whole, at: null, closed: true }, now }];
}

function bounds({ from, to }: DaySpan): { from: string | undefined; to: string | undefined } {
  return { from: from === FIRST_DAY ? undefined : from, to: to === LAST_DAY ? undefined : to };
}

function shown({ from, to }: DaySpan): string {
  if (from === FIRST_DAY) return to === LAST_DAY ? 'all days' : `until ${to}`;
  if (to === LAST_DAY) return `from ${from}`;
  return from === to ? from : `${from} to ${to}`;
}
