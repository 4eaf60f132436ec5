import type { CommandName } from './commands.js';
import { table } from './table.js';
import { STYLES, type Vendor } from './vendor.js';

/** A server that counts every page by itself and gives smaller ones, and says how large they are. */
const saysSize: readonly Vendor[] = STYLES.flatMap((style) =>
  ([100, 50] as const).map(
    (cap): Vendor => ({ style, count: 'count of the page', cap, order: 'newest first', saysSize: true }),
  ),
);
table('the answer says how many rows its pages hold', saysSize);

const declared: readonly Vendor[] = STYLES.flatMap((style) =>
  (['newest first', 'oldest first'] as const).map(
    (order): Vendor => ({ style, count: 'no count', cap: 50, order, declaresOrder: true }),
  ),
);
table('the provider file names the order', declared);

const READING: readonly CommandName[] = [
  'list -n 120',
  'show --latest',
  'export --from --to',
  'tail',
  'collect',
  'stats --every month --from --to',
];

/** Whatever is asked for is found here, among everything. */
const undated: readonly Vendor[] = STYLES.flatMap((style) =>
  (['exact count', 'no count'] as const).flatMap((count) =>
    (['newest first', 'oldest first'] as const).map(
      (order): Vendor => ({ style, count, cap: 50, order, filtersDays: false }),
    ),
  ),
);
table('the server has no date filter', undated, { commands: READING });

/** A range is always sent, never a longer one than is allowed, and never one with days to come. */
const ranged: readonly Vendor[] = (['page from 1', 'offset', 'cursor', 'link header'] as const).flatMap((style) =>
  (['exact count', 'no count'] as const).flatMap((count): readonly Vendor[] => [
    { style, count, cap: 50, order: 'newest first', needsRange: true },
    { style, count, cap: 50, order: 'newest first', needsRange: true, longestDays: 7 },
    { style, count, cap: 50, order: 'newest first', refusesFuture: true },
  ]),
);
table('the server is particular about ranges', ranged);
