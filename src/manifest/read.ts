import { systemCode } from '../errors.js';
import { isDay } from '../time.js';
import type { Chain } from './chain.js';
import { fileText, MANIFEST_FORMAT, MANIFEST_KINDS, type Manifest } from './manifest.js';
import { openRegular } from './measure.js';

/** A manifest as it was read, or why it cannot be one that we wrote. */
export type Parsed<T> = { readonly value: T } | { readonly fault: string };

/** Reads the bytes of a manifest. Takes nothing for granted; its hash is not compared here. */
export function parseManifest(bytes: Buffer): Parsed<Manifest> {
  return parse<Manifest>(bytes, MANIFEST, 'a manifest of ours');
}

export function parseChain(bytes: Buffer): Parsed<Chain> {
  return parse<Chain>(bytes, CHAIN, 'the record of a chain');
}

/** Reads the manifest at a path; a fault instead of an error for what cannot be read. */
export function readManifest(path: string): Promise<Parsed<Manifest>> {
  return readSmall(path, parseManifest);
}

/** As `readManifest`, for the record of a chain. */
export function readChain(path: string): Promise<Parsed<Chain>> {
  return readSmall(path, parseChain);
}

/** No manifest of ours is larger; more is not read. */
const LARGEST = 64 * 1024 * 1024;

async function readSmall<T>(path: string, parse: (bytes: Buffer) => Parsed<T>): Promise<Parsed<T>> {
  try {
    const file = await openRegular(path);
    try {
      const { size } = await file.stat();
      if (size > LARGEST) return { fault: 'it is larger than any manifest of ours' };
      return parse(await file.readFile());
    } finally {
      await file.close();
    }
  } catch (error) {
    return { fault: unreadable(error) };
  }
}

/** Why the system does not give us a file, in words. */
export function unreadable(error: unknown): string {
  const code = systemCode(error);
  if (code === '' && error instanceof Error) return error.message;
  return (
    { ELOOP: 'it is a symbolic link', EACCES: 'it may not be read', ENOENT: 'it is not there' }[code] ??
    `it cannot be read (${code})`
  );
}

function parse<T extends object>(bytes: Buffer, check: Check, what: string): Parsed<T> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return { fault: 'it is not valid JSON' };
  }
  if (!check(value)) return { fault: `it is not ${what}` };
  // Two texts of one value would be one hash: so only one of them is right.
  return fileText(value as T) === bytes.toString()
    ? { value: value as T }
    : { fault: 'it is not written as it was when it was made' };
}

type Check = (value: unknown) => boolean;

const anyText: Check = (value) => typeof value === 'string';
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const whole: Check = (value) => Number.isSafeInteger(value);
const flag: Check = (value) => typeof value === 'boolean';
const hash: Check = (value) => typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
const day: Check = (value) => typeof value === 'string' && isDay(value);

function nullable(check: Check): Check {
  return (value) => value === null || check(value);
}

function oneOf(...texts: readonly string[]): Check {
  return (value) => typeof value === 'string' && texts.includes(value);
}

function list(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

/** Exactly these members, and `extra` ones that may be absent. */
function object(members: Readonly<Record<string, Check>>, extra: Readonly<Record<string, Check>> = {}): Check {
  const checks: Readonly<Record<string, Check>> = { ...members, ...extra };
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    return (
      Object.keys(members).every((key) => Object.hasOwn(value, key)) &&
      Object.entries(value).every(([key, member]) => Object.hasOwn(checks, key) && checks[key]!(member))
    );
  };
}

function record(check: Check): Check {
  return (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(check);
}

/** What a flag's value can be: a text, a number, a switch, or a list of texts. */
const flagValue: Check = (value) => anyText(value) || whole(value) || flag(value) || list(anyText)(value);

const IDS = object({ count, sha256: hash });
const ENTRY = object({ id: nullable(anyText), time: nullable(anyText) });

const MANIFEST_BODY = {
  format: oneOf(MANIFEST_FORMAT),
  kind: oneOf(...MANIFEST_KINDS),
  day: nullable(day),
  tool: object({ name: oneOf('auditlog'), version: anyText, node: anyText }),
  source: object({
    provider: anyText,
    origin: anyText,
    path: anyText,
    orgs: list(anyText),
    key: anyText,
    tlsVerified: flag,
  }),
  query: object({
    asked: anyText,
    flags: record(flagValue),
    from: nullable(anyText),
    before: nullable(anyText),
    wire: list(object({ org: anyText, filters: record(anyText) })),
  }),
  read: object(
    {
      startedAt: anyText,
      endedAt: anyText,
      serverTime: nullable(anyText),
      clockSkewMs: whole,
      serverCount: nullable(count),
      fetched: count,
      kept: count,
      requests: count,
      retries: count,
      rereads: count,
      duplicates: count,
      vanished: count,
      mutated: count,
      missingId: count,
      outOfWindow: count,
      unordered: count,
      observations: count,
      resumed: flag,
      windows: list(
        object({
          from: nullable(day),
          to: nullable(day),
          rows: count,
          kept: count,
          count: nullable(count),
          at: nullable(anyText),
          note: nullable(anyText),
        }),
      ),
      closed: nullable(object({ from: nullable(day), to: day, count, at: anyText })),
    },
    { observed: list(anyText) },
  ),
  status: oneOf('verified', 'uncounted', 'unreconciled'),
  notes: list(anyText),
  assumptions: list(anyText),
  file: nullable(
    object({
      name: anyText,
      format: oneOf('ndjson', 'json', 'csv'),
      gzip: flag,
      bytes: count,
      sha256: hash,
      unpacked: nullable(object({ bytes: count, sha256: hash })),
      rows: count,
      ids: nullable(IDS),
      first: nullable(ENTRY),
      last: nullable(ENTRY),
      csv: nullable(object({ columns: list(anyText), guard: oneOf('apostrophe-1', 'none'), guardedCells: count })),
      fields: object({ id: list(anyText), time: list(anyText) }),
    }),
  ),
  gone: nullable(object({ rows: count, ids: IDS, some: list(anyText) })),
  chain: nullable(object({ seq: count, prev: nullable(hash), sealed: flag })),
  hash,
};

const MANIFEST = object(MANIFEST_BODY, {
  columnar: object({ name: anyText, format: oneOf('parquet'), bytes: count, sha256: hash, rows: count }),
  pruned: object({ before: day, at: anyText, first: day, last: day, manifests: count, rows: count, bytes: count }),
});

const LINK = object({ seq: count, hash });
const CHAIN = object({
  format: oneOf('auditlog-chain-1'),
  identity: record(anyText),
  days: object({ first: day, last: day }),
  sealed: nullable(LINK),
  tip: LINK,
  hash,
});
