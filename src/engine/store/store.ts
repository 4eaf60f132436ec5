import { createHash } from 'node:crypto';
import type { Entry } from '../../event.js';
import type { Spool } from './spool.js';

/** What the rows of a page turned out to be when they were added. */
export interface AddedEntries {
  readonly fresh: number;
  readonly known: number;
}

/**
 * The distinct rows of one window, over all passes that were made to read it.
 * The same id with the same bytes is one row; the same id with other bytes is kept beside it.
 */
export interface EntryStore {
  /** `place`: where the server had the first of them, ascending from the newest; places decide ties when the server's order is asked for. */
  addPage(stream: number, entries: readonly Entry[], place: number): AddedEntries;
  /** Starts a new pass over one stream's rows; `inPass` then counts the distinct rows added since. */
  startPass(stream: number): void;
  inPass(stream: number): number;
  /** Goes on with the pass from the newest row again: equal texts without an id are counted anew. */
  startAgain(stream: number): void;
  /** Rows without an id whose text another row of the stream has, too, in this pass and in others only: they may be one that was given twice. */
  twins(stream: number): Twins;
  /** Adds the rows of the current pass to the streak of passes; `fresh` begins a new streak with them. */
  joinStreak(stream: number, fresh: boolean): void;
  inStreak(stream: number): number;
  /** Distinct rows of one stream, whichever pass saw them. */
  distinct(stream: number): number;
  /** The times of the oldest and the newest row of a stream; undefined where none has a readable time. */
  span(stream: number): { readonly oldest: number; readonly newest: number } | undefined;
  /** Accepts what the current pass, or the streak, saw; rows of this stream that only others saw have vanished. Twins that only others saw never were. */
  settle(stream: number, by: 'pass' | 'streak'): void;
  readonly size: number;
  facts(): StoreFacts;
  /** All rows, ordered; vanished ones too. At most `batch` at a time. */
  ordered(order: StoreOrder, batch: number): AsyncIterable<readonly StreamEntry[]>;
  close(): Promise<void>;
}

export interface Twins {
  readonly inPass: number;
  readonly elsewhere: number;
}

export interface StoreOrder {
  readonly ties: 'canonical' | 'server';
  readonly direction: 'newest-first' | 'oldest-first';
}
export interface StreamEntry {
  readonly stream: number;
  readonly entry: Entry;
  /** Whether its id came with other content before, so that it is one of `mutated`. */
  readonly isVariant?: boolean;
}
export interface StoreFacts {
  readonly duplicates: number;
  readonly mutated: number;
  readonly vanished: number;
  readonly missingId: number;
}

interface StoredEntry {
  readonly stream: number;
  /** Its text is here only while it is in memory. */
  entry: Entry;
  /** The time that orders it: its own, or its neighbour's when it has none. */
  readonly sortTime: number;
  /** What orders equal times: the id, or what stands for it. */
  readonly tie: string;
  place: number;
  pass: number;
  streak: number;
  readonly length: number;
  readonly isVariant: boolean;
  /** Which look from the newest row on saw it first, of its stream. */
  readonly look: number;
  /** Where its text is in the spool; -1 while it is in memory. */
  offset: number;
}

const NO_TEXT = Buffer.alloc(0);

interface StreamState {
  distinct: number;
  pass: number;
  inPass: number;
  streak: number;
  inStreak: number;
  looks: number;
  readonly byKey: Map<string, StoredEntry>;
  /** How many equal texts without an id this pass has seen. */
  equals: Map<string, number>;
  readonly twins: StoredEntry[];
}

