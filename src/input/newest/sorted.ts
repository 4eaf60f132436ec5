import type { Batch } from '../../engine/source.js';
import type { Spool } from '../../engine/store/spool.js';
import type { Entry } from '../../event.js';
import { byOrg } from '../source.js';

const BATCH = 200;

/**
 * Sorts entries newest first, equal times by id descending, as exports have them; entries without a time come last. Spools them to disk and
 * holds a block for each run that came oldest first, such as a day file.
 */
export async function* newestFirst(batches: AsyncIterable<Batch>, openSpool: () => Spool): AsyncGenerator<Batch, void> {
  const spool = openSpool();
  try {
    const orgs: string[] = [];
    const runs = await putAside(batches, spool, orgs);
    for (const { entries, org } of byOrg(merged(runs, spool), BATCH)) yield { entries, org: orgs[org] ?? '' };
  } finally {
    spool.close();
  }
}

/** The positions of a run of records that came oldest first. */
interface AscendingRun {
  readonly start: number;
  end: number;
}

/** A record is the entry's text, its id, and this footer, so that a run can be read backwards: both lengths, the time, the org's index, the oddity. */
const FOOTER = 21;
const ODD: readonly Entry['odd'][] = [undefined, 'not-an-object', 'too-deep'];
const NO_ID = 0xffffffff;

async function putAside(batches: AsyncIterable<Batch>, spool: Spool, orgs: string[]): Promise<readonly AscendingRun[]> {
  const runs: AscendingRun[] = [];
  let before: Entry | undefined;
  for await (const { entries, org } of batches) {
    if (orgs.at(-1) !== org) orgs.push(org);
    for (const entry of entries) {
      const id = entry.id === undefined ? undefined : Buffer.from(entry.id);
      const footer = Buffer.allocUnsafe(FOOTER);
      footer.writeUInt32LE(entry.raw.length, 0);
      footer.writeUInt32LE(id?.length ?? NO_ID, 4);
      footer.writeDoubleLE(entry.time, 8);
      footer.writeUInt32LE(orgs.length - 1, 16);
      footer.writeUInt8(ODD.indexOf(entry.odd), 20);
      const record = Buffer.concat([entry.raw, id ?? NOTHING, footer]);
      const start = spool.append(record);
      const run = runs.at(-1);
      if (run !== undefined && before !== undefined && compare(before, entry) <= 0) run.end = start + record.length;
      else runs.push({ start, end: start + record.length });
      before = { ...entry, raw: NOTHING };
    }
  }
  spool.flush();
  return runs;
}

const NOTHING = Buffer.alloc(0);

/** Ascending. */
function compare(a: Entry, b: Entry): number {
  const [left, right] = [orderOf(a.time), orderOf(b.time)];
  if (left !== right) return left < right ? -1 : 1;
  if (a.id === undefined || b.id === undefined || a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

function orderOf(time: number): number {
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
}

interface SpooledEntry {
  readonly entry: Entry;
  /** Its index. */
  readonly org: number;
}

/** Of all blocks together, and of one, in bytes. */
const BLOCKS = 64 * 1024 * 1024;
const LARGEST_BLOCK = 256 * 1024;

function* merged(runs: readonly AscendingRun[], spool: Spool): Generator<SpooledEntry> {
  const block = Math.min(LARGEST_BLOCK, Math.ceil(BLOCKS / Math.max(1, runs.length)));
  const heads: { head: SpooledEntry; readonly rest: Iterator<SpooledEntry> }[] = [];
  /** Keeps `heads` ascending: the next entry is the last one. */
  const put = (rest: Iterator<SpooledEntry>): void => {
    const next = rest.next();
    if (next.done === true) return;
    let [low, high] = [0, heads.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(heads[middle]!.head.entry, next.value.entry) <= 0) low = middle + 1;
      else high = middle;
    }
    heads.splice(low, 0, { head: next.value, rest });
  };
  for (const run of runs) put(backwards(run, spool, block));
  for (let one = heads.pop(); one !== undefined; one = heads.pop()) {
    yield one.head;
    put(one.rest);
  }
}

function* backwards({ start, end }: AscendingRun, spool: Spool, block: number): Generator<SpooledEntry> {
  let held: Buffer = NOTHING;
  let heldStart = end;
  /** The bytes from `from` up to `to`; `to` only decreases. Copies the block: the spool's own is larger. */
  const bytes = (from: number, to: number): Buffer => {
    if (from < heldStart) {
      heldStart = Math.max(start, Math.min(from, to - block));
      held = Buffer.from(spool.read(heldStart, to - heldStart));
    }
    return held.subarray(from - heldStart, to - heldStart);
  };
  for (let at = end; at > start; ) {
    const footer = bytes(at - FOOTER, at);
    const size = footer.readUInt32LE(0);
    const idSize = footer.readUInt32LE(4);
    const time = footer.readDoubleLE(8);
    const org = footer.readUInt32LE(16);
    const odd = ODD[footer.readUInt8(20)];
    const idLength = idSize === NO_ID ? 0 : idSize;
    const length = size + idLength + FOOTER;
    const record = bytes(at - length, at);
    const id = idSize === NO_ID ? undefined : record.toString('utf8', size, size + idLength);
    at -= length;
    yield { entry: { raw: record.subarray(0, size), id, time, ...(odd === undefined ? {} : { odd }) }, org };
  }
}
