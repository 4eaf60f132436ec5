import type { End } from './ends.js';

/** How pages follow one another. */
export const STYLES = [
  'page from 1',
  'page from 0',
  'offset',
  'offset + has_more',
  'cursor',
  'cursor + has_more',
  'link header',
  'link in the body',
] as const;
export type Style = (typeof STYLES)[number];

/** What the server counts: all that match, the rows of this page, or nothing. */
export const COUNTS = ['exact count', 'count of the page', 'no count'] as const;
export type Count = (typeof COUNTS)[number];

/** The largest page that the server gives, whatever is asked. */
export const CAPS = [100, 50, 25] as const;

/** `unordered`: the pages come newest first, the rows of each in any order. */
export const ORDERS = ['newest first', 'oldest first', 'unordered'] as const;
export type Order = (typeof ORDERS)[number];

/** A server, and what the provider file says of it. */
export interface Vendor {
  readonly style: Style;
  readonly count: Count;
  readonly cap: number;
  readonly order: Order;
  /** Whether it can be asked for days; default true. */
  readonly filtersDays?: boolean;
  /** It refuses requests without a range. */
  readonly needsRange?: boolean;
  /** It refuses longer ranges, in days. */
  readonly longestDays?: number;
  /** It refuses days that are not here yet. */
  readonly refusesFuture?: boolean;
  /** The provider file names the order. */
  readonly declaresOrder?: boolean;
  /** The answer says how many rows its pages hold, and the provider file where. */
  readonly saysSize?: boolean;
  /** Milliseconds that its clock is ahead of ours. */
  readonly skew?: number;
  /** How it says that there is nothing more; default: plainly. */
  readonly end?: End;
}

/** The size of a page that the provider file lets us ask for. */
export const ASKED = 100;

export function nameOf(vendor: Vendor): string {
  const { style, count, cap, order, end } = vendor;
  const parts: readonly (string | false | undefined)[] = [
    style,
    count,
    cap < ASKED ? `capped at ${cap}` : 'pages as asked',
    order,
    vendor.filtersDays === false && 'no date filter',
    vendor.needsRange === true && 'needs a range',
    vendor.longestDays !== undefined && `at most ${vendor.longestDays} days`,
    vendor.refusesFuture === true && 'refuses the future',
    vendor.declaresOrder === true && 'order declared',
    vendor.saysSize === true && 'says its page size',
    vendor.skew !== undefined &&
      `its clock ${vendor.skew < 0 ? 'behind' : 'ahead'} by ${Math.abs(vendor.skew) / 60_000} min`,
    end?.name,
  ];
  return parts.filter((part) => typeof part === 'string').join(', ');
}

/** Whether the answer is the list itself, so that nothing can stand beside it. */
export function isBare(style: Style): boolean {
  return style === 'page from 1' || style === 'link header';
}

/** The provider file, as its JSON. */
export function providerOf(vendor: Vendor): object {
  const { style, count, order } = vendor;
  const bare = isBare(style);
  const total = bare ? { header: 'X-Total' } : { path: 'total' };
  return {
    name: 'standin',
    title: 'Stand-in',
    path: '/v1/log',
    auth: { header: 'Authorization', scheme: 'Bearer' },
    dates: {
      format: 'day',
      ...(vendor.filtersDays !== false && { from: 'from', to: 'to' }),
      // As far back as the log reaches: without --from nothing else can be asked for.
      ...(vendor.needsRange === true && { required: true, defaultDays: 45 }),
      ...(vendor.longestDays !== undefined && { longestDays: vendor.longestDays }),
    },
    paging: {
      ...wayOf(vendor),
      size: 'limit',
      max: ASKED,
      ...(style.endsWith('has_more') && { hasMore: 'has_more' }),
      ...(vendor.saysSize === true && { sizeIn: bare ? { header: 'X-Page-Size' } : { path: 'page_size' } }),
    },
    ...(vendor.declaresOrder === true && { order: order === 'oldest first' ? 'oldest-first' : 'newest-first' }),
    items: bare ? '' : 'rows',
    ...(count !== 'no count' && { total }),
    fields: { id: 'id', time: 'at', action: 'action', actor: { id: 'by.id', name: 'by.name' } },
  };
}

function wayOf({ style, end }: Vendor): object {
  const next = end?.provider?.next ?? 'next';
  const ways: Readonly<Record<Style, object>> = {
    'page from 1': { style: 'page', page: 'page' },
    'page from 0': { style: 'page', page: 'page', first: 0 },
    offset: { style: 'offset', offset: 'offset' },
    'offset + has_more': { style: 'offset', offset: 'offset' },
    cursor: { style: 'cursor', cursor: 'after', next },
    'cursor + has_more': { style: 'cursor', cursor: 'after', next },
    'link header': { style: 'link' },
    'link in the body': { style: 'link', next },
  };
  return ways[style];
}
