import { createHash } from 'node:crypto';
import type { Entry } from '../../event.js';

/** Which entries at the newest end of a stream have been met: every one that is newer than `floor`. Old ones are forgotten, so that it stays small. */
export interface KnownEntries {
  has(key: string): boolean;
  /** Epoch ms: entries of that time or older may have been met or not. */
  readonly floor: number;
  /** Takes over what a look has met; `floor` is how far down it met everything. */
  accept(met: ReadonlyMap<string, number>, floor: number): void;
  /** Forgets what is older than `time`, but for the newest of it. */
  forget(time: number): void;
  readonly size: number;
}

/** So many old entries are remembered in any case: where little happens, a late one is then known for what it is after days. */
export const REMEMBERED = 2000;

export function openKnown(): KnownEntries {
  const times = new Map<string, number>();
  let floor = Number.POSITIVE_INFINITY;
  return {
    has: (key) => times.has(key),
    get floor() {
      return floor;
    },
    accept(met, down) {
      for (const [key, time] of met) times.set(key, time);
      floor = Math.min(floor, down);
    },
    forget(time) {
      if (times.size <= REMEMBERED) return;
      const oldestFirst = [...times].sort((a, b) => a[1] - b[1]);
      const droppable = oldestFirst.slice(0, times.size - REMEMBERED).filter(([, at]) => at < time);
      for (const [key] of droppable) times.delete(key);
      floor = Math.max(floor, droppable.at(-1)?.[1] ?? floor);
    },
    get size() {
      return times.size;
    },
  };
}

/** By id and time, as some vendors number the entries of each day from one; without an id by the text, and how many equal texts came before it in this look: two identical entries may both be real. */
export function keyOf({ id, time, raw }: Entry, equals: Map<string, number>): string {
  if (id !== undefined) return `#${time} ${id}`;
  const text = createHash('sha256').update(raw).digest('base64');
  const ordinal = equals.get(text) ?? 0;
  equals.set(text, ordinal + 1);
  return `${text} ${ordinal}`;
}
