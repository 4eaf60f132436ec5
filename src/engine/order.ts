import type { Entry } from '../event.js';
import type { Order } from '../providers/provider.js';
import type { Page } from './request.js';

/** The order of a window so far: `unknown` while no two times differ, `mixed` if they go both ways. */
export type OrderSeen = Order | 'unknown' | 'mixed';

/** The order after one more page. Rows that were pushed from one page to the next show nothing. */
export function seeOrder(order: OrderSeen, before: Page | undefined, page: Page): OrderSeen {
  const seen = joined(order, orderOf(page.entries));
  const last = before?.entries.findLast(isTimed);
  if (before === undefined || last === undefined || seen === 'mixed') return seen;
  const first = page.entries.find((entry) => isTimed(entry) && !isOn(before.entries, entry));
  return first === undefined ? seen : joined(seen, orderOf([last, first]));
}

/** The order of consecutive entries. Those without a readable time are skipped. */
export function orderOf(entries: readonly Entry[]): OrderSeen {
  let last = Number.NaN;
  let isRising = false;
  let isFalling = false;
  for (const { time } of entries) {
    if (time > last) isRising = true;
    else if (time < last) isFalling = true;
    if (!Number.isNaN(time)) last = time;
  }
  if (isRising && isFalling) return 'mixed';
  return isRising ? 'oldest-first' : isFalling ? 'newest-first' : 'unknown';
}

function joined(one: OrderSeen, other: OrderSeen): OrderSeen {
  if (one === 'unknown') return other;
  return other === 'unknown' || other === one ? one : 'mixed';
}

function isTimed({ time }: Entry): boolean {
  return !Number.isNaN(time);
}

/** Whether an entry is among others: by its id, or by its text without one. */
export function isOn(entries: readonly Entry[], { id, raw }: Entry): boolean {
  return entries.some((one) => (id === undefined ? one.raw.equals(raw) : one.id === id));
}