/** Rows beyond `memory` bytes go to the spool that `openSpool` makes. */
export function openEntryStore(memory: number, openSpool: () => Spool): EntryStore {
  const rows: StoredEntry[] = [];
  const states = new Map<number, StreamState>();
  const families = new Map<string, Set<StoredEntry>>();
  let vanished = 0;
  let held = 0;
  let spool: Spool | undefined;
  let marks = 0;
  let duplicates = 0;
  let mutated = 0;
  let missingId = 0;

  const of = (stream: number): StreamState => {
    let state = states.get(stream);
    if (state === undefined) {
      state = {
        byKey: new Map(),
        distinct: 0,
        pass: 0,
        inPass: 0,
        streak: 0,
        inStreak: 0,
        looks: 0,
        equals: new Map(),
        twins: [],
      };
      states.set(stream, state);
    }
    return state;
  };

  const rawOf = (row: StoredEntry): Buffer =>
    row.offset < 0 ? row.entry.raw : (spool as Spool).read(row.offset, row.length);

  const putAside = (row: StoredEntry, to: Spool): void => {
    row.offset = to.append(row.entry.raw);
    row.entry = { ...row.entry, raw: NO_TEXT };
  };

  const keep = (row: StoredEntry): void => {
    held += row.length;
    if (spool === undefined && held <= memory) return;
    if (spool === undefined) {
      spool = openSpool();
      for (const earlier of rows) putAside(earlier, spool);
    }
    putAside(row, spool);
  };

  const see = (row: StoredEntry, place: number): void => {
    const state = of(row.stream);
    row.place = place;
    if (row.pass !== state.pass) {
      row.pass = state.pass;
      state.inPass += 1;
    }
  };

  const insert = (key: string, stream: number, entry: Entry, sortTime: number, place: number): void => {
    const state = of(stream);
    const row: StoredEntry = {
      stream,
      entry,
      tie: key,
      isVariant: entry.id !== undefined && key !== entry.id,
      look: state.looks,
      sortTime,
      place,
      pass: -1,
      streak: -1,
      length: entry.raw.length,
      offset: -1,
    };
    keep(row);
    rows.push(row);
    state.distinct += 1;
    join(row);
    state.byKey.set(key, row);
    if (entry.id === undefined) {
      missingId += 1;
      if (!key.endsWith(FIRST)) state.twins.push(row);
    }
    see(row, place);
  };

  /** Rows with one id, and those of other streams, are told apart by their number where their times are equal too. */
  const join = (row: StoredEntry): void => {
    const { id } = row.entry;
    if (id === undefined || (!row.isVariant && states.size === 1)) return;
    for (const { byKey } of states.values()) {
      const first = byKey.get(id);
      if (first === undefined) continue;
      const family = families.get(id) ?? new Set();
      families.set(id, family.add(first).add(row));
    }
  };

  const add = (stream: number, entry: Entry, sortTime: number, place: number): boolean => {
    const { byKey, equals } = of(stream);
    const key = keyOf(entry, equals);
    const first = byKey.get(key);
    if (first === undefined) {
      insert(key, stream, entry, sortTime, place);
      return true;
    }
    const same = first.length === entry.raw.length && rawOf(first).equals(entry.raw);
    const variant = same ? key : `${key}\0${digest(entry.raw)}`;
    const known = same ? first : byKey.get(variant);
    if (known === undefined) {
      mutated += 1;
      insert(variant, stream, entry, sortTime, place);
      return true;
    }
    duplicates += 1;
    see(known, place);
    return false;
  };

  return {
    addPage(stream, entries, place) {
      let sortTime = entries.find((entry) => !Number.isNaN(entry.time))?.time ?? Number.NEGATIVE_INFINITY;
      let fresh = 0;
      entries.forEach((entry, index) => {
        if (!Number.isNaN(entry.time)) sortTime = entry.time;
        if (add(stream, entry, sortTime, place + index)) fresh += 1;
      });
      return { fresh, known: entries.length - fresh };
    },
    startPass(stream) {
      const state = of(stream);
      marks += 1;
      state.pass = marks;
      state.inPass = 0;
      state.looks += 1;
      state.equals = new Map();
    },
    inPass: (stream) => of(stream).inPass,
    startAgain(stream) {
      const state = of(stream);
      state.equals = new Map();
      state.looks += 1;
    },
    twins(stream) {
      const { twins, pass } = of(stream);
      const inPass = twins.filter((row) => row.pass === pass).length;
      return { inPass, elsewhere: twins.length - inPass };
    },
    joinStreak(stream, fresh) {
      const state = of(stream);
      if (fresh) {
        marks += 1;
        state.streak = marks;
        state.inStreak = 0;
      }
      for (const row of rows) {
        if (row.stream !== stream || row.pass !== state.pass || row.streak === state.streak) continue;
        row.streak = state.streak;
        state.inStreak += 1;
      }
    },
    inStreak: (stream) => of(stream).inStreak,
    distinct: (stream) => of(stream).distinct,
    span(stream) {
      let oldest = Number.POSITIVE_INFINITY;
      let newest = Number.NEGATIVE_INFINITY;
      for (const { stream: own, entry } of rows) {
        if (own !== stream || Number.isNaN(entry.time)) continue;
        oldest = Math.min(oldest, entry.time);
        newest = Math.max(newest, entry.time);
      }
      return oldest > newest ? undefined : { oldest, newest };
    },
    settle(stream, by) {
      const state = of(stream);
      const never = by === 'streak' ? [] : state.twins.filter((row) => row.pass !== state.pass);
      for (const row of never) rows.splice(rows.indexOf(row), 1);
      state.distinct -= never.length;
      missingId -= never.length;
      vanished += state.distinct - (by === 'pass' ? state.inPass : state.inStreak);
    },
    get size() {
      return rows.length;
    },
    facts: () => ({ duplicates, mutated, vanished, missingId }),
    async *ordered(order, batch) {
      rows.sort(order.ties === 'canonical' ? byTimeThenId : byTimeThenPlace);
      if (order.direction === 'oldest-first') rows.reverse();
      for (const family of families.values()) numberSiblings([...family]);
      for (let start = 0; start < rows.length; start += batch) {
        const some = rows.slice(start, start + batch);
        yield spool === undefined
          ? some
          : some.map((row) => {
              const { stream, isVariant } = row;
              return { stream, isVariant, entry: { ...row.entry, raw: rawOf(row) } };
            });
      }
    },
    async close() {
      spool?.close();
      spool = undefined;
      rows.length = 0;
      states.clear();
      families.clear();
    },
  };
}

