import type { Spool } from '../engine/store/spool.js';
import type { Person } from '../event.js';
import type { AccessMove, AccessRecord } from './record.js';

/** Records in replay order. Memory holds one sorted run; the others are on disk. */
export interface SortedRecords {
  add(record: AccessRecord): void;
  /** Oldest first. At one instant, changes of access come first, in an order that does not depend on the order of the entries. */
  inOrder(): Iterable<AccessRecord>;
  close(): void;
}

const RUN = 20_000;
/** Records to write at once. */
const LINES = 200;
/** Maximum number of people to keep in memory; later ones are written with each of their events. */
const PEOPLE = 100_000;
const BLOCK = 16 * 1024;

/** `openSpool` is called if the records do not fit in one run. */
export function openSortedRecords(openSpool: () => Spool): SortedRecords {
  const people = new Interned<Person>(PEOPLE);
  const words = new Interned<string>(PEOPLE);
  let run: AccessRecord[] = [];
  let spool: Spool | undefined;
  const runs: RunPlace[] = [];

  const putAside = (): void => {
    spool ??= openSpool();
    const records = sorted(run);
    let start: number | undefined;
    let end = 0;
    for (let at = 0; at < records.length; at += LINES) {
      const some = records.slice(at, at + LINES);
      const bytes = Buffer.from(some.map((record) => `${JSON.stringify(packed(record, people, words))}\n`).join(''));
      const offset = spool.append(bytes);
      start ??= offset;
      end = offset + bytes.length;
    }
    runs.push({ start: start ?? 0, end });
    run = [];
  };

  return {
    add(record) {
      run.push(record);
      if (run.length >= RUN) putAside();
    },
    *inOrder() {
      if (spool === undefined) {
        yield* sorted(run);
        return;
      }
      if (run.length > 0) putAside();
      spool.flush();
      const reading = spool;
      yield* merged(runs.map((place) => unpackedRun(place, reading, people, words)));
    },
    close: () => spool?.close(),
  };
}

/** The bytes of a sorted run. */
interface RunPlace {
  readonly start: number;
  readonly end: number;
}

function sorted(records: readonly AccessRecord[]): AccessRecord[] {
  return [...records].sort(compareRecords);
}

/** The order at one instant: changes of access first, acting last. */
const RANKS = { uninvite: 0, invite: 1, revoke: 2, accept: 3, grant: 4, change: 5, unclear: 6 } as const;

function rankOf({ move }: AccessRecord): number {
  return move === undefined ? 7 : RANKS[move.does];
}

export function compareRecords(a: AccessRecord, b: AccessRecord): number {
  return (
    a.time - b.time ||
    rankOf(a) - rankOf(b) ||
    compareTexts(a.id ?? '', b.id ?? '') ||
    // Equal instants without ids are ordered by their content.
    (a.id === undefined && b.id === undefined ? compareTexts(textOf(a), textOf(b)) : 0)
  );
}

function textOf({ action, org, actor, move }: AccessRecord): string {
  return JSON.stringify([action, org, actor, move]);
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

type Packed = readonly [
  time: number,
  id: string | null,
  action: number | string,
  org: number | string,
  actor: number | Person | null,
  late: 0 | 1,
  move?: AccessMove,
];

function packed(record: AccessRecord, people: Interned<Person>, words: Interned<string>): Packed {
  const { time, id, action, org, actor, move, late } = record;
  const who = actor === undefined ? null : people.put(JSON.stringify([actor.id, actor.name, actor.email]), actor);
  const head = [time, id ?? null, words.put(action, action), words.put(org, org), who, late ? 1 : 0] as const;
  return move === undefined ? head : [...head, move];
}

function unpacked(line: string, people: Interned<Person>, words: Interned<string>): AccessRecord {
  const [time, id, action, org, actor, late, move] = JSON.parse(line) as Packed;
  return {
    time,
    id: id ?? undefined,
    action: words.get(action),
    org: words.get(org),
    actor: actor === null ? undefined : people.get(actor),
    late: late === 1,
    move,
  };
}

function* unpackedRun(
  { start, end }: RunPlace,
  spool: Spool,
  people: Interned<Person>,
  words: Interned<string>,
): Generator<AccessRecord> {
  let rest = Buffer.alloc(0);
  for (let at = start; at < end; ) {
    const length = Math.min(BLOCK, end - at);
    // Copies the record, because the block of the spool is reused for another run.
    rest = Buffer.concat([rest, spool.read(at, length)]);
    at += length;
    const last = rest.lastIndexOf(0x0a);
    if (last < 0) continue;
    const lines = rest.toString('utf8', 0, last).split('\n');
    rest = rest.subarray(last + 1);
    for (const line of lines) yield unpacked(line, people, words);
  }
}

function* merged(runs: readonly Iterator<AccessRecord>[]): Generator<AccessRecord> {
  const heads: { record: AccessRecord; readonly rest: Iterator<AccessRecord> }[] = [];
  /** Keeps the heads in descending order: the next record is the last one. */
  const put = (rest: Iterator<AccessRecord>): void => {
    const next = rest.next();
    if (next.done === true) return;
    let [low, high] = [0, heads.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareRecords(heads[middle]!.record, next.value) > 0) low = middle + 1;
      else high = middle;
    }
    heads.splice(low, 0, { record: next.value, rest });
  };
  for (const run of runs) put(run);
  for (let head = heads.pop(); head !== undefined; head = heads.pop()) {
    yield head.record;
    put(head.rest);
  }
}

/** Interns frequent values: each is stored once and has a number. */
class Interned<T> {
  readonly #numbers = new Map<string, number>();
  readonly #values: T[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  put(key: string, value: T): number | T {
    const found = this.#numbers.get(key);
    if (found !== undefined) return found;
    if (this.#values.length >= this.#most) return value;
    this.#numbers.set(key, this.#values.length);
    return this.#values.push(value) - 1;
  }

  get(packedValue: number | T): T {
    return typeof packedValue === 'number' ? this.#values[packedValue]! : packedValue;
  }
}
