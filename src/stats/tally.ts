import type { AuditEvent } from '../event.js';
import type { Dimension, DimensionContext } from './dimensions.js';
import type { Periods } from './periods.js';

/** Events with the same values. */
export interface CountedGroup {
  /** One for each dimension. */
  readonly keys: readonly string[];
  /** For people; not yet safe. */
  readonly labels: readonly string[];
  readonly count: number;
  /** By the start of the period; empty without periods. */
  readonly periods: ReadonlyMap<number, number>;
}

export interface Counted {
  readonly total: number;
  readonly groups: readonly CountedGroup[];
  /** All events, by period. */
  readonly periods: ReadonlyMap<number, number>;
  /** Events without a valid time, which are in no period. */
  readonly untimed: number;
  /** Events above the maximum, counted in no group or period. If there are any, the order of groups is uncertain. */
  readonly lumped: number;
}

/** Maximum number of groups, and of periods in all groups together. */
export interface Bounds {
  readonly groups: number;
  readonly cells: number;
}

export const BOUNDS: Bounds = { groups: 50_000, cells: 300_000 };

export function openTally(
  dimensions: readonly Dimension[],
  periods: Periods | undefined,
  look: DimensionContext,
  bounds: Bounds = BOUNDS,
) {
  const groups = new Map<string, { keys: string[]; labels: string[]; count: number; periods: Map<number, number> }>();
  const all = new Map<number, number>();
  let cells = 0;
  let total = 0;
  let untimed = 0;
  let lumped = 0;

  const count = (into: Map<number, number>, start: number): boolean => {
    const known = into.get(start);
    if (known === undefined) {
      if (cells === bounds.cells) return false;
      cells += 1;
    }
    into.set(start, (known ?? 0) + 1);
    return true;
  };

  return {
    add(event: AuditEvent, org: string): void {
      total += 1;
      const isTimed = !Number.isNaN(event.time);
      if (!isTimed) untimed += 1;
      const start = periods === undefined || !isTimed ? undefined : periods.startOf(event.time);
      let isLumped = start !== undefined && !count(all, start);
      if (dimensions.length > 0) {
        const keys = dimensions.map((dimension) => dimension.key(event, look, org));
        const key = keys.length === 1 ? keys[0]! : JSON.stringify(keys);
        let group = groups.get(key);
        if (group === undefined && groups.size < bounds.groups) {
          const labels = dimensions.map(({ label }, at) => label?.(event, org) ?? keys[at]!);
          group = { keys, labels, count: 0, periods: new Map() };
          groups.set(key, group);
        }
        if (group === undefined) isLumped = true;
        else {
          group.count += 1;
          if (start !== undefined && !count(group.periods, start)) isLumped = true;
        }
      }
      if (isLumped) lumped += 1;
    },
    /** Valid until the next `add`. */
    result: (): Counted => ({ total, groups: [...groups.values()], periods: all, untimed, lumped }),
  };
}
