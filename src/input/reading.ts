import { pageOf } from '../engine/batches.js';
import { Judge } from '../engine/judge/judge.js';
import { type Batch, NO_STATS, type Reading, type ReadingOptions, type Verdict } from '../engine/source.js';
import { IdentitySet } from '../engine/store/identity.js';
import type { Entry } from '../event.js';
import type { Provider } from '../providers/provider.js';
import { splitQuery } from '../query/split.js';
import type { Query } from '../query.js';
import { openNewest } from './newest/limited.js';
import { byOrg, type InputEntries, type InputSource } from './source.js';

export interface InputReading {
  readonly source: InputSource;
  readonly provider: Provider;
  readonly query: Query;
  /** The org of entries if neither the file nor their text names one. */
  readonly org: string;
}

/** Entries that an input has more than once, most likely because exports overlap. */
export interface Repeats {
  /** With the id and the text of another one: left out. */
  readonly same: number;
  /** With the id of another one and another text. */
  readonly variants: number;
  /** Without an id, with the text of another one. */
  readonly alike: number;
}

export interface FileReading extends Reading {
  /** Of what was read so far. */
  repeats(): Repeats;
}

const BATCH = 200;

/**
 * Answers a query from earlier exports. Without a limit entries keep the order of their file. With a limit the newest come first, and no more is read
 * than needed. `oldest-first` sorts them. Entries with the same id and text are returned once. Applies all filters here; no server counts. Throws a
 * usage error for a query that this vendor's entries cannot answer.
 */
export function readingOfInput({ source, provider, query, org }: InputReading, options: ReadingOptions): FileReading {
  const judge = judgeOf(provider, query);
  const tally = { arrived: 0, fetched: 0, kept: 0, missingId: 0 };
  const repeats = { same: 0, variants: 0, alike: 0 };
  const orgs = new Map<string, number>();

  /** For one part: equal entries have equal times, so no two parts of a directory share one. */
  const openDistinct = (): ((entry: Entry, org: string) => boolean) => {
    const seen = new IdentitySet();
    return (entry, from) => {
      const scope = orgs.get(from) ?? orgs.size;
      orgs.set(from, scope);
      const likeness = seen.add(scope, entry);
      if (likeness === 'same') repeats.same += 1;
      else if (likeness === 'variant') repeats.variants += 1;
      else if (likeness === 'alike') repeats.alike += 1;
      return likeness !== 'same';
    };
  };

  async function* kept(part: AsyncIterable<InputEntries>): AsyncGenerator<Batch, void> {
    const isDistinct = openDistinct();
    for await (const { entries: all, org: told, late } of part) {
      const entries = all.filter((entry) => isDistinct(entry, told ?? org));
      tally.arrived += all.length;
      tally.fetched += entries.length;
      if (provider.fields.id !== undefined) tally.missingId += entries.filter(({ id }) => id === undefined).length;
      const wanted = entries.filter((entry) => judge.keeps(0, entry));
      tally.kept += wanted.length;
      for (let at = 0; at < wanted.length; at += BATCH)
        yield { entries: wanted.slice(at, at + BATCH), org: told ?? org, ...(late === undefined ? {} : { late }) };
    }
  }

  const order = options.direction ?? 'newest-first';
  const isSorted = options.anyOrder === true || (order === 'newest-first' && source.keepsOrder);

  async function* whole(): AsyncGenerator<Batch, void> {
    for await (const part of source.parts(provider, query, order))
      yield* isSorted ? kept(part) : source.sort(kept(part), order);
  }

  async function* oldest(limit: number): AsyncGenerator<Batch, void> {
    let given = 0;
    try {
      for await (const batch of pageOf(whole(), limit, options.page)) {
        given += batch.entries.length;
        yield batch;
      }
    } finally {
      tally.kept = given;
    }
  }

  async function* newest(limit: number): AsyncGenerator<Batch, void> {
    const skip = (Math.max(1, options.page ?? 1) - 1) * limit;
    const best = openNewest(skip + limit);
    let left = false;
    for await (const part of source.parts(provider, query, order)) {
      left = best.full();
      if (left) break;
      for await (const { entries, org: from } of kept(part)) for (const entry of entries) best.add(entry, from);
    }
    const found = best.ordered().slice(skip);
    matching = left ? undefined : tally.kept;
    tally.kept = found.length;
    yield* byOrg(found, BATCH);
  }

  let matching: number | undefined;
  const isLimited = options.limit !== undefined;
  return {
    batches:
      options.limit === undefined ? whole() : order === 'newest-first' ? newest(options.limit) : oldest(options.limit),
    verdict: (): Verdict => ({
      status: judge.notes().length > 0 ? 'unreconciled' : 'uncounted',
      fetched: tally.fetched,
      kept: tally.kept,
      counted: undefined,
      at: 0,
      notes: judge.notes(),
      remarks: judge.remarks(),
      stats: { ...NO_STATS, duplicates: repeats.same, mutated: repeats.variants, missingId: tally.missingId },
      file: source.name,
      ...judge.dropped(),
    }),
    progress: () => ({
      arrived: tally.arrived,
      fetched: tally.fetched,
      kept: tally.kept,
      expected: undefined,
      requests: 0,
      waiting: undefined,
    }),
    total: () => ({ count: isLimited ? matching : tally.kept, filteredHere: false }),
    plan: () => undefined,
    repeats: () => ({ ...repeats }),
  };
}

/** Without a server every filter is applied here. */
function judgeOf(provider: Provider, query: Query): Judge {
  const split = splitQuery({ ...provider, filters: {} }, query);
  const window = { from: undefined, to: undefined };
  return new Judge({ provider, split, strategy: 'unfiltered', streams: [], window });
}
