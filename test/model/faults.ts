import { answerFaults } from './answerfaults.js';
import type { Fault } from './fault.js';
import { pageFaults } from './pagefaults.js';
import { WIRE_FAULTS, type WireFault } from './wire.js';

const wireFaults = Object.fromEntries(WIRE_FAULTS.map((wire) => [wire, { wire }])) as Record<WireFault, Fault>;

/** Every fault by its name. */
export const FAULTS = { ...pageFaults, ...answerFaults, ...wireFaults } as const;

export type FaultName = keyof typeof FAULTS;

/** How often each fault happens, as a part of all answers. */
export type Mix = Readonly<Partial<Record<FaultName, number>>>;

/** Faults of the transport and of HTTP that asking again cures, and that need no patience: 5 % of all answers. */
const MILD: Mix = scaled(0.05, {
  '429-seconds': 3,
  '503-retry-0': 1,
  '500-html': 2,
  '502-html': 2,
  '504-html': 2,
  'rst-before-headers': 2,
  'close-before-headers': 2,
  'rst-mid-body': 3,
  'body-shorter-than-length': 2,
  'cut-chunked': 2,
  'cut-close-delimited': 2,
  'gzip-truncated': 1,
  'gzip-no-trailer': 1,
  'gzip-bad-crc': 1,
});

/** Everything: 28 % of all answers. */
const HEAVY: Mix = scaled(0.28, {
  '429-seconds': 30,
  '429-date': 20,
  '429-no-header': 20,
  '503-retry-0': 6,
  '503-retry-blank': 5,
  '503-retry-negative': 5,
  '503-retry-words': 5,
  '503-retry-day': 1,
  '500-html': 14,
  '502-html': 13,
  '504-html': 13,
  'login-page': 10,
  'body-object': 2,
  'body-null': 2,
  'body-empty-list': 2,
  'body-string': 2,
  'rst-before-headers': 15,
  'close-before-headers': 5,
  'rst-mid-headers': 3,
  'rst-mid-body': 27,
  'body-shorter-than-length': 10,
  'length-shorter-than-body': 3,
  'cut-chunked': 10,
  'cut-close-delimited': 20,
  'gzip-truncated': 10,
  'gzip-no-trailer': 8,
  'gzip-bad-crc': 8,
  'gzip-garbage-after': 2,
  'gzip-bomb': 1,
  'stall-headers': 10,
  'stall-body': 10,
  'slow-drip': 10,
  lag: 50,
  'cached-page': 10,
  'count-plus-one': 4,
  'count-minus-one': 4,
  'count-missing': 4,
  'count-capped': 4,
  'count-two-headers': 4,
  'count-of-page': 5,
  'page-repeated': 5,
  'duplicate-row': 10,
  'other-bytes': 2,
  'redirect-same': 2,
  'redirect-other': 2,
  'redirect-http': 1,
  'wrong-org': 1,
  'foreign-row': 4,
  'list-null': 2,
  'not-http': 1,
  'header-bomb': 1,
  'bad-utf8': 2,
  'json-cut': 2,
});

export const PROFILES = { none: {}, mild: MILD, heavy: HEAVY } as const satisfies Readonly<Record<string, Mix>>;

export type Profile = keyof typeof PROFILES;

function scaled(whole: number, weights: Mix): Mix {
  const sum = Object.values(weights).reduce((total, weight) => total + weight, 0);
  return Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, (weight / sum) * whole])) as Mix;
}
