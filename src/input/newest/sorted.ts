import type { Batch } from '../../engine/source.js';
import type { Spool } from '../../engine/store/spool.js';
import type { Entry } from '../../event.js';
import type { Order } from '../../providers/provider.js';
import { byOrg } from '../source.js';

const BATCH = 200;

/**
 * Sorts entries by time like an export: newest first, equal times by id descending, entries without a time last; or oldest first, the exact reverse.
 * Spools them to disk in sorted runs, and holds a block of each.
 */
export async function* sortedByTime(
  batches: AsyncIterable<Batch>,
  order: Order,
  openSpool: () => Spool,
): AsyncGenerator<Batch, void> {
  const spool = openSpool();
  try {
    const orgs: string[] = [];
    const { runs, compare } = await putAside(batches, order, spool, orgs);
    for (const { entries, org } of byOrg(merged(runs, compare, spool), BATCH)) yield { entries, org: orgs[org] ?? '' };
  } finally {
    spool.close();
  }
}

interface SpooledEntry {
  readonly entry: Entry;
  /** Its index. */
  readonly org: number;
  /** Its place in the order of arrival. */
  readonly place: number;
}

/** Below 0: `a` comes out before `b`. */
type Compare = (a: SpooledEntry, b: SpooledEntry) => number;

/** The positions of records that leave in their own order. */
interface SortedRun {
  readonly start: number;
  end: number;
}

interface SortedRuns {
  readonly runs: readonly SortedRun[];
  readonly compare: Compare;
}

/** Of entries that are sorted in memory. */
const CHUNK_BYTES = 4 * 1024 * 1024;
const CHUNK_ENTRIES = 10_000;

async function putAside(
  batches: AsyncIterable<Batch>,
  order: Order,
  spool: Spool,
  orgs: string[],
): Promise<SortedRuns> {
  const runs: SortedRun[] = [];
  let last: SpooledEntry | undefined;
  let compare: Compare | undefined;
  let chunk: SpooledEntry[] = [];
  let bytes = 0;
  let place = 0;
  const settle = (): void => {
    compare ??= comparer(order, chunk);
    chunk.sort(compare);
    for (const one of chunk) {
      const record = recordOf(one);
      const start = spool.append(record);
      const run = runs.at(-1);
      if (run !== undefined && last !== undefined && compare(last, one) <= 0) run.end = start + record.length;
      else runs.push({ start, end: start + record.length });
      last = { ...one, entry: { ...one.entry, raw: NOTHING } };
    }
    chunk = [];
    bytes = 0;
  };
  for await (const { entries, org } of batches) {
    if (orgs.at(-1) !== org) orgs.push(org);
    for (const entry of entries) {
      // A view would keep a whole block of the file in memory.
      chunk.push({ entry: { ...entry, raw: Buffer.from(entry.raw) }, org: orgs.length - 1, place });
      place += 1;
      bytes += entry.raw.length;
      if (bytes >= CHUNK_BYTES || chunk.length >= CHUNK_ENTRIES) settle();
    }
  }
  settle();
  spool.flush();
  return { runs, compare: compare ?? comparer(order, []) };
}

/** Equal entries keep their order if they arrive in the wanted order, and are reversed if they arrive in the opposite one. */
function comparer(order: Order, first: readonly SpooledEntry[]): Compare {
  const sign = order === 'newest-first' ? -1 : 1;
  let [kept, turned] = [0, 0];
  for (let at = 1; at < first.length; at += 1) {
    const step = sign * ascending(first[at - 1]!.entry, first[at]!.entry);
    if (step < 0) kept += 1;
    else if (step > 0) turned += 1;
  }
  const ties = kept > turned ? 1 : -1;
  return (a, b) => sign * ascending(a.entry, b.entry) || ties * (a.place - b.place);
}

