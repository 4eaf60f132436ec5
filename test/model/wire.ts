/** What a server may do to an answer on its way through the socket. `gzip-*` need a client that asks for gzip, and are left out otherwise. */
export const WIRE_FAULTS = [
  'rst-before-headers',
  'close-before-headers',
  'rst-mid-headers',
  'rst-mid-body',
  'body-shorter-than-length',
  'length-shorter-than-body',
  'cut-chunked',
  'cut-close-delimited',
  'gzip-truncated',
  'gzip-no-trailer',
  'gzip-bad-crc',
  'gzip-garbage-after',
  'gzip-bomb',
  'stall-headers',
  'stall-body',
  'slow-drip',
  'header-bomb',
  'not-http',
  'early-hints',
  'chunked',
  'close-delimited',
] as const;

export type WireFault = (typeof WIRE_FAULTS)[number];