/**
 * Numbers the rows of one id that have the same time: from the oldest place on, as new ones come on top. Only those that one look saw first are
 * told apart: what a later look has instead is another text of the same entry, most likely.
 */
function numberSiblings(rows: StoredEntry[]): void {
  const next = new Map<string, number>();
  rows.sort((a, b) => byPlace(b, a));
  for (const row of rows) {
    const group = `${row.look} ${row.entry.time}`;
    const sibling = next.get(group) ?? 0;
    next.set(group, sibling + 1);
    if (sibling > 0) row.entry = { ...row.entry, sibling };
  }
}

/** How the key of the first row with a text ends. */
const FIRST = '\x000';

/** By id; without one by the text and how many equal texts came before it in the same pass: two identical entries may both be real. */
function keyOf(entry: Entry, equals: Map<string, number>): string {
  if (entry.id !== undefined) return entry.id;
  const text = digest(entry.raw);
  const ordinal = equals.get(text) ?? 0;
  equals.set(text, ordinal + 1);
  return `\0${text}\0${ordinal}`;
}

function digest(raw: Buffer): string {
  return createHash('sha256').update(raw).digest('base64');
}

/** Newest first; equal times by id, descending by code units. */
function byTimeThenId(a: StoredEntry, b: StoredEntry): number {
  if (a.sortTime !== b.sortTime) return b.sortTime - a.sortTime;
  if (a.tie !== b.tie) return a.tie < b.tie ? 1 : -1;
  return byPlace(a, b);
}

function byTimeThenPlace(a: StoredEntry, b: StoredEntry): number {
  return a.sortTime !== b.sortTime ? b.sortTime - a.sortTime : byPlace(a, b);
}

function byPlace(a: StoredEntry, b: StoredEntry): number {
  return a.stream !== b.stream ? a.stream - b.stream : a.place - b.place;
}
