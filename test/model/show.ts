import { firstOf, type Served } from '../../src/demo/envelope.js';
import type { LogQuery } from '../../src/demo/query.js';
import { hash } from '../../src/demo/random.js';
import type { Provider, WireFilter } from '../../src/providers/provider.js';
import type { ModelEntry } from './entry.js';
import { foreignTo } from './foreign.js';
import type { ModelOptions } from './options.js';
import { dayIn, midnightIn } from './zone.js';

/** How this model finds and cuts out what is asked for: its zone, its meaning of `to`, its page size, its ties. */
export interface Shower {
  /** The entries that match, in the order of this answer; `draw` decides the order of unstable ties. */
  matching(entries: readonly ModelEntry[], ask: LogQuery, draw: number): readonly ModelEntry[];
  page(matching: readonly ModelEntry[], ask: LogQuery): Served;
}

export function shower(options: ModelOptions, provider: Provider): Shower {
  const within = rangeTest(options, provider);
  const hidden = new Set(options.hidden);
  return {
    matching: (entries, ask, draw) => {
      const filters = Object.entries(ask.filters) as [WireFilter, string][];
      const inRange = within(ask);
      const found = entries.filter(
        (entry) => inRange(entry.time) && filters.every(([name, value]) => entry.values[name] === value),
      );
      const shown = options.leaks === undefined ? found : leaking(options, found, entries, ask);
      const newestFirst = options.ties === 'unstable' ? shuffledTies(shown, draw) : shown;
      return options.order === 'oldest-first' ? newestFirst.toReversed() : newestFirst;
    },
    page: (matching, ask) => {
      const take = Math.min(ask.take, options.clamp ?? ask.take);
      const first = firstOf(provider, ask, take);
      const rows = matching.slice(first, first + take).filter(({ id }) => id === undefined || !hidden.has(id));
      return {
        texts: rows.map(({ text }) => text),
        total: String(matching.length),
        hasMore: first + take < matching.length,
        // A cursor or link leads to the row behind those that were given, also where the page was made smaller.
        take,
      };
    },
  };
}

/** The same rows, but for one that another stands in for. */
function leaking(
  { leaks, seed = 1 }: ModelOptions,
  found: readonly ModelEntry[],
  all: readonly ModelEntry[],
  ask: LogQuery,
): readonly ModelEntry[] {
  const foreign = foreignTo(ask, all, hash(seed, 505)).filter(({ what }) => what === leaks)[0];
  const hidden = hash(seed, found.length) % Math.max(1, found.length);
  return foreign === undefined ? found : found.map((entry, at) => (at === hidden ? foreign.entry : entry));
}

type RangeTest = (ask: LogQuery) => (time: number) => boolean;

function rangeTest({ zone = 0, to = 'inclusive' }: ModelOptions, provider: Provider): RangeTest {
  if (provider.dates.format === 'instant' || (zone === 0 && to === 'inclusive')) {
    return (ask) => (time) => time >= ask.from && time < ask.before;
  }
  const dayOf = dayIn(zone);
  return ({ days }) => {
    const { from = '', to: last } = days;
    if (last === undefined) return (time) => from === '' || dayOf(time) >= from;
    const end = to === 'midnight' ? midnightIn(zone, last) : 0;
    const ends: Readonly<Record<typeof to, (time: number) => boolean>> = {
      inclusive: (time) => dayOf(time) <= last,
      exclusive: (time) => dayOf(time) < last,
      midnight: (time) => time <= end,
    };
    return (time) => ends[to](time) && (from === '' || dayOf(time) >= from);
  };
}

function shuffledTies(entries: readonly ModelEntry[], draw: number): readonly ModelEntry[] {
  return entries
    .map((entry, i) => ({ entry, rank: hash(draw, i) }))
    .sort((a, b) => b.entry.time - a.entry.time || a.rank - b.rank)
    .map(({ entry }) => entry);
}