function ascending(a: Entry, b: Entry): number {
  const [left, right] = [orderOf(a.time), orderOf(b.time)];
  if (left !== right) return left < right ? -1 : 1;
  if (a.id === undefined || b.id === undefined || a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

function orderOf(time: number): number {
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
}

/** A record is this header, the entry's text, its id and its log: their lengths, the time, the org's index, the place and the oddity. */
const HEADER = 33;
const ODD: readonly Entry['odd'][] = [undefined, 'not-an-object', 'too-deep'];
const NONE = 0xffffffff;
const NOTHING = Buffer.alloc(0);

function recordOf({ entry, org, place }: SpooledEntry): Buffer {
  const id = entry.id === undefined ? undefined : Buffer.from(entry.id);
  const log = entry.log === undefined ? undefined : Buffer.from(entry.log);
  const header = Buffer.allocUnsafe(HEADER);
  header.writeUInt32LE(entry.raw.length, 0);
  header.writeUInt32LE(id?.length ?? NONE, 4);
  header.writeDoubleLE(entry.time, 8);
  header.writeUInt32LE(org, 16);
  header.writeDoubleLE(place, 20);
  header.writeUInt8(ODD.indexOf(entry.odd), 28);
  header.writeUInt32LE(log?.length ?? NONE, 29);
  return Buffer.concat([header, entry.raw, id ?? NOTHING, log ?? NOTHING]);
}

/** For all blocks together, and for one, in bytes. */
const BLOCKS = 64 * 1024 * 1024;
const LARGEST_BLOCK = 256 * 1024;

function* merged(runs: readonly SortedRun[], compare: Compare, spool: Spool): Generator<SpooledEntry> {
  const block = Math.min(LARGEST_BLOCK, Math.ceil(BLOCKS / Math.max(1, runs.length)));
  /** The next entry is the last one. */
  const heads: { readonly head: SpooledEntry; readonly rest: Iterator<SpooledEntry> }[] = [];
  const put = (rest: Iterator<SpooledEntry>): void => {
    const next = rest.next();
    if (next.done === true) return;
    let [low, high] = [0, heads.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(heads[middle]!.head, next.value) > 0) low = middle + 1;
      else high = middle;
    }
    heads.splice(low, 0, { head: next.value, rest });
  };
  for (const run of runs) put(recordsOf(run, spool, block));
  for (let one = heads.pop(); one !== undefined; one = heads.pop()) {
    yield one.head;
    put(one.rest);
  }
}

function* recordsOf({ start, end }: SortedRun, spool: Spool, block: number): Generator<SpooledEntry> {
  let held: Buffer = NOTHING;
  let heldStart = start;
  /** The bytes from `from` to `to`; `from` only increases. Copies the block, because the spool's own is larger. */
  const bytes = (from: number, to: number): Buffer => {
    if (to > heldStart + held.length) {
      heldStart = from;
      held = Buffer.from(spool.read(from, Math.min(end, Math.max(to, from + block)) - from));
    }
    return held.subarray(from - heldStart, to - heldStart);
  };
  for (let at = start; at < end; ) {
    const header = bytes(at, at + HEADER);
    const size = header.readUInt32LE(0);
    const [idSize, logSize] = [header.readUInt32LE(4), header.readUInt32LE(29)];
    const time = header.readDoubleLE(8);
    const org = header.readUInt32LE(16);
    const place = header.readDoubleLE(20);
    const odd = ODD[header.readUInt8(28)];
    const idEnd = size + (idSize === NONE ? 0 : idSize);
    const length = idEnd + (logSize === NONE ? 0 : logSize);
    const record = bytes(at + HEADER, at + HEADER + length);
    const id = idSize === NONE ? undefined : record.toString('utf8', size, idEnd);
    at += HEADER + length;
    const entry = {
      raw: record.subarray(0, size),
      id,
      time,
      ...(odd === undefined ? {} : { odd }),
      ...(logSize === NONE ? {} : { log: record.toString('utf8', idEnd, length) }),
    };
    yield { entry, org, place };
  }
}
