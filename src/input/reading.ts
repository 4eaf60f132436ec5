import type { Entry } from '../event.js';
import { toEvent } from '../providers/normalize.js';
import type { Provider } from '../providers/provider.js';
import { type Query, splitQuery } from '../query.js';
import type { Batch, Reading, ReadingOptions, Verdict } from '../source/source.js';
import { type Found, openNewest } from './newest.js';
import type { InputFile } from './open.js';

export interface InputReading {
  readonly file: InputFile;
  readonly provider: Provider;
  readonly query: Query;
  /** Where neither the file nor the entries tell it. */
  readonly org: string;
}

const BATCH = 200;

/**
 * A reading of an earlier export: the same question, answered by a file. Without a limit entries come in the order of the file; with one, the
 * newest of it first. All filters are ours here, and there is nobody to count after us. Throws a usage error for a query that this vendor's
 * entries cannot answer.
 */
export function readingOfInput({ file, provider, query, org }: InputReading, options: ReadingOptions): Reading {
  const keep = keeper(provider, query);
  const tally = { fetched: 0, kept: 0, missingId: 0 };

  async function* kept(): AsyncGenerator<Batch, void> {
    for await (const { entries, org: told } of file.entries(provider)) {
      tally.fetched += entries.length;
      if (provider.fields.id !== undefined) tally.missingId += entries.filter(({ id }) => id === undefined).length;
      const wanted = keep === undefined ? entries : entries.filter(keep);
      tally.kept += wanted.length;
      for (let at = 0; at < wanted.length; at += BATCH)
        yield { entries: wanted.slice(at, at + BATCH), org: told ?? org };
    }
  }

  async function* newest(limit: number): AsyncGenerator<Batch, void> {
    const skip = (Math.max(1, options.page ?? 1) - 1) * limit;
    const best = openNewest(skip + limit);
    for await (const { entries, org: from } of kept()) for (const entry of entries) best.add(entry, from);
    const found = best.ordered().slice(skip);
    matching = tally.kept;
    tally.kept = found.length;
    yield* byOrg(found);
  }

  let matching: number | undefined;
  return {
    batches: options.limit === undefined ? kept() : newest(options.limit),
    verdict: (): Verdict => ({
      status: 'uncounted',
      fetched: tally.fetched,
      kept: tally.kept,
      counted: undefined,
      at: 0,
      notes: [],
      stats: { ...NO_STATS, missingId: tally.missingId },
      file: file.name,
    }),
    progress: () => ({
      arrived: tally.fetched,
      fetched: tally.fetched,
      kept: tally.kept,
      expected: undefined,
      requests: 0,
      waiting: undefined,
    }),
    total: () => ({ count: matching ?? tally.kept, filteredHere: false }),
    plan: () => undefined,
  };
}

const NO_STATS: Verdict['stats'] = {
  requests: 0,
  retries: 0,
  rereads: 0,
  duplicates: 0,
  vanished: 0,
  mutated: 0,
  missingId: 0,
  outOfWindow: 0,
  unordered: 0,
};

/** Runs of one org each, in order. */
function* byOrg(found: readonly Found[]): Generator<Batch> {
  let run: Entry[] = [];
  for (const [at, { entry, org }] of found.entries()) {
    run.push(entry);
    if (run.length < BATCH && found[at + 1]?.org === org) continue;
    yield { entries: run, org };
    run = [];
  }
}

/** Undefined when every entry is wanted. */
function keeper(provider: Provider, query: Query): ((entry: Entry) => boolean) | undefined {
  // No server filters anything: every filter is left to us.
  const { from, before, localFor } = splitQuery({ ...provider, filters: {} }, query);
  const local = localFor('unfiltered');
  if (local === undefined && from === undefined && before === undefined) return undefined;
  return (entry) => {
    // An entry without a valid time cannot be judged by it.
    if (from !== undefined && entry.time < from) return false;
    if (before !== undefined && entry.time >= before) return false;
    return local === undefined || local(toEvent(provider, entry));
  };
}
