import type { AuditEvent } from '../event.js';
import type { Provider } from '../providers/provider.js';
import { type DimensionContext, NONE, parseDimensions } from '../stats/dimensions.js';
import type { Counted, CountedGroup } from '../stats/tally.js';
import { DAY_MS, type Zone } from '../time.js';
import type { ReportNumbers } from './gather.js';

/** The period before the report's, half-open, epoch ms. */
export interface PeriodBefore {
  readonly from: number;
  readonly before: number;
}

/** The range of the same length just before; as many months if the range is whole months. Undefined for a range with an open end. */
export function periodBefore(
  { from, before }: { readonly from: number | undefined; readonly before: number | undefined },
  zone: Zone,
): PeriodBefore | undefined {
  if (from === undefined || before === undefined || from >= before) return undefined;
  const [first, after] = [from, before].map((ms) => new Date(ms + zone.offsetAt(ms)));
  if (isMonthStart(first!) && isMonthStart(after!)) {
    const months = monthOf(after!) - monthOf(first!);
    const start = Date.UTC(first!.getUTCFullYear(), first!.getUTCMonth() - months, 1);
    return { from: zone.startOfDay(start), before: from };
  }
  return { from: from - (before - from), before: from };
}

function isMonthStart(local: Date): boolean {
  return local.getUTCDate() === 1 && local.getTime() % DAY_MS === 0;
}

function monthOf(local: Date): number {
  return local.getUTCFullYear() * 12 + local.getUTCMonth();
}

/** What can be new in a period, with the name of its count. */
export const SEEN = { actions: 'action', people: 'actor', countries: 'country', addresses: 'ip' } as const;
export type SeenName = keyof typeof SEEN;
const NAMES = Object.keys(SEEN) as SeenName[];

/** Maximum number of values to remember of each; with more, what is new is unknown. */
const MOST_SEEN = 200_000;

/** The values of the period before. */
export interface SeenBefore {
  readonly total: number;
  /** Epoch ms of the oldest event; undefined without one. */
  readonly oldest: number | undefined;
  readonly values: Readonly<Record<SeenName, ReadonlySet<string>>>;
  /** Whether there were too many values to remember. */
  readonly isPartial: boolean;
}

/** Collects the period before, in bounded memory. */
export function openSeen(provider: Provider) {
  const look: DimensionContext = { provider, toLocal: (ms) => ms };
  const dimensions = parseDimensions(
    NAMES.map((name) => SEEN[name]),
    provider,
  );
  const values: Record<SeenName, Set<string>> = {
    actions: new Set(),
    people: new Set(),
    countries: new Set(),
    addresses: new Set(),
  };
  let total = 0;
  let oldest: number | undefined;
  let isPartial = false;
  return {
    add(event: AuditEvent, org: string): void {
      total += 1;
      if (!Number.isNaN(event.time)) oldest = oldest === undefined ? event.time : Math.min(oldest, event.time);
      for (const [at, dimension] of dimensions.entries()) {
        const set = values[NAMES[at]!];
        if (set.size < MOST_SEEN) set.add(dimension.key(event, look, org));
        else isPartial = true;
      }
    },
    result: (): SeenBefore => ({ total, oldest, values, isPartial }),
  };
}

/** The groups that a period has and the one before does not, most events first. */
export function newGroups(
  { counts }: Pick<ReportNumbers, 'counts'>,
  { values }: Pick<SeenBefore, 'values'>,
  name: SeenName,
): readonly CountedGroup[] {
  const { groups }: Counted = counts[name];
  return groups
    .filter(({ keys: [key = ''] }) => key !== NONE && !values[name].has(key))
    .sort((a, b) => b.count - a.count || ((a.labels[0] ?? '') < (b.labels[0] ?? '') ? -1 : 1));
}
