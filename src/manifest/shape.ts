import {
  eitherOf,
  exactly,
  type Is,
  isCount,
  isFlag,
  isText,
  isWhole,
  listOf,
  mapOf,
  nullable,
  oneOf,
} from '../json/is.js';
import { isDay } from '../time.js';
import { CHAIN_FORMAT, type Chain } from './chain.js';
import { MANIFEST_FORMAT, MANIFEST_KINDS, type Manifest } from './manifest.js';
import type { RunRecord } from './record.js';

const isHash: Is<string> = (value): value is string => isText(value) && /^sha256:[0-9a-f]{64}$/.test(value);
const isDate: Is<string> = (value): value is string => isText(value) && isDay(value);
const isTexts = listOf(isText);

/** What a flag's value can be: a text, a number, a switch, or a list of texts. */
const isFlagValue = eitherOf(eitherOf(isText, isWhole), eitherOf(isFlag, isTexts));

const isIds = exactly({ count: isCount, sha256: isHash });
const isEntry = exactly({ id: nullable(isText), time: nullable(isText) });

const isWindow = exactly({
  from: nullable(isDate),
  to: nullable(isDate),
  rows: isCount,
  kept: isCount,
  count: nullable(isCount),
  at: nullable(isText),
  note: nullable(isText),
});

const RUN = {
  format: oneOf(MANIFEST_FORMAT),
  tool: exactly({ name: oneOf('auditlog'), version: isText, node: isText }),
  source: exactly({
    provider: isText,
    origin: isText,
    path: isText,
    orgs: isTexts,
    key: isText,
    tlsVerified: isFlag,
  }),
  query: exactly({
    asked: isText,
    flags: mapOf(isFlagValue),
    from: nullable(isText),
    before: nullable(isText),
    wire: listOf(exactly({ org: isText, filters: mapOf(isText) })),
  }),
  read: exactly(
    {
      startedAt: isText,
      endedAt: isText,
      serverTime: nullable(isText),
      clockSkewMs: isWhole,
      serverCount: nullable(isCount),
      fetched: isCount,
      kept: isCount,
      requests: isCount,
      retries: isCount,
      rereads: isCount,
      duplicates: isCount,
      vanished: isCount,
      mutated: isCount,
      missingId: isCount,
      outOfWindow: isCount,
      unordered: isCount,
      observations: isCount,
      resumed: isFlag,
      windows: listOf(isWindow),
      closed: nullable(exactly({ from: nullable(isDate), to: isDate, count: isCount, at: isText })),
    },
    { observed: isTexts },
  ),
  assumptions: isTexts,
};

const isFile = exactly({
  name: isText,
  format: oneOf('ndjson', 'json', 'csv'),
  gzip: isFlag,
  bytes: isCount,
  sha256: isHash,
  unpacked: nullable(exactly({ bytes: isCount, sha256: isHash })),
  rows: isCount,
  ids: nullable(isIds),
  first: nullable(isEntry),
  last: nullable(isEntry),
  csv: nullable(exactly({ columns: isTexts, guard: oneOf('apostrophe-1', 'none'), guardedCells: isCount })),
  fields: exactly({ id: isTexts, time: isTexts }),
});

export const isRunRecord: Is<RunRecord> = exactly(RUN);

export const isManifest: Is<Manifest> = exactly(
  {
    ...RUN,
    kind: oneOf(...MANIFEST_KINDS),
    day: nullable(isDate),
    status: oneOf('verified', 'uncounted', 'unreconciled'),
    notes: isTexts,
    file: nullable(isFile),
    gone: nullable(exactly({ rows: isCount, ids: isIds, some: isTexts })),
    chain: nullable(exactly({ seq: isCount, prev: nullable(isHash), sealed: isFlag })),
    hash: isHash,
  },
  {
    columnar: exactly({ name: isText, format: oneOf('parquet'), bytes: isCount, sha256: isHash, rows: isCount }),
    pruned: exactly({
      before: isDate,
      at: isText,
      first: isDate,
      last: isDate,
      manifests: isCount,
      rows: isCount,
      bytes: isCount,
    }),
  },
);

const isLink = exactly({ seq: isCount, hash: isHash });

export const isChain: Is<Chain> = exactly({
  format: oneOf(CHAIN_FORMAT),
  identity: mapOf(isText),
  days: exactly({ first: isDate, last: isDate }),
  sealed: nullable(isLink),
  tip: isLink,
  hash: isHash,
});
